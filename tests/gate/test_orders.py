"""Whether faults on order will have every later poll of a job fail, so that it need not be made."""

import pytest

from turnstile.gate.call import Call, Site
from turnstile.gate.orders import Aim, End, Garble, Hold, Lose, Order, Orders, Refuse, fixed
from turnstile.source import unwritten
from turnstile.world.caller import Root
from turnstile.world.world import World

OWNER, OTHER = "444455556666", "111122223333"
BORNE = frozenset({"ThrottlingException"})
POLL = Call(Root(f"arn:aws:iam::{OWNER}:root", OWNER), "glue", "GetJobRun", {}, "us-east-1", Site("e", "Load", 1, 2))
THROTTLE = Refuse(fixed("ThrottlingException", "slow down", 400))
GONE = Refuse(fixed("EntityNotFoundException", "no such run", 400))


def order(effect, aim=None, **more):
    """A fault on order for calls like the poll."""
    return Order(aim or Aim("glue", "GetJobRun"), effect, "told", unwritten("<orders>"), **more)


SECOND = Aim("glue", "GetJobRun", poll=2)
FIFTH = Aim("glue", "GetJobRun", poll=5)


@pytest.mark.parametrize(
    ("orders", "met", "stays"),
    [
        ([order(Lose())], [2], True),
        ([order(Garble())], [2], True),
        ([order(THROTTLE)], [2], True),
        ([order(GONE)], [2], False),
        ([order(Hold(), delay=30)], [2], False),
        ([order(End())], [2], False),
        ([order(Lose(), SECOND), order(Hold(), Aim(account=OWNER), delay=30)], [1, 4], False),
        ([order(Hold(), delay=30), order(Lose())], [2, 2], False),
        ([order(Lose(), FIFTH), order(Lose())], [0, 2], True),
        ([order(Hold(), FIFTH, delay=30), order(Lose())], [0, 2], False),
        ([order(Hold(), SECOND, delay=30), order(Lose())], [1, 2], True),
        ([order(Hold(), times=3, delay=30), order(Lose())], [2, 2], False),
        ([order(Hold(), times=2, delay=30), order(Lose())], [2, 2], True),
        ([order(Lose(), times=9)], [2], False),
        ([order(Lose(), first=5)], [2], False),
        ([order(Lose(), Aim(account=OTHER))], [0], False),
        ([order(Hold(), Aim(account=OTHER), delay=30), order(Lose())], [0, 2], True),
    ],
)
def test_a_poll_fails_for_good_where_the_first_order_in_force_has_it_so(orders, met, stays):
    """A delay lets it through; a fault for one poll, some calls or another account says nothing of the others."""
    found = Orders(World(), orders)
    found.met[:] = met
    assert found.stays(POLL, OWNER, BORNE) is stays

"""The world: accounts, what they own, the time and the chance in it.

Everything that runs in a world takes its time from `clock` and its randomness from `random`, so a seed fixes a run.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from turnstile import arn as arns
from turnstile.arn import Arn
from turnstile.clock import VirtualClock
from turnstile.uuid4 import uuid4
from turnstile.world.caller import Root, Session
from turnstile.world.completions import Completions
from turnstile.world.credentials import Keyring
from turnstile.world.known import Known
from turnstile.world.rehearsal import Rehearsals
from turnstile.world.settings import DEFAULT_SETTINGS
from turnstile.world.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.clock import Clock
    from turnstile.world.activity import Activity
    from turnstile.world.answers import Answers
    from turnstile.world.caller import FederatedIdentity, FederatedUser
    from turnstile.world.event_rule import EventRule
    from turnstile.world.function import Function
    from turnstile.world.instance_profile import InstanceProfile
    from turnstile.world.job_plan import JobPlans
    from turnstile.world.machine import Machine, Published
    from turnstile.world.managed import ManagedPolicy
    from turnstile.world.organization import Organization
    from turnstile.world.provider import OidcProvider, SamlProvider
    from turnstile.world.role import Role
    from turnstile.world.settings import Settings
    from turnstile.world.stages import Stages
    from turnstile.world.user import Group, User

DEFAULT_ACCOUNT = "123456789012"
DEFAULT_REGION = "us-east-1"
_CHOICES = frozenset(choice.name for choice in fields(DEFAULT_SETTINGS))


@dataclass(slots=True, eq=False)
class Account:
    """An AWS account; `region` is where its regional resources live unless they say otherwise.

    Everything is kept by ARN: roles, users, groups, managed policies, functions, state machines, what was published of
    them, activities, tags, instance profiles, identity providers and managed rules of EventBridge. By
    `service:Operation`, `jobs` are the plans of jobs and `stubs` the declared answers of services. `alias` is the name
    of the sign-in page, empty for none.
    """

    id: str
    name: str
    region: str
    roles: dict[str, Role] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    policies: dict[str, ManagedPolicy] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    machines: dict[str, Machine] = field(default_factory=dict)
    published: dict[str, Published] = field(default_factory=dict)
    activities: dict[str, Activity] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    instance_profiles: dict[str, InstanceProfile] = field(default_factory=dict)
    oidc_providers: dict[str, OidcProvider] = field(default_factory=dict)
    saml_providers: dict[str, SamlProvider] = field(default_factory=dict)
    event_rules: dict[str, EventRule] = field(default_factory=dict)
    stubs: dict[str, Answers] = field(default_factory=dict)
    jobs: dict[str, JobPlans] = field(default_factory=dict)
    alias: str = ""

    @property
    def partition(self) -> str:
        """The partition of the account's Region."""
        return arns.partition_of(self.region).name

    @property
    def root(self) -> Root:
        """The root user."""
        return Root(str(Arn(self.partition, "iam", "", self.id, "root")), self.id)

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource of this account; IAM has no Region in it."""
        region = "" if service in ("iam", "sts") else self.region
        return str(Arn(self.partition, service, region, self.id, resource))


class World:
    """Accounts on one clock and one seed.

    `judged` False means that every call is allowed and results say *permissions not judged*. `credentials` says who
    calls with an access key. `moto_url` names a moto server that keeps the resources
    instead of this process. `organization` is the one its accounts may be in, `aws_policies` those of AWS's managed
    policies that are attached to somebody, `known` what answers have taught about resources,
    `completions` brings the events of jobs that are done, `undetermined` are the ARNs of functions whose handlers made
    calls while others ran, so that the order of calls was the machine's. `lapses` are times (seconds since 1970) by the
    ARN of a role: sessions that were taken before are over then. `rehearsals` are declared results of Tasks, `turns`
    tell which ways executions have taken, `ruled` are the accounts and Regions whose default bus has had a rule of the
    user's, `stages` what the data was after each stage, where somebody asks for it.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int = 0,
        judged: bool = True,
        moto_url: str | None = None,
        settings: Settings = DEFAULT_SETTINGS,
    ) -> None:
        self.accounts: dict[str, Account] = {}
        self.clock: Clock = clock or VirtualClock()
        self.seed = seed
        self.random = random.Random(seed)
        self.judged = judged
        self.moto_url = moto_url
        self.credentials = Keyring(seed)
        self.organization: Organization | None = None
        self.aws_policies: dict[str, ManagedPolicy] = {}
        self.known = Known()
        self.completions = Completions()
        self.settings = settings
        self.undetermined: dict[str, None] = {}
        self.lapses: dict[str, float] = {}
        self._ended: dict[int, Session] = {}
        self.rehearsals = Rehearsals()
        self.turns = Turns()
        self.ruled: set[tuple[str, str]] = set()
        self.stages: Stages | None = None

    def __setattr__(self, name: str, value: object) -> None:
        if name in _CHOICES:
            raise AttributeError(f"`{name}` is one of the world's `settings`, which are given when it is made")
        object.__setattr__(self, name, value)

    @property
    def sessions(self) -> Mapping[str, Session]:
        """The sessions that were issued, by access key; `credentials.add` issues them."""
        return self.credentials.sessions

    def add_account(self, account_id: str, name: str = "", region: str = DEFAULT_REGION) -> Account:
        """Open an account.

        Raises:
            ValueError: the id is taken, or no partition has the Region.
        """
        if account_id in self.accounts:
            raise ValueError(f"the account `{account_id}` exists already")
        arns.partition_of(region)
        account = self.accounts[account_id] = Account(account_id, name or account_id, region)
        return account

    def role(self, arn: str) -> Role | None:
        """The role with that ARN, if any account has it."""
        account = self.owner(arn)
        return account.roles.get(arn) if account else None

    def user(self, arn: str) -> User | None:
        """The user with that ARN, if any account has it."""
        account = self.owner(arn)
        return account.users.get(arn) if account else None

    def managed(self, arn: str) -> ManagedPolicy | None:
        """The managed policy with that ARN, of an account or of AWS."""
        account = self.owner(arn)
        return account.policies.get(arn) if account else self.aws_policies.get(arn)

    def function(self, arn: str) -> Function | None:
        """The function with that unqualified ARN, if any account has it."""
        account = self.owner(arn)
        return account.functions.get(arn) if account else None

    def machine(self, arn: str) -> Machine | None:
        """The state machine with that ARN, if any account has it."""
        account = self.owner(arn)
        return account.machines.get(arn) if account else None

    def end_session(self, session: Session) -> None:
        """Let a session be over before its time."""
        self._ended[id(session)] = session

    def has_lapsed(self, caller: Session | FederatedUser | FederatedIdentity) -> bool:
        """Whether temporary credentials are over."""
        now = self.clock.now()
        if caller.expires <= now or id(caller) in self._ended:
            return True
        if not self.lapses or not isinstance(caller, Session):
            return False
        lapse = self.lapses.get(caller.role_arn)
        return lapse is not None and caller.issued < lapse <= now

    def uuid(self) -> str:
        """A random UUID that follows the seed."""
        return uuid4(self.random)

    def owner(self, arn: str) -> Account | None:
        """The account that an ARN names, if it is in the world."""
        fields = arn.split(":", 5)
        return self.accounts.get(fields[4]) if len(fields) > 4 else None  # noqa: PLR2004 - account is field 4


def default_world(*, clock: Clock | None = None, seed: int = 0, settings: Settings = DEFAULT_SETTINGS) -> World:
    """Account 123456789012 in us-east-1 where permissions are not judged."""
    world = World(clock=clock, seed=seed, judged=False, settings=settings)
    world.add_account(DEFAULT_ACCOUNT, "default")
    return world

"""Access keys lead to callers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from turnstile.world.caller import IamUser, Root, Session
from turnstile.world.credentials import Credentials
from turnstile.world.world import World

ROOT = Root("arn:aws:iam::111122223333:root", "111122223333")
USER = IamUser("arn:aws:iam::111122223333:user/ada", "AIDAX", "111122223333", "ada")
SESSION = Session(
    arn="arn:aws:sts::111122223333:assumed-role/R/s",
    role_arn="arn:aws:iam::111122223333:role/R",
    role_id="AROAX",
    account="111122223333",
    name="s",
    issued=1.0,
    expires=3601.0,
    source="",
)


@pytest.mark.parametrize(("caller", "prefix", "temporary"), [(ROOT, "AKIA", False), (SESSION, "ASIA", True)])
def test_a_caller_has_keys_of_its_kind(caller, prefix, temporary):
    """Long-term keys have no token and no end."""
    made = World().credentials.of(caller)
    assert (made.access_key[:4], len(made.access_key), len(made.secret_key)) == (prefix, 20, 40)
    assert bool(made.token) == temporary
    assert made.expires == (3601.0 if temporary else None)
    assert made.caller is caller


def test_keys_follow_the_seed_and_move_no_chance():
    """Two worlds of one seed agree, however often and in whatever order somebody asks."""
    first, second = World(seed=1), World(seed=1)
    assert first.credentials.of(ROOT) == first.credentials.of(ROOT)
    second.credentials.of(USER)
    assert second.credentials.of(ROOT) == first.credentials.of(ROOT)
    assert World(seed=2).credentials.of(ROOT) != first.credentials.of(ROOT)
    assert first.uuid() == World(seed=1).uuid()


def test_what_was_issued_is_what_a_caller_has():
    """Sessions of one ARN that differ have keys of their own."""
    keyring = World().credentials
    issued = keyring.add(Credentials("ASIAISSUED", "secret", "token", SESSION))
    assert keyring.of(SESSION) is issued
    other = keyring.of(replace(SESSION, source="other"))
    again = keyring.of(replace(SESSION, source="again"))
    assert len({issued.access_key, other.access_key, again.access_key}) == 3
    assert sorted(keyring) == sorted(keyring.sessions)


def test_revoked_credentials_are_unknown():
    """Also among the sessions, and revoking twice is no error."""
    world = World()
    key = world.credentials.of(SESSION).access_key
    assert world.sessions == {key: SESSION}
    world.credentials.revoke(key)
    world.credentials.revoke(key)
    assert (len(world.credentials), len(world.sessions)) == (0, 0)

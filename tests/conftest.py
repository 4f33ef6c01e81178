"""Fixtures that several rooms share: a world of two accounts with a trusted role."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.source import unwritten
from turnstile.world.function import Function
from turnstile.world.role import Role
from turnstile.world.world import Account, World

if TYPE_CHECKING:
    from collections.abc import Callable


settings.register_profile("turnstile", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None)
settings.load_profile("turnstile")
"""The same examples in every run, however busy the machine is; `--hypothesis-profile search` looks for others."""


def pytest_collection_finish():
    """Keep what was collected out of the sight of the garbage collector, which would walk it again and again."""
    gc.collect()
    gc.freeze()


SOURCE = "111122223333"
TARGET = "444455556666"
MACHINE = f"arn:aws:states:us-east-1:{SOURCE}:stateMachine:Orders"
ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def policy(*statements, kind=Kind.IDENTITY, name="Inline"):
    """A policy of these statements."""
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return parse(document, kind=kind, name=name, origin=unwritten(f"<{name}>"))


def trust(*statements):
    """A trust policy of these statements."""
    full = [{"Effect": "Allow", "Action": "sts:AssumeRole", **statement} for statement in statements]
    return policy(*full, kind=Kind.TRUST, name="trust")


@dataclass
class TwoAccounts:
    """Account `source` runs machines under `execution`; `target` trusts it with the machine's ARN as external id."""

    world: World
    source: Account
    target: Account
    execution: Role
    invoke: Role

    def function(self, account: Account, name: str, answer: Callable) -> str:
        """Declare a function that answers in this process; its ARN."""
        arn = account.arn("lambda", f"function:{name}")
        account.functions[arn] = Function(arn, name, account.id, account.region, answer, unwritten("<function>"))
        return arn

    def role(self, account: Account, name: str, trusting, *policies) -> Role:
        """Declare or replace a role."""
        arn = account.arn("iam", f"role/{name}")
        role = account.roles[arn] = Role(arn, name, account.id, trusting, policies, unwritten(f"<{name}>"))
        return role


def two_accounts(*, judged: bool = True, region: str = "us-east-1") -> TwoAccounts:
    """A fresh world with both accounts and roles."""
    world = World(judged=judged)
    source = world.add_account(SOURCE, "source", region)
    target = world.add_account(TARGET, "target", region)
    built = TwoAccounts(world, source, target, None, None)
    built.execution = built.role(
        source, "ExecutionRole", trust({"Principal": {"Service": "states.amazonaws.com"}}), policy(ALLOW_ALL)
    )
    condition = {"StringEquals": {"sts:ExternalId": MACHINE}}
    built.invoke = built.role(
        target,
        "InvokeRole",
        trust({"Principal": {"AWS": built.execution.arn}, "Condition": condition}),
        policy(ALLOW_ALL),
    )
    return built


@pytest.fixture
def accounts() -> TwoAccounts:
    """A fresh world of two accounts, permissions judged."""
    return two_accounts()


@pytest.fixture
def build() -> Callable[..., TwoAccounts]:
    """The builder itself, for other settings."""
    return two_accounts


@pytest.fixture
def write_policy() -> Callable:
    """Makes an identity policy from statements."""
    return policy


@pytest.fixture
def write_trust() -> Callable:
    """Makes a trust policy from statements without Effect and Action."""
    return trust

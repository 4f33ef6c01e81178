"""The scenario file as users write it: the format, version 1, and nothing else.

Only pydantic models; what the values mean together is `declare`'s business. A *document* is written inline as a mapping
or as the path of a JSON or YAML file, relative to the scenario file. Fields hold no unions, so that every fault of the
shape has the plain place of its value. Numbers with a unit say it in their description.

In every document, substitution, environment value and expectation, `${...}` stands for something declared:

    ${staging/role/Name}  ${dev/function/Name}  ${state_machine/Name}     ARNs
    ${staging/user/Name}  ${staging/group/Name}  ${staging/policy/Name}   ARNs
    ${staging/id}  ${staging/region}  ${organization/id}                  facts

`$${x}` is the text `${x}`. What contains a colon is none of ours and stays as it is: `${aws:PrincipalTag/team}` is an
IAM policy variable, `${a: b}` is JSONata. In a definition, `${Name}` stands for a substitution as well.
"""

from __future__ import annotations

from typing import Literal

from turnstile.document import Json
from turnstile.scenario.models.account_entries import AccountEntry
from turnstile.scenario.models.disturbing_entries import FaultEntry, MockEntry, StepEntry
from turnstile.scenario.models.entry import Entry
from turnstile.scenario.models.expect_entries import ExpectEntry
from turnstile.scenario.models.fields import (
    Document,
    Expected,
    Instant,
    Mark,
    Name,
    OrganizationId,
    Policies,
    Substitute,
    Version,
)
from turnstile.scenario.models.settings_entry import SettingsEntry

VERSION = 1


class MachineEntry(Entry):
    """A state machine; it lives in the Region of its account."""

    account: str
    """The name of an account."""
    role: str
    """Its execution role: a role of the same account, `account/Role` or an ARN."""
    definition: Document
    """Amazon States Language."""
    substitutions: dict[str, Substitute] = {}
    """What `${Name}` stands for in the definition."""
    type: Literal["STANDARD", "EXPRESS"] = "STANDARD"
    """Standard or Express."""
    stubs: dict[str, Json] = {}
    """What its Tasks give, by state: one answer, or a list of them. Their calls are judged and not made."""


class LevelEntry(Entry):
    """The control policies attached to one level of an organization."""

    scps: Policies = {}
    """Service control policies by name."""
    rcps: Policies = {}
    """Resource control policies by name."""
    full_access: bool = True
    """`FullAWSAccess` is attached as well; a level without it allows what its own policies allow."""


class UnitEntry(LevelEntry):
    """An organizational unit."""

    accounts: dict[str, LevelEntry] = {}
    """Accounts in it by name, each with control policies of its own; `{}` for none."""
    units: dict[str, UnitEntry] = {}
    """Units in it by name."""


class OrganizationEntry(UnitEntry):
    """An organization; its own control policies, accounts and units are those of the root."""

    id: OrganizationId
    """Such as `o-a1b2c3d4e5`."""
    management_account: str
    """The name of an account; no control policy touches it."""


class WorldEntry(Entry):
    """What a case may change: everything that exists before the execution starts."""

    accounts: dict[str, AccountEntry] = {}
    state_machines: dict[str, MachineEntry] = {}
    organization: OrganizationEntry | None = None
    """The organization that accounts are in."""
    settings: SettingsEntry = SettingsEntry()
    """Choices where AWS documents nothing or has changed its ways."""


class DefaultsEntry(Entry):
    """What holds for every case that does not say otherwise."""

    state_machine: str | None = None
    """The name of the state machine that runs."""
    input: Json = None
    """Inline, or the path of a file when it is text."""
    caller: str | None = None
    """Who starts the execution."""
    seed: int = 0
    """All randomness of a run follows from it."""
    start_time: Instant | None = None
    """The time at which each case starts, ISO 8601."""
    expect: Expected = {}
    """Keys of `expect` for cases that do not give them."""


class CaseEntry(Entry):
    """One execution in a world of its own."""

    name: Name
    """Tells the case from others."""
    matrix: dict[str, list[Json]] = {}
    """Values by name: the case runs once for each combination, `${matrix.name}` being the value."""
    exclude: list[dict[str, Json]] = []
    """Combinations of the matrix that are left out."""
    marks: list[Mark] = []
    """Marks that pytest gives the case, such as `slow`; `turnstile run` runs it as any other."""
    state_machine: str | None = None
    """May be left out where `defaults` say it or there is only one."""
    caller: str | None = None
    """Who starts the execution: a role, `account/user/Name` or `account/root`; the account's root user if left out."""
    input: Json = None
    """Inline, or the path of a file when it is text."""
    changes: dict[str, Json] = {}
    """`accounts`, `organization`, `settings` and `state_machines` for this case only.

    They are laid over the file's: null removes.
    """
    stubs: dict[str, Json] = {}
    """What Tasks of its state machine give, by state, before what the state machine says itself."""
    mock_config: MockEntry | None = None
    """A test case of Step Functions Local, likewise."""
    faults: list[FaultEntry] = []
    """Calls that go wrong on order."""
    during: list[StepEntry] = []
    """What happens during the run."""
    expect: ExpectEntry
    """How it must end; `defaults` may say it instead."""


class HeadEntry(Entry):
    """What a file that others include or extend says of itself; each key may be left out."""

    version: Version = 1
    """The version of the format."""
    name: Name = "?"
    """How reports would call the file."""
    include: list[str] = []
    """Files that are part of this one."""
    extends: str | None = None
    """A scenario file over which this one is laid."""
    inherit_cases: bool = False
    """The cases of that file run as well."""


class ScenarioEntry(WorldEntry):
    """A scenario file."""

    version: Version
    """The version of the format."""
    name: Name
    """How reports call the file."""
    include: list[str] = []
    """Files whose accounts, state machines, organization, settings, defaults and stubs join those of this one."""
    extends: str | None = None
    """A scenario file over which this one is laid, as changes are."""
    inherit_cases: bool = False
    """The cases of the file that is extended run as well, before those of this one."""
    accounts: dict[str, AccountEntry]
    """AWS accounts by name."""
    state_machines: dict[str, MachineEntry]
    """State machines by name."""
    stubs: dict[str, Json] = {}
    """Stubs of every account that does not give them itself."""
    defaults: DefaultsEntry = DefaultsEntry()
    """Said once for all cases."""
    cases: list[CaseEntry]
    """What runs: each case is one execution in a world of its own."""

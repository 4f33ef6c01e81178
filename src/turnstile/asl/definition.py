"""The tree of a state machine definition. It holds no behaviour.

`asl.parse` makes it from a document, `asl.check` finds what is wrong with it, `asl.dataflow`, `asl.choice` and
`asl.retry` evaluate its parts, and the interpreter (`states`) walks it. Paths, templates and choice rules in it are
compiled once. Pointers are JSON pointers into the definition. Amazon States Language: https://states-language.net/spec.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.asl.choice import Rule
    from turnstile.asl.dataset import ItemBatcher, ItemReader, ResultWriter
    from turnstile.asl.intrinsic import Expression
    from turnstile.asl.path import Path, ReferencePath
    from turnstile.asl.query import Query
    from turnstile.asl.template import Template
    from turnstile.document import Json
    from turnstile.source import Origin


class QueryLanguage(Enum):
    """How expressions of a state are written."""

    JSONPATH = "JSONPath"
    JSONATA = "JSONata"


class Mode(Enum):
    """Where the iterations of a Map run: in its own execution, or each in one of its own."""

    INLINE = "INLINE"
    DISTRIBUTED = "DISTRIBUTED"


@dataclass(frozen=True, slots=True)
class Retrier:
    """One entry of Retry; seconds, attempts and rate as in the specification, "Retrying after error"."""

    error_equals: tuple[str, ...]
    interval_seconds: int = 1
    max_attempts: int = 3
    backoff_rate: float = 2.0
    max_delay_seconds: int | None = None
    jitter: bool = False


@dataclass(frozen=True, slots=True)
class Catcher:
    """One entry of Catch; `result_path` None means the error output is discarded."""

    error_equals: tuple[str, ...]
    next: str
    result_path: ReferencePath | None
    assign: Template | None = None
    output: Template | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """What every state has. `next` is None in a terminal state."""

    name: str
    pointer: str
    comment: str = ""
    query_language: QueryLanguage = QueryLanguage.JSONPATH
    input_path: Path | None
    """None stands for `null`: the state sees `{}`."""
    output_path: Path | None
    """None stands for `null`: the output is `{}`."""
    assign: Template | None = None
    output: Template | None = None
    """What leaves a JSONata state, if it says so."""
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass(_State):
    """Passes its input on, or a fixed result."""

    has_result: bool = False
    result: Json = None
    parameters: Template | None = None
    result_path: ReferencePath | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work(_State):
    """What every state has that can fail and be tried again: its result comes from elsewhere."""

    result_selector: Template | None = None
    result_path: ReferencePath | None
    retry: tuple[Retrier, ...] = ()
    catch: tuple[Catcher, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(_Work):
    """One unit of work by a service; `credentials` yields an object with the text `RoleArn`."""

    resource: str
    parameters: Template | None = None
    credentials: Template | None = None
    timeout_seconds: int | Path | Query | None = None
    heartbeat_seconds: int | Path | Query | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(_State):
    """Goes where the first matching rule says, else to `default`."""

    rules: tuple[Rule, ...]
    default: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(_State):
    """Waits; exactly one of the four is set."""

    seconds: int | Query | None = None
    seconds_path: Path | None = None
    timestamp: str | Query | None = None
    timestamp_path: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeed(_State):
    """Ends the machine well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fail(_State):
    """Ends the machine with an error."""

    error: str | None = None
    cause: str | None = None
    error_path: Expression | Query | None = None
    cause_path: Expression | Query | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """States of their own inside a state: a branch of Parallel, or what a Map does with each item."""

    start_at: str
    states: Mapping[str, State]
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parallel(_Work):
    """Runs its branches side by side; its result is the array of their outputs."""

    branches: tuple[Branch, ...]
    parameters: Template | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Map(_Work):
    """Runs one branch for each item; its result is the array of the outputs.

    `item_selector` is the legacy Parameters where there is no ItemSelector.
    """

    item_processor: Branch
    mode: Mode = Mode.INLINE
    execution_type: str = "STANDARD"
    items_path: Path
    items: Template | None = None
    """What a JSONata state runs over instead of its input."""
    item_selector: Template | None = None
    max_concurrency: int | Path | Query = 0
    """0 leaves the limit to the service."""
    tolerated_failure_count: int | Path | Query | None = None
    tolerated_failure_percentage: float | Path | Query | None = None
    label: str | None = None
    item_reader: ItemReader | None = None
    item_batcher: ItemBatcher | None = None
    result_writer: ResultWriter | None = None


State: TypeAlias = Pass | Task | Choice | Wait | Succeed | Fail | Parallel | Map
Work: TypeAlias = Task | Parallel | Map
"""The states with Retry and Catch."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StateMachine:
    """A whole definition. `document` is it as written, `origin` where it was written."""

    start_at: str
    states: Mapping[str, State]
    document: Json
    origin: Origin
    comment: str = ""
    version: str = "1.0"
    timeout_seconds: int | None = None
    query_language: QueryLanguage = field(default=QueryLanguage.JSONPATH)

"""The output of an execution against the keys that speak of it: exact, a part, a pattern, a schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.report.report import Finding
from turnstile.scenario.comparing.difference import Difference, first_difference
from turnstile.scenario.comparing.likeness import first_unlike
from turnstile.scenario.expectations.outcome import SUCCEEDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    from turnstile.document import Json
    from turnstile.scenario.expectations.comparison import Comparison
    from turnstile.scenario.expectations.expectation import Expectation
    from turnstile.scenario.expectations.outcome import Outcome

    Differing: TypeAlias = Callable[[Json, Json], Difference | None]


def _comparison(differing: Differing, said: str, *, inside: bool = True) -> Comparison:
    """`inside`: a difference is at a place of what was written, not only of what was found."""

    def compare(expectation: Expectation, key: str, outcome: Outcome) -> Iterator[Finding]:
        wanted, origin = expectation.given[key], expectation.at(key)
        if outcome.status != SUCCEEDED:
            message = f"there is no output: the status is `{outcome.status}`"
            yield Finding(key, message, wanted, None, origin.where())
            return
        difference = differing(wanted, outcome.output)
        if difference is not None:
            where = (origin.within(difference.pointer) if inside else origin).where()
            yield Finding(key, f"{said}: {difference.message}", wanted, outcome.output, where)

    return compare


def _exactly(wanted: Json, found: Json) -> Difference | None:
    return first_difference(wanted, found, partial=False)


def _partly(wanted: Json, found: Json) -> Difference | None:
    return first_difference(wanted, found, partial=True)


def _valid(schema: Json, found: Json) -> Difference | None:
    from turnstile.scenario.comparing.output_schema import first_violation  # noqa: PLC0415 - loads jsonschema

    return first_violation(schema, found)


COMPARISONS: Mapping[str, Comparison] = {
    "output": _comparison(_exactly, "the output differs"),
    "output_file": _comparison(_exactly, "the output differs"),
    "output_partial": _comparison(_partly, "the output differs"),
    "output_like": _comparison(first_unlike, "the output is not like the expected one"),
    "output_schema": _comparison(_valid, "the output is not valid against the schema", inside=False),
}

"""Runs policy evaluation cases: `python tests/conformance/iam.py --cases DIR`.

Every JSON file of the directory is an array of cases; the fields are described in `iam-cases/README.md`. A case passes
when verdict and reason are the expected ones. What a case says of single layers is compared and reported, it decides
nothing. Exit code 1 when a case fails.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from turnstile.faults import Rejected
from turnstile.iam.decision import Layer
from turnstile.iam.evaluate import evaluate
from turnstile.iam.nearest import nearest
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.iam.request import Policies, Request
from turnstile.source import Origin, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from turnstile.iam.decision import Decision
    from turnstile.iam.policy import Policy

LAYERS = {
    Layer.IDENTITY: "identity",
    Layer.RESOURCE: "resource",
    Layer.TRUST: "resource",
    Layer.BOUNDARY: "boundary",
    Layer.SESSION: "session",
    Layer.SCP: "scp",
    Layer.RCP: "rcp",
}


@dataclass(frozen=True)
class Result:
    """A case and what came of it; `failure` and `skipped` are empty for a pass, `differing` only informs."""

    id: str
    failure: str = ""
    skipped: str = ""
    differing: str = ""


def cases(directory: Path) -> Iterator[tuple[Path, int, dict[str, Any]]]:
    """Every case with its file and its position in it."""
    for file in sorted(directory.glob("*.json")):
        for index, case in enumerate(json.loads(file.read_text("utf-8"))):
            yield file, index, case


def decide(case: dict[str, Any], origin: Origin) -> Decision:
    """The decision for a case; raises Rejected where a policy is faulty."""
    context = {key: tuple(value) if isinstance(value, list) else value for key, value in case["context"].items()}
    request = Request(case["principal"], case["action"], case["resource"], case["resource_account"], context)
    return evaluate(request, _policies(case, origin))


def _policies(case: dict[str, Any], origin: Origin) -> Policies:
    def one(kind: Kind, document: object, *place: str | int) -> Policy:
        return parse(document, kind=kind, name="/".join(map(str, place)), origin=origin.at(*place))

    def flat(kind: Kind, name: str) -> tuple[Policy, ...]:
        return tuple(one(kind, document, name, i) for i, document in enumerate(case.get(name) or ()))

    def levels(kind: Kind, name: str) -> tuple[tuple[Policy, ...], ...]:
        return tuple(
            tuple(one(kind, document, name, i, j) for j, document in enumerate(level))
            for i, level in enumerate(case.get(name) or ())
        )

    sides = [
        one(kind, case[name], name)
        for kind, name in ((Kind.TRUST, "trust_policy"), (Kind.RESOURCE, "resource_policy"))
        if case.get(name)
    ]
    return Policies(
        identity=flat(Kind.IDENTITY, "identity_policies"),
        resource=sides[0] if sides else None,
        boundaries=flat(Kind.BOUNDARY, "permission_boundaries"),
        sessions=flat(Kind.SESSION, "session_policies"),
        scps=levels(Kind.SCP, "scps"),
        rcps=levels(Kind.RCP, "rcps"),
        principal_in_management_account=bool(case.get("principal_in_management_account")),
        resource_in_management_account=bool(case.get("resource_in_management_account")),
    )


def check(file: Path, index: int, case: dict[str, Any]) -> Result:
    """Run one case."""
    name = case.get("id", f"{file.name}#{index}")
    if "expected" not in case:
        return Result(name, skipped="no `expected`")
    try:
        decision = decide(case, Origin(Source(file.name, ""), f"/{index}"))
    except Rejected as rejected:
        return Result(name, failure=f"expected {case['expected']}, found a faulty policy: {rejected}")
    found = ("allow" if decision.allowed else "deny", decision.reason.value)
    expected = (case["expected"], case.get("expected_reason", decision.reason.value))
    if found != expected:
        return Result(name, failure=f"expected {_pair(expected)}, found {_pair(found)}; {_deciding(decision)}")
    return Result(name, differing=_differing(decision, case.get("layers") or {}))


def _pair(verdict: tuple[str, str]) -> str:
    return " ".join(verdict)


def _deciding(decision: Decision) -> str:
    """The layers' verdicts, and the statement that decided or came nearest."""
    verdicts = ", ".join(f"{LAYERS[layer]} {verdict.value}" for layer, verdict in decision.verdicts)
    layers = decision.refusing or tuple(layer for layer, _ in decision.verdicts)
    judged = next(filter(None, (nearest(decision, layer) for layer in layers)), None)
    if judged is None:
        return f"{verdicts}; no statement"
    failed = ", ".join(mismatch.pointer for mismatch in judged.mismatches) or "nothing"
    return f"{verdicts}; {judged.policy.name}{judged.statement.pointer}, mismatching: {failed}"


def _differing(decision: Decision, expected: dict[str, str]) -> str:
    """Layers that said something else; layers that only one side lists are not compared."""
    found = {LAYERS[layer]: verdict.value for layer, verdict in decision.verdicts}
    return ", ".join(
        f"{layer} expected {expected[layer]}, found {found[layer]}"
        for layer in sorted(found.keys() & expected.keys())
        if found[layer] != expected[layer]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line per case that failed, was skipped or differs in a layer, then the counts."""
    reader = argparse.ArgumentParser(description="Run policy evaluation cases.")
    reader.add_argument("--cases", type=Path, required=True, help="a directory of JSON files, each an array of cases")
    directory = reader.parse_args(arguments).cases
    results = [check(*case) for case in cases(directory)]
    for result in results:
        for word, text in (("FAIL", result.failure), ("skip", result.skipped), ("note", result.differing)):
            if text:
                print(f"{word} {result.id}: {text}")  # noqa: T201 - a command prints
    failed = sum(1 for result in results if result.failure)
    skipped = sum(1 for result in results if result.skipped)
    passed = len(results) - failed - skipped
    print(f"{passed} passed, {failed} failed, {skipped} skipped")  # noqa: T201 - a command prints
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""What compares one key of an expectation with an outcome: a function from both, and the key, to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from turnstile.report.report import Finding
from turnstile.scenario.expectations.expectation import Expectation
from turnstile.scenario.expectations.outcome import Outcome

Comparison: TypeAlias = Callable[[Expectation, str, Outcome], Iterator[Finding]]

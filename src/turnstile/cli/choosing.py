"""Which cases `run` takes of the scenario files it was given: `-k`, `--last-failed`, `--shard`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from turnstile.cli.remembered import Remembered
    from turnstile.scenario.processes.parallel import Plan
    from turnstile.scenario.running.choice import Choice, Share
    from turnstile.scenario.running.keyword import Keyword

_SHARD = "--shard"
_DIGITS = 20
"""More than any number of machines has, and few enough to be read as a number."""
_MOST = 512
"""Processes; each takes tens of megabytes."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the options say, as written; `watched`: what data was after each stage is wanted."""

    keyword: str | None = None
    shard: str | None = None
    last_failed: bool = False
    watched: bool = False

    @property
    def whole(self) -> bool:
        """No option leaves out cases by their name or place."""
        return self.keyword is None and self.shard is None

    def __str__(self) -> str:
        """The options that leave out cases, for a message."""
        said = [f"`-k {self.keyword}`"] if self.keyword is not None else []
        said += ["`--last-failed`"] if self.last_failed else []
        return " and ".join([*said, f"`{_SHARD} {self.shard}`"] if self.shard is not None else said)


def plans(paths: Sequence[Path], wish: Wish, known: Remembered | None = None) -> tuple[Plan, ...]:
    """The files, each with the cases of it that run; only what failed before, if that is given.

    Raises:
        typer.BadParameter: an option cannot be read.
    """
    from turnstile.scenario.processes.parallel import Plan  # noqa: PLC0415 - needs pydantic and YAML
    from turnstile.scenario.running.choice import Choice  # noqa: PLC0415 - `--help` does not need it

    choice = Choice(keyword=_keyword(wish.keyword or ""), watched=wish.watched)
    chosen = [Plan(path, choice) for path in paths] if known is None else list(_failed(paths, choice, known))
    if wish.shard is None:
        return tuple(chosen)
    shard = _share(wish.shard)
    return tuple(
        replace(plan, choice=replace(plan.choice, shard=replace(shard, index=(shard.index - place) % shard.of)))
        for place, plan in enumerate(chosen)
    )


def _failed(paths: Sequence[Path], choice: Choice, failed: Remembered) -> Iterator[Plan]:
    from turnstile.scenario.processes.parallel import Plan  # noqa: PLC0415 - needs pydantic and YAML

    for path in paths:
        if (known := failed.of(path)) is not None:
            yield Plan(path, replace(choice, names=known.names, known=known.known))


def _keyword(text: str) -> Keyword:
    from turnstile.scenario.running.keyword import Keyword, KeywordError  # noqa: PLC0415 - `--help` does not need it

    try:
        return Keyword(text)
    except KeywordError as error:
        raise typer.BadParameter(str(error), param_hint="-k") from None


def _share(text: str) -> Share:
    from turnstile.scenario.running.choice import Share  # noqa: PLC0415 - `--help` does not need it

    index, slash, of = text.partition("/")
    digits = (index + of).isascii() and index.isdecimal() and of.isdecimal() and len(text) <= _DIGITS
    if not (slash and digits and 1 <= int(index) <= int(of)):
        message = f"`{text}` is not I/N, such as 1/4 for the first of four machines"
        raise typer.BadParameter(message, param_hint=_SHARD)
    return Share(int(index) - 1, int(of))


@dataclass(frozen=True, slots=True)
class Jobs:
    """So many processes, where one is enough for `alone` wall seconds."""

    most: int = 1
    alone: float = 0.0


def processes(text: str, moto_url: str | None) -> Jobs:
    """The value of `-j`: a number, or `auto` for as many as there are processors, once that is worth their start.

    Raises:
        typer.BadParameter: it is neither, or cases would share a server.
    """
    if text == "auto":
        from turnstile.scenario.processes.parallel import ALONE, cores  # noqa: PLC0415 - `--help` does not need it

        return Jobs(cores() if moto_url is None else 1, ALONE)
    if not (text.isascii() and text.isdecimal()) or not text.strip("0"):
        raise typer.BadParameter(f"`{text}` is neither a number from 1 nor `auto`", param_hint="-j")
    if len(text) > len(str(_MOST)) or int(text) > _MOST:
        raise typer.BadParameter(f"`{text}` processes are more than {_MOST}", param_hint="-j")
    if moto_url is not None and int(text) > 1:
        message = "the server of `--moto-url` is emptied for each case: one at a time"
        raise typer.BadParameter(message, param_hint="-j")
    return Jobs(int(text))

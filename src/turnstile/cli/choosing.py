"""Which cases `run` takes of the scenario files it was given: `-k`, `--last-failed`, `--shard`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import typer

from turnstile.cli.exits import Exit, stop

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from turnstile.cli.remembered import Remembered
    from turnstile.scenario.choice import Choice, Share
    from turnstile.scenario.keyword import Keyword
    from turnstile.scenario.parallel import Plan

_SHARD = "--shard"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the options say, as written; `failed` is None without `--last-failed`."""

    keyword: str | None = None
    shard: str | None = None
    failed: Remembered | None = None

    def __str__(self) -> str:
        """The options that leave out cases, for a message."""
        said = [f"`-k {self.keyword}`"] if self.keyword is not None else []
        said += ["`--last-failed`"] if self.failed is not None else []
        return " and ".join([*said, f"`{_SHARD} {self.shard}`"] if self.shard is not None else said)


def plans(paths: Sequence[Path], wish: Wish) -> tuple[Plan, ...]:
    """The files, each with the cases of it that run.

    Raises:
        typer.BadParameter: an option cannot be read.
        typer.Exit: nothing went wrong in these files when they ran last.
    """
    from turnstile.scenario.choice import Choice  # noqa: PLC0415 - `--help` does not need it
    from turnstile.scenario.parallel import Plan  # noqa: PLC0415 - needs pydantic and YAML

    choice = Choice(keyword=_keyword(wish.keyword or ""))
    chosen = list(_failed(paths, choice, wish.failed)) if wish.failed else [Plan(path, choice) for path in paths]
    if wish.shard is None:
        return tuple(chosen)
    shard = _share(wish.shard)
    return tuple(
        replace(plan, choice=replace(plan.choice, shard=replace(shard, index=(shard.index - place) % shard.of)))
        for place, plan in enumerate(chosen)
    )


def _failed(paths: Sequence[Path], choice: Choice, failed: Remembered) -> Iterator[Plan]:
    from turnstile.scenario.parallel import Plan  # noqa: PLC0415 - needs pydantic and YAML

    again = {path: names for path in paths if (names := failed.of(path)) is None or names}
    if not again:
        stop(Exit.NOTHING, "no case of these files failed when it ran last", "run without `--last-failed`")
    return (Plan(path, replace(choice, names=names)) for path, names in again.items())


def _keyword(text: str) -> Keyword:
    from turnstile.scenario.keyword import Keyword, KeywordError  # noqa: PLC0415 - `--help` does not need it

    try:
        return Keyword(text)
    except KeywordError as error:
        raise typer.BadParameter(str(error), param_hint="-k") from None


def _share(text: str) -> Share:
    from turnstile.scenario.choice import Share  # noqa: PLC0415 - `--help` does not need it

    index, slash, of = text.partition("/")
    if not (slash and index.isdecimal() and of.isdecimal() and 1 <= int(index) <= int(of)):
        message = f"`{text}` is not I/N, such as 1/4 for the first of four machines"
        raise typer.BadParameter(message, param_hint=_SHARD)
    return Share(int(index) - 1, int(of))


def processes(text: str) -> int:
    """The value of `-j`: a number, or `auto` for as many as there are processors.

    Raises:
        typer.BadParameter: it is neither.
    """
    if text == "auto":
        from turnstile.scenario.parallel import cores  # noqa: PLC0415 - `--help` does not need it

        return cores()
    if not text.isdecimal() or not int(text):
        raise typer.BadParameter(f"`{text}` is neither a number from 1 nor `auto`", param_hint="-j")
    return int(text)

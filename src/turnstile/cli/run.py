"""`turnstile run`: run scenario files, or a bare definition, and print how it went."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from turnstile.cli.choosing import Wish, processes
from turnstile.cli.delivery import Delivery
from turnstile.cli.formats import REPORTS, formats, ready
from turnstile.cli.guard import guarded
from turnstile.cli.manner import Kind, Manner, Mocks
from turnstile.cli.paths import select
from turnstile.cli.progress import in_ci
from turnstile.cli.ran import Wanted, run_selection
from turnstile.cli.settings import root
from turnstile.cli.terminal import Color
from turnstile.cli.thresholds import judged_only, thresholds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from turnstile.cli.formats import Format
    from turnstile.cli.paths import Selection

_NOTHING: tuple[str, ...] = ()
_NOT_AGAIN = {
    "--update": "it writes files that are watched",
    "--shard": "a share of the cases is for machines that run them once",
    "--input -": "stdin is read but once",
}
_STAGES = 2
"""So many `-v` ask for the data after each stage, and so does the one form that shows it in a place of its own."""
_SHOWS_STAGES = "html"


@guarded
def run(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH",
            envvar="TURNSTILE_PATHS",
            help="Scenario files, folders with scenario files, definitions (*.asl.json, *.asl.yaml), or `-` for stdin.",
            show_default="this folder",
        ),
    ] = None,
    *,
    given: Annotated[
        str | None,
        typer.Option("--input", metavar="FILE|-|JSON", help="Input of a definition: a file, stdin, or JSON text."),
    ] = None,
    keyword: Annotated[
        str | None,
        typer.Option(
            "-k",
            metavar="EXPRESSION",
            help="Run only the cases whose name has this in it; `and`, `or`, `not`, `(`, `)`.",
        ),
    ] = None,
    fail_first: Annotated[bool, typer.Option("-x", help="Stop at the first case that is not as expected.")] = False,
    most: Annotated[
        int,
        typer.Option(
            "--maxfail",
            min=0,
            metavar="N",
            envvar="TURNSTILE_MAXFAIL",
            help="Stop at the Nth case that is not as expected.",
            show_default=False,
        ),
    ] = 0,
    last_failed: Annotated[
        bool, typer.Option("--last-failed", "--lf", help="Run only the cases that were not as expected last time.")
    ] = False,
    jobs: Annotated[
        str,
        typer.Option(
            "-j",
            "--jobs",
            metavar="N|auto",
            envvar="TURNSTILE_JOBS",
            help="Run scenarios in so many processes; auto: all processors, where there is enough to run.",
        ),
    ] = "auto",
    shard: Annotated[
        str | None, typer.Option("--shard", metavar="I/N", help="Run the share of the Ith of N machines.")
    ] = None,
    watch: Annotated[
        bool, typer.Option("-w", "--watch", help="Run again whenever a file that was used is saved.")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Write the golden histories of the cases instead of comparing with them.")
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, metavar="N", envvar="TURNSTILE_SEED", help="Fix ids and random choices."),
    ] = None,
    form: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="NAME[=FILE]",
            envvar="TURNSTILE_FORMAT",
            help=f"Form of the report ({', '.join(REPORTS)}), to stdout or a file; repeatable.",
        ),
    ] = None,
    color: Annotated[
        Color, typer.Option("--color", envvar="TURNSTILE_COLOR", help="When to colour the text.")
    ] = Color.AUTO,
    no_progress: Annotated[
        bool, typer.Option("--no-progress", envvar="TURNSTILE_NO_PROGRESS", help="Tell nothing while cases run.")
    ] = False,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Name of the execution of a definition.")
    ] = None,
    kind: Annotated[
        Kind | None, typer.Option("--type", help="Type of the state machine of a definition.", show_default=False)
    ] = None,
    stop_after: Annotated[
        float | None,
        typer.Option(
            "--stop-after", min=0, metavar="SECONDS", help="Stop a definition's execution after so much virtual time."
        ),
    ] = None,
    redrive: Annotated[
        bool, typer.Option("--redrive", help="Redrive a definition's execution once if it does not succeed.")
    ] = False,
    mock_config: Annotated[
        Path | None,
        typer.Option(
            "--mock-config",
            metavar="FILE",
            help="What a definition's Tasks give: a MockConfigFile.json.",
        ),
    ] = None,
    test_case: Annotated[
        str | None, typer.Option("--test-case", metavar="NAME", help="The test case of the mock configuration.")
    ] = None,
    moto_url: Annotated[
        str | None,
        typer.Option(
            "--moto-url",
            envvar="TURNSTILE_MOTO_URL",
            metavar="URL",
            help="A moto server that keeps the resources of scenarios; it is emptied for each case.",
        ),
    ] = None,
    covered: Annotated[
        bool, typer.Option("--coverage", help="Say which states, ways and permissions no case made use of.")
    ] = False,
    fail_under: Annotated[
        str | None,
        typer.Option(
            "--fail-under",
            metavar="PERCENT|KIND=PERCENT,...",
            help="Not as expected if less is covered; implies --coverage.",
        ),
    ] = None,
    quiet: Annotated[
        int,
        typer.Option("-q", "--quiet", count=True, help="Only what is not as expected.", show_default=False),
    ] = 0,
    verbose: Annotated[
        int,
        typer.Option("-v", "--verbose", count=True, help="Events too; -vv: data after each stage.", show_default=False),
    ] = 0,
) -> None:
    """Run scenarios, or a bare definition, and say which permission is missing.

    Exit code: 0 as expected, 1 not as expected, 2 usage error or faulty file, 3 not supported, 4 bug in
    Turnstile, 5 nothing selected.
    """
    wanted = formats(form or _NOTHING, REPORTS)
    least = thresholds(fail_under)
    given_paths = tuple(paths or (Path(),))
    chosen = select(given_paths)
    ready(wanted, (*chosen.scenarios, *chosen.definitions))
    _check_for_definition(
        chosen,
        {
            "--input": given,
            "--name": name,
            "--type": kind,
            "--stop-after": stop_after,
            "--redrive": redrive or None,
            "--mock-config": mock_config,
        },
    )
    if not chosen.scenarios:
        judged_only(least)
    if watch:
        _check_for_watch(given_paths, wanted, {"--update": update, "--shard": shard, "--input -": given == "-"})
    if update and in_ci():
        typer.echo("--update: golden histories are written, not compared, although `CI` is set", err=True)
    if shard is not None and fail_under is not None:
        told = f"`turnstile coverage 1.json 2.json --fail-under {fail_under}` judges reports of all shares together"
        typer.echo(f"--fail-under: holds for the cases of this share alone; {told}", err=True)
    mocks = _mocks(mock_config, test_case)
    watched = verbose - quiet >= _STAGES or any(one.name == _SHOWS_STAGES for one in wanted)
    manner = Manner(name, kind or Kind.STANDARD, stop_after, redrive=redrive, mocks=mocks, watched=watched)
    asked = Wanted(
        root(),
        given,
        Wish(keyword, shard, last_failed, watched),
        manner,
        seed,
        moto_url,
        processes(jobs, moto_url),
        1 if fail_first else most,
        update,
        progress=not no_progress,
        quiet=quiet > 0,
        color=color,
    )

    delivery = Delivery(wanted, color, verbose - quiet, covered, least)
    if watch:
        from turnstile.cli.watching import rerun  # noqa: PLC0415 - only where asked for

        rerun(given_paths, chosen, asked, delivery)
    raise typer.Exit(delivery.tell(run_selection(chosen, asked)))


def _mocks(path: Path | None, test_case: str | None) -> Mocks | None:
    """The test case that was chosen; the two options go together."""
    if path is not None and test_case is not None:
        return Mocks(path, test_case)
    if path is None and test_case is None:
        return None
    missing, given = ("--mock-config", "--test-case") if path is None else ("--test-case", "--mock-config")
    raise typer.BadParameter(f"`{missing}` is missing: the two go together", param_hint=given)


def _check_for_definition(chosen: Selection, options: Mapping[str, object]) -> None:
    for option, value in options.items():
        if value is not None and not chosen.definitions:
            raise typer.BadParameter("only a definition takes it; scenarios have their own", param_hint=option)


def _check_for_watch(paths: Sequence[Path], wanted: Sequence[Format], options: Mapping[str, object]) -> None:
    """Refuse what cannot be done again and again."""
    hint = "--watch"
    for option, value in options.items():
        if value:
            raise typer.BadParameter(f"`{option}` does not go with it: {_NOT_AGAIN[option]}", param_hint=hint)
    if any(str(path) == "-" for path in paths):
        raise typer.BadParameter("what stands on stdin is read but once: name files or folders", param_hint=hint)
    for one in wanted:
        if one.file is None and one.name != "text":
            message = f"stdout would get one `{one.name}` report after the other: write `{one.name}=FILE`"
            raise typer.BadParameter(message, param_hint=hint)

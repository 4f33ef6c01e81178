"""The runner: `python -m benchmarks.run [--only W1,W2] [--repeat 5] [--scale 1.0] [--json FILE]`.

Prints one row for each workload: the median of the measurements, the target, and how many times the target is reached.
Exit code 1 if a workload gave something wrong; a missed target is a row to look at, since machines are noisy.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import turnstile
from benchmarks import (
    chain,
    concurrency,
    exchange,
    fanout,
    growth,
    handlers,
    policies,
    polling,
    process,
    serving,
    staging,
    waiting,
    yardstick,
)
from benchmarks.workload import Failed, Workload

if TYPE_CHECKING:
    from collections.abc import Sequence

WORKLOADS: tuple[Workload, ...] = tuple(
    sorted(
        (
            *chain.WORKLOADS,
            *fanout.WORKLOADS,
            *concurrency.WORKLOADS,
            *waiting.WORKLOADS,
            *process.WORKLOADS,
            *serving.WORKLOADS,
            *staging.WORKLOADS,
            *exchange.WORKLOADS,
            *growth.WORKLOADS,
            *handlers.WORKLOADS,
            *policies.WORKLOADS,
            *polling.WORKLOADS,
            *yardstick.WORKLOADS,
        ),
        key=lambda workload: ("YWHIBSFLMP".index(workload.id[0]), int(workload.id[1:])),
    )
)


@dataclass(frozen=True, slots=True)
class Row:
    """What became of a workload. `figure` and `cpu` are medians; without a figure, `reason` says why."""

    id: str
    title: str
    unit: str
    target: float | None
    figure: float | None = None
    cpu: float | None = None
    ratio: float | None = None
    samples: tuple[float, ...] = ()
    verdict: str = "measured"
    reason: str = ""


def measured(workload: Workload, repeat: int, scale: float) -> Row:
    """Measure a workload so many times, after one time that does not count."""
    known = (workload.id, workload.title, workload.unit, workload.target)
    try:
        measure = workload.prepare(scale)
        measure()
        samples = [measure() for _ in range(repeat)]
    except turnstile.Unsupported as error:
        return Row(*known, verdict="not supported", reason=_line(error))
    except (turnstile.Rejected, Failed) as error:
        return Row(*known, verdict="failed", reason=_line(error))
    figure = median(sample.figure for sample in samples)
    cpu = median(sample.cpu for sample in samples)
    return Row(*known, figure, cpu, workload.ratio(figure), tuple(sample.figure for sample in samples))


def shown(row: Row) -> str:
    """A row of the table."""
    target = "" if row.target is None else _number(row.target)
    if row.figure is None:
        return f"{row.id:<6} {row.title:<38} {row.verdict}: {row.reason}"
    cpu = "" if not row.cpu else f"{row.cpu:.4f}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return f"{row.id:<6} {row.title:<38} {cpu:>8} {_number(row.figure):>10} {target:>9} {ratio:>6}  {row.unit}"


HEAD = f"{'':<6} {'':<38} {'CPU s':>8} {'median':>10} {'target':>9} {'ratio':>6}"


def machine() -> dict[str, object]:
    """The kind of machine this is."""
    return {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}


def chosen(only: str) -> list[Workload]:
    """The workloads named in a list with commas, or all."""
    wanted = {name.strip().upper() for name in only.split(",") if name.strip()}
    unknown = wanted - {workload.id.upper() for workload in WORKLOADS}
    if unknown:
        raise SystemExit(f"no workload is called {', '.join(sorted(unknown))}")
    return [workload for workload in WORKLOADS if not wanted or workload.id.upper() in wanted]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="Measure speed and size.")
    parser.add_argument("--only", default="", help="workloads to measure, as in W1,W12")
    parser.add_argument("--repeat", type=int, default=5, help="measurements of each workload")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full sizes")
    parser.add_argument("--json", type=Path, help="file to write the rows to")
    options = parser.parse_args(arguments)
    rows = []
    print(HEAD)
    for workload in chosen(options.only):
        rows.append(measured(workload, options.repeat, options.scale))
        print(shown(rows[-1]), flush=True)
    if options.json:
        report = {"machine": machine(), "scale": options.scale, "rows": [asdict(row) for row in rows]}
        options.json.write_text(json.dumps(report, indent=2) + "\n")
    return int(any(row.verdict == "failed" for row in rows))


def _line(error: Exception) -> str:
    """The first line of what went wrong, without the word that the row has already."""
    return str(error).partition("\n")[0].removeprefix("not supported: ")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.4g}"  # noqa: PLR2004 - from here on digits are noise


if __name__ == "__main__":
    sys.exit(main())

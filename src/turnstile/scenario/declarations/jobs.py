"""The jobs of an account: how those that an operation starts live, read from the file and held against the models.

What a plan means is `world.job_plan`'s; which states a job can end in is `jobs.table`'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from turnstile.jobs.place import put
from turnstile.jobs.portrait import portrait
from turnstile.jobs.table import JOBS
from turnstile.spelling import hint
from turnstile.world.job_plan import USUAL, Ending, JobPlan, JobRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.backends.answer_shapes import Misfit
    from turnstile.document import Json
    from turnstile.jobs.job import Job
    from turnstile.jobs.place import Place
    from turnstile.scenario.declarations.entries import Entries
    from turnstile.source import Origin

Rules: TypeAlias = tuple[JobRule, ...]

_KEYS = ("when", "times", "takes", "polls", "outcome", "exit_code", "reason", "output", "answer", "event")
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")
_UNITS = 86_400, 3600, 60, 1
_LONGEST = 366 * 86_400
_NESTED = "states:startExecution"
_ENDINGS = tuple(ending.value for ending in Ending)


def _names() -> Iterator[tuple[str, Job]]:
    """Every name of every kind of job: of its start call, and of the resource that a Task names."""
    for row in JOBS.values():
        if row.client != "stepfunctions":
            for name in (f"{row.client}:{row.start}", f"{row.service}:{row.start}", row.resource):
                yield name, row


_ROWS: Mapping[str, Job] = dict(_names())


def read_jobs(entries: Entries, account: str, jobs: Mapping[str, Json]) -> dict[str, Rules]:
    """Rules by botocore's `service:Operation`; what is wrong joins the faults."""
    found: dict[str, Rules] = {}
    for name, document in jobs.items():
        place = ("accounts", account, "jobs", name)
        row = _row(entries, name, place)
        if row is None:
            continue
        called = f"{row.client}:{row.start}"
        if called in found:
            message = f"`{name}` is another name of jobs that are declared already"
            entries.fault(place, "duplicate-job", message, "put all plans of one start call into one list")
            continue
        reading = _Reading(entries, row, place)
        found[called] = reading.rules(entries.substituted(document, place))
    return found


def _row(entries: Entries, name: str, place: tuple[str, ...]) -> Job | None:
    if name in (_NESTED, "stepfunctions:StartExecution", "states:StartExecution"):
        message = f"`{name}` has no plans: a nested execution lives by its own definition"
        entries.fault(place, "no-job", message, "declare a state machine that waits, succeeds or fails")
    elif name not in _ROWS:
        message = f"`{name}` starts no job that a Task can wait for"
        entries.fault(place, "unknown-job", message, hint(name, tuple(_ROWS), "start calls"))
    return _ROWS.get(name)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The plans of one start call being read."""

    entries: Entries
    row: Job
    place: tuple[str | int, ...]

    def rules(self, document: Json) -> Rules:
        """One plan or a list of them; a list without `when` and `times` is a sequence, its last plan for ever."""
        listed = document if isinstance(document, list) else [document]
        if not listed:
            self.fault((), "no-plans", "the list of plans is empty", "write a plan, such as `takes: 90`")
        steps = [(number,) if isinstance(document, list) else () for number in range(len(listed))]
        rules = tuple(self.rule(entry, step) for entry, step in zip(listed, steps, strict=True))
        if all(rule.when == {} and rule.times is None for rule in rules):
            return (*(JobRule(rule.plan, times=1) for rule in rules[:-1]), *rules[-1:])
        self.unreachable(rules)
        return rules

    def unreachable(self, rules: Rules) -> None:
        """Note a plan that no request can come to."""
        always = next((number for number, rule in enumerate(rules) if rule.when == {} and rule.times is None), None)
        if always is not None and always + 1 < len(rules):
            message = "this plan is never used: the one before it is for every request"
            self.fault((always + 1,), "unreachable-plan", message, "put the plan without `when` and `times` last")

    def rule(self, entry: Json, step: Place) -> JobRule:
        """A plan with the requests that it is for."""
        if not isinstance(entry, dict):
            self.fault(step, "wrong-type", "a plan must be a mapping", "write `takes:` or `outcome:` below it")
            return JobRule(JobPlan())
        for key in entry:
            if key not in _KEYS:
                remedy = hint(key, _KEYS, "keys")
                self.fault((*step, key), "unknown-key", f"the key `{key}` is not known here", remedy)
        times = self.whole(entry, "times", step)
        return JobRule(self.plan(entry, step), self.when(entry, step), times)

    def when(self, entry: Mapping[str, Json], step: Place) -> Json:
        """What the request must have."""
        wanted = entry.get("when", {})
        if not isinstance(wanted, dict):
            self.fault((*step, "when"), "wrong-type", "`when` must be a mapping", "name members of the request")
            return {}
        known = self.members()
        for name in wanted:
            if known and name not in known:
                message = f"`{self.row.client}:{self.row.start}` has no parameter `{name}`"
                self.fault((*step, "when", name), "unknown-parameter", message, hint(name, known, "parameters"))
        return wanted

    def members(self) -> tuple[str, ...]:
        """The parameters of the start call; none where no model says."""
        from turnstile.backends.moto_codec import service  # noqa: PLC0415 - loads botocore, for jobs only

        if self.row.client == "kubernetes":
            return ()
        shape = service(self.row.client).operation(self.row.start).input_shape
        return tuple(shape.members) if shape is not None else ()

    def plan(self, entry: Mapping[str, Json], step: Place) -> JobPlan:
        """A life."""
        ending, state = self.outcome(entry, step)
        if "takes" in entry and "polls" in entry:
            message = "a plan has `takes` or `polls`, and this one has both"
            self.fault((*step, "polls"), "wrong-plan", message, "say when the job ends in one way")
        return JobPlan(
            ending,
            self.seconds(entry, "takes", step, USUAL.takes),
            self.whole(entry, "polls", step),
            state,
            self.exit_code(entry, step),
            self.reason(entry, step),
            self.output(entry, step),
            self.answer(entry, step),
            self.event(entry, step),
        )

    def outcome(self, entry: Mapping[str, Json], step: Place) -> tuple[Ending, str]:
        """How it ends, and in which state of the service where one is named."""
        row, word = self.row, entry.get("outcome")
        code = entry.get("exit_code")
        if word is None:
            return (Ending.FAILED if isinstance(code, int) and code else Ending.SUCCEEDED), ""
        able = _able(row)
        own = {**dict.fromkeys(row.succeeded, Ending.SUCCEEDED), **dict.fromkeys(row.failed, Ending.FAILED)}
        if isinstance(word, str) and word in own:
            return own[word], str(word)
        if isinstance(word, str) and word in able:
            return Ending(word), ""
        words = tuple(dict.fromkeys((*able, *own)))
        message = f"a job of `{row.resource}` does not end as `{word}`"
        self.fault((*step, "outcome"), "unknown-outcome", message, hint(str(word), words, "outcomes"))
        return Ending.SUCCEEDED, ""

    def exit_code(self, entry: Mapping[str, Json], step: Place) -> int | None:
        """The exit code, where the service has one."""
        if "exit_code" not in entry:
            return None
        code, places = entry["exit_code"], portrait(self.row.resource)
        place = (*step, "exit_code")
        if not (places.exit_code or places.exits):
            message = f"jobs of `{self.row.resource}` have no exit code"
            self.fault(place, "no-exit-code", message, "say `outcome:` and perhaps `reason:`")
        elif not isinstance(code, int) or isinstance(code, bool) or code < 0:
            self.fault(place, "wrong-value", "`exit_code` must be a whole number from 0", "0 is success")
        elif code and entry.get("outcome") == Ending.SUCCEEDED:
            self.fault(place, "wrong-plan", "a job that succeeds has exit code 0", "write `outcome: FAILED`")
        else:
            return code
        return None

    def reason(self, entry: Mapping[str, Json], step: Place) -> str:
        """Why it ended so, where the service tells."""
        if "reason" not in entry:
            return ""
        reason, place = entry["reason"], (*step, "reason")
        if not portrait(self.row.resource).reason:
            message = f"jobs of `{self.row.resource}` tell no reason"
            self.fault(place, "no-reason", message, "leave it out")
        elif not isinstance(reason, str):
            self.fault(place, "wrong-type", "`reason` must be text", "put it in quotes")
        else:
            return reason
        return ""

    def output(self, entry: Mapping[str, Json], step: Place) -> Mapping[str, Json]:
        """What is laid over the description of the job when it has ended; a part of it is enough."""
        output = entry.get("output", {})
        if not isinstance(output, dict):
            self.fault((*step, "output"), "wrong-type", "`output` must be a mapping", "name members of the job")
            return {}
        place = tuple(part if isinstance(part, str | int) else 0 for part in self.row.detail)
        document = put({}, place, output)
        for misfit in self.misfits(self.row.describe.operation, document):
            if not misfit.missing:
                self.misfit(misfit, (*step, "output"), misfit.path[len(place) :])
        return output

    def answer(self, entry: Mapping[str, Json], step: Place) -> Mapping[str, Json] | None:
        """What the start call answers; by default as the service does."""
        answer = entry.get("answer")
        if answer is None:
            return None
        if not isinstance(answer, dict):
            self.fault((*step, "answer"), "wrong-type", "`answer` must be a mapping", "name members of the answer")
            return None
        for misfit in self.misfits(self.row.start, answer):
            self.misfit(misfit, (*step, "answer"), misfit.path)
        return answer

    def misfits(self, operation: str, document: Json) -> Iterator[Misfit]:
        """What botocore's model has against a document; Kubernetes has none."""
        from turnstile.backends.answer_shapes import misfits  # noqa: PLC0415 - loads botocore, for jobs only

        if self.row.client != "kubernetes":
            yield from misfits(self.row.client, operation, document)

    def misfit(self, misfit: Misfit, step: Place, path: Place) -> None:
        """Note what does not fit the model."""
        remedy = misfit.help or hint(misfit.word, misfit.known, "names")
        self.fault((*step, *path), misfit.code, misfit.message, remedy)

    def event(self, entry: Mapping[str, Json], step: Place) -> float | None:
        """After how many seconds the event of its end arrives; `lost` is never."""
        if "event" in entry and not self.row.rule:
            message = f"no event tells of jobs of `{self.row.resource}`"
            self.fault((*step, "event"), "no-event", message, "leave it out: their end is seen by polling")
        return None if entry.get("event") == "lost" else self.seconds(entry, "event", step, 0.0)

    def seconds(self, entry: Mapping[str, Json], key: str, step: Place, usual: float) -> float:
        """A time in seconds, also given as `1h30m`."""
        value = entry.get(key, usual)
        found = _seconds(value)
        if found is None or not 0 <= found <= _LONGEST:
            message = f"`{key}` must be a time of a year at most"
            self.fault((*step, key), "wrong-value", message, "write seconds, or a time such as `1h30m`")
            return usual
        return found

    def whole(self, entry: Mapping[str, Json], key: str, step: Place) -> int | None:
        """A whole number from 1."""
        value = entry.get(key)
        if value is None and key not in entry:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
            return value
        message = f"`{key}` must be a whole number from 1"
        self.fault((*step, key), "wrong-value", message, "leave it out for no limit")
        return None

    def fault(self, step: Place, code: str, message: str, remedy: str) -> None:
        """Note a fault at a place below the start call."""
        origin: Origin = self.entries.written.origin(*self.place)
        self.entries.faults.append(origin.at(*step).fault(code, message, remedy))


def _able(row: Job) -> tuple[str, ...]:
    """The endings that any service's words stand for, without failure where the service has none."""
    fails = row.failed or portrait(row.resource).exits is not None
    return tuple(word for word in _ENDINGS if fails or word != Ending.FAILED)


def _seconds(value: Json) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    match = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if match is None:
        return None
    return sum(float(part) * unit for part, unit in zip(match.groups(), _UNITS, strict=True) if part)

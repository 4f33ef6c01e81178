"""An explanation read back from a JSON report: the inverse of `report.json.explained`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.faults import Where
from turnstile.report.excerpt import Excerpt, of_line
from turnstile.report.explanation import Advice, Explanation, Failed, Nearest, Refusal

if TYPE_CHECKING:
    from turnstile.document import Json


def reread(written: Json) -> Explanation:
    """The explanation of a refused call.

    Raises:
        LookupError, TypeError: it was not written by this version of the report.
    """
    return Explanation(
        action=written["action"],
        resource=written["resource"],
        principal=written["principal"],
        role=written["role"] or "",
        acting_for=written["acting_for"] or "",
        execution=written["execution"] or "",
        state=written["state"] or "",
        occasions=(),
        refusals=tuple(_refusal(link) for link in written["links"]),
        answer=written["answer"] or "",
        statements=tuple((one["layer"], _nearest(one)) for one in written["statements"]),
    )


def _refusal(link: Json) -> Refusal:
    return Refusal(
        link["link"],
        link["meaning"],
        link["action"],
        link["resource"],
        link["sentence"],
        link["answered"],
        _nearest(link["nearest"]) if link["nearest"] else None,
        tuple(_advice(one) for one in link["remedies"]),
        link["help"] or "",
    )


def _nearest(one: Json) -> Nearest:
    failed = tuple(_failed(part) for part in one["failed"])
    return Nearest(one["policy"], one["statement"], one["effect"], _excerpt(one["excerpt"]), failed)


def _failed(part: Json) -> Failed:
    found = None if part["found"] is None else tuple(part["found"])
    excerpt = _excerpt(part["excerpt"])
    return Failed(part["part"], tuple(part["wanted"]), found, part["wants"], part["has"], excerpt)


def _advice(one: Json) -> Advice:
    excerpt, declared = (_excerpt(one[name]) if one.get(name) else None for name in ("excerpt", "declared"))
    return Advice(one["kind"], one["place"], one["text"], excerpt, declared)


def _excerpt(place: Json) -> Excerpt:
    return of_line(Where(place["file"], place["line"], place["column"], place["pointer"]), place["source"] or "")

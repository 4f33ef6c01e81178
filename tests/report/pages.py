"""The data of HTML pages, read back as the scripts of the page do."""

from __future__ import annotations

import json
import re

_PACKED = ("runs", "calls", "lane", "polls", "polls_left_out", "refused", "ties")


def payload(page):
    """The document in a page as it stands there."""
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


def data(page):
    """The document in a page with all rows unpacked."""
    document = payload(page)
    shared = document["shared"]
    for file in document["files"]:
        for case in file["cases"]:
            case |= {name: unpacked(case[name], shared) for name in _PACKED}
            for run in case["runs"]:
                _open(run, shared)
    if document["coverage"]:
        document["coverage"]["items"] = unpacked(document["coverage"]["items"], shared)
    return document


def unpacked(packed, shared):
    """Rows as objects."""
    refs, nested = set(packed["refs"]), set(packed["nested"])
    return [
        {
            key: joined(shared[row[at]], shared) if at in nested else shared[row[at]] if at in refs else row[at]
            for at, key in enumerate(packed["keys"])
        }
        for row in packed["rows"]
    ]


def joined(value, shared):
    """A document of parts put together again."""
    match value:
        case {"$": number}:
            return joined(shared[number], shared)
        case dict():
            return {key: joined(one, shared) for key, one in value.items()}
        case list():
            return [joined(one, shared) for one in value]
    return value


def _open(run, shared):
    run["taken"] = [[shared[one] for one in pair] for pair in run["taken"]]
    run["events"] = [_event(number, event, shared) for number, event in enumerate(run["events"], 1)]
    run["visits"] = [
        [shared[one] if at in (0, 1, 6, 7) else one for at, one in enumerate(visit)] for visit in run["visits"]
    ]


def _event(number, event, shared):
    before, at, kind, visit, *rest = event
    keys = shared[rest[0]].split("\n") if rest else []
    told = dict(zip(keys, (shared[one] for one in rest[1:]), strict=True))
    return {"id": number, "previous": number - before, "at": at, "type": shared[kind], "visit": visit, "details": told}

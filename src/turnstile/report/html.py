"""A report as one HTML page that needs nothing else: no network, no fonts, no server.

Data stands in the page as JSON that no markup can break out of; scripts make text of it, never markup. Pictures are
laid out and escaped here. A content security policy (https://www.w3.org/TR/CSP3/) lets only the page's own style and
scripts run, by their hashes. Values that look secret are masked.
"""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from turnstile.report import html_calls, html_case, html_coverage
from turnstile.report.html_payload import Shared
from turnstile.report.masking import everywhere, hiding, readable
from turnstile.report.pictures import accounts, svg, ties
from turnstile.report.pictures.figure import figure
from turnstile.report.pictures.transitions import scope
from turnstile.report.place import shown_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from turnstile.document import Json
    from turnstile.report.report import Case, File, Report

VERSION = 2
"""Of the data in the page."""
_STYLES = ("picture.css", "page.css")
_SCRIPTS = (
    "payload.js",
    "elements.js",
    "list.js",
    "graph.js",
    "axis.js",
    "timeline.js",
    "panel.js",
    "refusal.js",
    "permissions.js",
    "events.js",
    "accounts.js",
    "runs.js",
    "case.js",
    "coverage.js",
    "overview.js",
    "page.js",
)


def render(report: Report) -> str:
    """The page, as text that ends with a line break."""
    drawn, shared = _Drawn(), Shared()
    with hiding(report.secrets):
        told = [_file(file, drawn, shared) for file in report.files]
        covered = html_coverage.data(report.files, shared)
        templates = "".join(drawn.templates())
    document = {
        "version": VERSION,
        "seed": report.seed,
        "passed": report.passed,
        "shared": shared.values,
        "coverage": covered,
        "files": told,
    }
    return _page(_embedded(document), templates)


class _Drawn:
    """The pictures of a page: each definition is drawn once, however many cases run it."""

    def __init__(self) -> None:
        self.machines: dict[int, int] = {}
        self._documents: dict[str, int] = {}
        self._pictures: list[str] = []

    def machine(self, name: str, document: Json) -> None:
        """Draw a definition unless it is drawn."""
        if id(document) in self.machines:
            return
        key = json.dumps([name, document], sort_keys=False, default=str)
        if key not in self._documents:
            states = scope(everywhere(document))
            self._documents[key] = self.add(svg.drawing(figure(states), f"states of {name}"))
        self.machines[id(document)] = self._documents[key]

    def add(self, picture: str) -> int:
        """Keep a picture; its number."""
        self._pictures.append(readable(picture))
        return len(self._pictures) - 1

    def templates(self) -> Iterable[str]:
        """The pictures as templates that scripts make copies of."""
        return (f'<template id="picture-{number}">{one}</template>' for number, one in enumerate(self._pictures))


def _file(file: File, drawn: _Drawn, shared: Shared) -> Json:
    return {
        "path": readable(shown_file(file.path)),
        "name": readable(file.name),
        "cases": [_case(case, drawn, shared) for case in file.cases],
        "faults": everywhere(
            [
                {"code": one.code, "message": one.message, "help": one.help, "where": shown_file(str(one.where))}
                for one in file.faults
            ]
        ),
    }


def _case(case: Case, drawn: _Drawn, shared: Shared) -> Json:
    for run in case.runs:
        drawn.machine(run.machine.rpartition(":")[2] or run.name, run.document)
    lines = ties.ties(case.homes, html_calls.ran(case))
    drawn_lines = ties.condensed(case.homes, lines)
    picture = accounts.drawing(case.homes, drawn_lines, f"accounts of {case.name}") if case.homes else None
    return {
        **html_case.data(case, drawn.machines, shared),
        "accounts": None if picture is None else drawn.add(picture),
        "ties": shared.rows(
            ({"from": one.source, "to": one.target, "state": one.state, "label": one.label} for one in lines), ()
        ),
    }


def _embedded(document: Json) -> str:
    """JSON text that ends no element and begins no comment, whatever users' texts hold."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    plain = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return plain.encode("utf-8", "backslashreplace").decode("utf-8")


def _piece(names: Iterable[str]) -> str:
    folder = files("turnstile.report.page")
    return "\n".join((folder / name).read_text("utf-8") for name in names)


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _page(data: str, templates: str) -> str:
    style, script = _piece(_STYLES), f'"use strict";\n(() => {{\n{_piece(_SCRIPTS)}}})();\n'
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )
    body = (files("turnstile.report.page") / "body.html").read_text("utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy, quote=True)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>Turnstile report</title>\n'
        f"<style>{style}</style>\n</head>\n<body>\n{body}"
        f'<div hidden>{templates}</div>\n<script type="application/json" id="data">{data}</script>\n'
        f"<script>{script}</script>\n</body>\n</html>\n"
    )

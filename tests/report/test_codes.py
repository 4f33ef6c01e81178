"""The table of codes against the source and the documentation."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import turnstile
from turnstile.asl import finding
from turnstile.gate.link import Link
from turnstile.report.codes import KINDS, code, codes, meant, page, pages, text
from turnstile.scenario.expectations.expect import _COMPARISONS

SOURCE = Path(turnstile.__file__).parent
DOCS = Path(__file__).parent.parent.parent / "docs" / "codes"
CALLS = {"Fault", "Finding", "Misfit", "PydanticCustomError", "Remark", "_fault", "_refuse", "fault", "refuse"}
"""Functions and types that take a code as their first or second argument."""
WORDS = {"_bound", "_choice", "_empty", "_missing", "_must", "_unknown"}
"""Functions of scenario.wording that return code, message and help."""


def _used():
    """Every code that the source gives to a fault, a finding or a warning."""
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                given = [each.value for each in node.args[:2] if isinstance(each, ast.Constant)]
                if name in CALLS and given and isinstance(given[0], str):
                    yield given[0], f"{file.name}:{node.lineno}"
            elif isinstance(node, ast.FunctionDef) and file.name == "wording.py" and node.name in WORDS:
                for each in ast.walk(node):
                    if isinstance(each, ast.Return) and isinstance(each.value, ast.Tuple):
                        yield ast.literal_eval(each.value.elts[0]), f"{file.name}:{each.lineno}"


CODE = re.compile(r"[a-z]+(?:[-_][a-z]+)*")


def test_every_code_of_the_source_has_a_row():
    """Faults, findings and warnings, wherever they are made."""
    used = {name: place for name, place in _used() if CODE.fullmatch(name)}
    assert len(used) > 200
    assert {name: place for name, place in used.items() if name not in codes()} == {}


def test_every_link_and_expectation_has_a_row():
    """Links of the chain, keys of `expect` and the codes of AWS."""
    names = [value for name, value in vars(finding).items() if name.isupper() and isinstance(value, str)]
    of_aws = {value for value in names if "_" in value}
    wanted = {link.value for link in Link} | set(_COMPARISONS) | of_aws
    assert wanted - set(codes()) == set()
    assert all(codes()[link.value].kind == "link" for link in Link)


@pytest.mark.parametrize("one", codes().values(), ids=lambda one: one.name)
def test_a_row_is_whole(one):
    """Its kind is known, and meaning, example and remedy are sentences."""
    assert one.kind in KINDS
    for sentence in (one.meaning, one.example, one.remedy):
        assert sentence.endswith(".")
        assert sentence.count("`") % 2 == 0


def test_the_pages_are_those_of_the_table():
    """`python scripts/code_pages.py` writes them."""
    made = dict(pages())
    assert {file.name: file.read_text("utf-8") for file in DOCS.iterdir()} == made


def test_a_page_is_found():
    """By its code; a misspelt one is recognized."""
    assert page("external-id").endswith("/docs/codes/external-id.md")
    assert (meant("extrenal-id"), meant("qqqq"), code("qqqq")) == ("external-id", None, None)


def test_a_code_for_reading():
    """Kind, meaning, example and help."""
    found = text(codes()["external-id"])
    assert found.startswith("external-id: a link of the permission chain that refused a call\n\nThe trust policy")
    assert "\n  help:" in found

"""Documents are read from JSON and YAML text, and every value can be found again by line and column."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstile import document
from turnstile.faults import Rejected, Where
from turnstile.positions import json_places
from turnstile.source import Origin, Source, open_source, read, unwritten

YAML = """\
version: 1
id: 012345678901
when: 2024-01-01
on: off
shared: &shared {Effect: Allow, n: 1.5}
list:
  - <<: *shared
    Effect: Deny
  - "12"
  - null
"""


def test_yaml_gives_the_json_types_and_nothing_else():
    """Dates, yes/no words and numbers with leading zeros stay text; merge keys merge."""
    assert read(Source("x.yaml", YAML)) == {
        "version": 1,
        "id": "012345678901",
        "when": "2024-01-01",
        "on": "off",
        "shared": {"Effect": "Allow", "n": 1.5},
        "list": [{"n": 1.5, "Effect": "Deny"}, "12", None],
    }


@pytest.mark.parametrize(
    ("pointer", "line", "column"),
    [("/list/0/Effect", 8, 5), ("/list/1", 9, 5), ("/id", 2, 1), ("/list/0/nowhere", 7, 5), ("", 1, 1)],
)
def test_yaml_values_have_their_place(pointer, line, column):
    """A member is found at its key; what does not exist, at its nearest parent."""
    where = Source("x.yaml", YAML).where(pointer)
    assert (where.line, where.column) == (line, column)


JSON = '{\n  "a": [1, {"b/c": "\\u00e9\\n"}],\n  "d~": {}\n}'


@pytest.mark.parametrize(
    ("pointer", "line", "column"),
    [("", 1, 1), ("/a", 2, 3), ("/a/1", 2, 12), ("/a/1/b~1c", 2, 13), ("/d~0", 3, 3), ("/d~0/x", 3, 3)],
)
def test_json_values_have_their_place(pointer, line, column):
    """Escapes in keys and in pointers are understood."""
    where = Source("x.json", JSON).where(pointer)
    assert (where.line, where.column) == (line, column)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def _pointers(value, here=""):
    yield here
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _pointers(member, document.pointer(here, name))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _pointers(member, document.pointer(here, index))


@given(json_values, st.sampled_from([None, 1, "\t"]))
def test_every_json_value_has_a_place(value, indent):
    """The places of a text are exactly the pointers of its document, and pointers lead back to values."""
    pointers = set(_pointers(value))
    assert set(json_places(json.dumps(value, indent=indent))) == pointers
    for pointer in pointers:
        document.resolve(value, pointer)


@pytest.mark.parametrize(
    ("name", "text", "code", "line", "column"),
    [
        ("x.yaml", "a: [1", "yaml-syntax", 1, 6),
        ("x.yaml", "a: 1\na: 2", "duplicate-key", 2, 1),
        ("x.yaml", "a:\n  - !Ref x", "yaml-tag", 2, 5),
        ("x.yaml", "--- 1\n--- 2", "yaml-documents", 2, 5),
        ("x.yaml", "? [a]\n: 1", "yaml-key", 1, 3),
        ("x.yaml", "a: &a [*a]", "yaml-alias", 1, 4),
        ("x.json", '{"a": 1,}', "json-syntax", 1, 9),
        ("x.json", '{"a": NaN}', "json-syntax", 1, 7),
        ("x.json", '{"a": "NaN",\n "b": [-Infinity]}', "json-syntax", 2, 8),
        ("x.json", '{"a":\n ' + "1" * 5000 + "}", "json-syntax", 2, 2),
        ("x.json", "[" * 100_000, "too-deep", 1, 501),
        ("x.yaml", "a: " + "[" * 100_000, "too-deep", 1, 504),
        ("x.yaml", "a: 1\nb: x\0y", "yaml-syntax", 2, 5),
        ("x.json", '{"a": {"b": 1},\n "c": {"b": 1, "b": {}}}', "duplicate-key", 2, 16),
        ("x.json", "", "json-syntax", 1, 1),
    ],
)
def test_broken_text_is_one_fault_at_its_place(name, text, code, line, column):
    """Each way of being no document has a code, a line and a column."""
    with pytest.raises(Rejected) as caught:
        read(Source(name, text))
    (fault,) = caught.value.faults
    assert (fault.code, fault.where.line, fault.where.column) == (code, line, column)
    assert fault.help
    assert "\n" not in fault.message


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [(b"a: \xc3\xa4\nb: \xff\n", 2, 4), (b"\xff\xfea\0", 1, 1), (b"\xef\xbb\xbfa: 1\n\n\x80", 3, 1)],
)
def test_what_is_not_utf_8_is_told_at_its_first_bad_byte(tmp_path, content, line, column):
    """With a remedy."""
    (tmp_path / "x.yaml").write_bytes(content)
    with pytest.raises(Rejected) as caught:
        open_source(tmp_path / "x.yaml")
    (fault,) = caught.value.faults
    assert (fault.code, fault.where.line, fault.where.column, fault.help) == (
        "not-text",
        line,
        column,
        "save it as UTF-8",
    )


@pytest.mark.parametrize("name", ["x.yaml", "x.json", "x"])
def test_an_empty_file_has_a_beginning(name):
    """A fault of the whole of it stands there; a value that was never text has no line."""
    assert Origin(Source(name, "")).at("a").where() == Where(name, 1, 1, "/a")
    assert unwritten("<x>").where() == Where("<x>", 0, 0)


def test_a_device_is_not_read():
    """It may have no end."""
    with pytest.raises(Rejected, match="is not a regular file"):
        open_source(Path("/dev/zero"))


def test_a_yaml_bomb_is_refused():
    """Aliases of aliases may not grow a small file into a huge document."""
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(Rejected, match="too large or endless"):
        read(Source("bomb.yaml", "\n".join(lines)))


@pytest.mark.parametrize("notation", ["x.json", "x.yaml"])
def test_a_document_nested_too_deeply_is_refused(notation):
    """Depth is a fault, not a crash."""
    with pytest.raises(Rejected):
        read(Source(notation, "[" * 100_000))


@given(st.text())
def test_any_text_is_a_document_or_a_fault(text):
    """Reading never fails in another way."""
    with suppress(Rejected):
        read(Source("x.yaml", text))


def test_a_file_that_is_no_text_is_a_fault(tmp_path):
    """Missing, binary and folder paths are refused in words."""
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    for name in ("binary.json", "missing.json", "."):
        with pytest.raises(Rejected) as caught:
            open_source(tmp_path / name, name)
        assert str(tmp_path) not in str(caught.value)


def test_an_origin_follows_its_value():
    """Origins of parts lead to the parts; a value without text has only a name."""
    origin = Origin(Source("x.json", JSON)).at("a").within("/1")
    assert str(origin.where()) == "x.json:2:12"
    assert str(unwritten("<definition>").at("States").where()) == "<definition>#/States"

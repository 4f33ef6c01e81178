from __future__ import annotations

import pytest

from turnstile.faults import Where
from turnstile.report.excerpt import Excerpt, on_disk, written
from turnstile.source import Origin, Source, unwritten

YAML = """\
Statement:
  - Sid: First
    Action: [sts:AssumeRole, "a, b"]  # both
    Principal: {Service: "x}y", AWS: z}
    Condition:
      StringEquals: {"sts:ExternalId": "a:b # c"}
    Resource: arn:aws:s3:::bucket/*
"""
JSON = '{"Statement": [{"Sid": "First", "Action": ["a", "b"], "Condition": {\n "Bool": {"k": "true"}}}]}'


@pytest.mark.parametrize(
    ("text", "pointer", "meant"),
    [
        (YAML, "/Statement", "Statement:"),
        (YAML, "/Statement/0/Sid", "First"),
        (YAML, "/Statement/0/Action", '[sts:AssumeRole, "a, b"]'),
        (YAML, "/Statement/0/Action/0", "sts:AssumeRole"),
        (YAML, "/Statement/0/Action/1", '"a, b"'),
        (YAML, "/Statement/0/Principal", '{Service: "x}y", AWS: z}'),
        (YAML, "/Statement/0/Principal/AWS", "z"),
        (YAML, "/Statement/0/Condition", "Condition:"),
        (YAML, "/Statement/0/Condition/StringEquals/sts:ExternalId", '"a:b # c"'),
        (YAML, "/Statement/0/Resource", "arn:aws:s3:::bucket/*"),
        (JSON, "/Statement/0/Sid", '"First"'),
        (JSON, "/Statement/0/Action", '["a", "b"]'),
        (JSON, "/Statement/0/Condition", "{"),
        (JSON, "/Statement/0/Condition/Bool/k", '"true"'),
    ],
)
def test_the_value_is_what_is_meant(text, pointer, meant):
    """A pointer leads to the value on the line of its key, else to the key."""
    found = written(Origin(Source("policy", text), pointer))
    assert found.line[found.start : found.start + found.length] == meant


def test_a_document_that_was_never_text_has_no_line():
    """A policy given as a document still has a place."""
    assert written(unwritten("<policy>").at("Statement")) == Excerpt(Where("<policy>", 0, 0, "/Statement"))


def test_a_fault_is_shown_from_its_file(tmp_path):
    """The line is read again; key and value are meant."""
    file = tmp_path / "a.yaml"
    file.write_text("version: 1\nacounts: {x: 1} # no\n")
    found = on_disk(Where(str(file), 2, 1))
    assert (found.where.file, found.line[found.start :][: found.length]) == ("a.yaml", "acounts: {x: 1}")


@pytest.mark.parametrize("line", [0, 9])
def test_a_place_that_is_not_in_the_file_has_no_line(tmp_path, line):
    """A file that changed or was never there does no harm."""
    file = tmp_path / "a.yaml"
    file.write_text("version: 1\n")
    assert on_disk(Where(str(file), line, 1)).line == on_disk(Where("nowhere.yaml", 3, 1)).line == ""


def test_a_file_that_is_no_text_has_no_line(tmp_path):
    """Bytes that are not UTF-8 are not shown."""
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xff\xfe\n")
    assert on_disk(Where(str(file), 1, 1)).line == ""


def test_nothing_of_a_file_outside_of_the_folder_is_shown(tmp_path):
    """Not by its path, nor by a link to it: a scenario may name any file of the machine."""
    inside, outside = tmp_path / "here", tmp_path / "secret.yaml"
    inside.mkdir()
    outside.write_text("password: hunter2\n")
    (inside / "own.yaml").write_text("name: mine\n")
    (inside / "link.yaml").symlink_to(outside)
    assert on_disk(Where(str(inside / "own.yaml"), 1, 1), inside).line == "name: mine"
    for path in (outside, inside / "link.yaml", inside / ".." / "secret.yaml"):
        assert on_disk(Where(str(path), 1, 1), inside).line == ""

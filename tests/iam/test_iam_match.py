"""Wildcards in actions and resources, as tables."""

from __future__ import annotations

import fnmatch
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnstile.iam.match import action_matches, glob, resource_glob, resource_templates
from turnstile.iam.variables import escape, fill, plain, template

RESOURCES = json.loads((Path(__file__).parents[1] / "cases" / "iam" / "resources.json").read_text("utf-8"))
CONTEXT = {"aws:principaltag/team": "blue", "aws:principalaccount": "111122223333"}


@pytest.mark.parametrize("case", RESOURCES, ids=[f"{case['pattern']} {case['resource']}" for case in RESOURCES])
def test_resource(case):
    """A Resource value covers exactly the resources the table says."""
    readings = (fill(pieces, CONTEXT) for pieces in resource_templates(case["pattern"], variables=True))
    covered = any(filled and resource_glob(filled).fullmatch(case["resource"]) for filled in readings)
    assert covered is case["matches"]


@pytest.mark.parametrize(
    ("pattern", "action", "matches"),
    [
        ("*", "sqs:SendMessage", True),
        ("*:*", "sqs:SendMessage", True),
        ("sqs:*", "sqs:SendMessage", True),
        ("SQS:sendmessage", "sqs:SendMessage", True),
        ("sqs:Send*Batch", "sqs:SendMessage", False),
        ("sqs:?endMessage", "sqs:SendMessage", True),
        ("sqs:SendMessage?", "sqs:SendMessage", False),
        ("s3:*", "sqs:SendMessage", False),
    ],
)
def test_action(pattern, action, matches):
    """An Action value has wildcards and no case."""
    assert action_matches(pattern, action) is matches


def test_literal_text_of_the_old_version():
    """Without variables a dollar sign in a Resource is a dollar sign."""
    (pieces,) = resource_templates("arn:aws:s3:::b/${aws:PrincipalTag/team}", variables=False)
    pattern = resource_glob(fill(pieces, CONTEXT))
    assert pattern.fullmatch("arn:aws:s3:::b/${aws:PrincipalTag/team}")
    assert not pattern.fullmatch("arn:aws:s3:::b/blue")


@settings(max_examples=200)
@given(st.text("ab*?", max_size=8), st.text("ab*?", max_size=10))
def test_wildcards_are_those_of_file_names(pattern, text):
    """A pattern of stars and question marks matches what the standard library's matcher does."""
    expected = re.match(fnmatch.translate(pattern), text) is not None
    assert (glob((pattern,)).fullmatch(text) is not None) is expected


def test_many_stars_are_not_slow():
    """A pattern with many stars gives up on a long text in reasonable time."""
    assert not glob(("*a" * 40 + "b",)).fullmatch("a" * 20_000)


@settings(max_examples=200)
@given(st.text("a${}*?:'", max_size=12))
def test_an_escaped_text_means_itself(text):
    """Escaped text, read back as a policy, matches itself and nothing wider."""
    assert plain(fill(template(escape(text, wildcards=False)), {})) == text
    pattern = glob(fill(template(escape(text, wildcards=True)), {}))
    assert pattern.fullmatch(text)
    assert not pattern.fullmatch(text + "x")

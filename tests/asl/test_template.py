"""Payload templates: what they give, what they share."""

import json
from pathlib import Path

import pytest

from turnstile.asl.errors import StatesError
from turnstile.asl.scope import Scope
from turnstile.asl.template import compile_template

_FILE = Path(__file__).parents[1] / "cases" / "asl" / "templates.json"


def _filled():
    for group in json.loads(_FILE.read_text(encoding="utf-8")):
        scope = Scope(group.get("context", {}), group.get("variables", {}))
        for case in group["cases"]:
            yield pytest.param(scope, group["given"], case, id=json.dumps(case["template"]))


@pytest.mark.parametrize(("scope", "document", "case"), list(_filled()))
def test_a_template_gives_what_aws_gives(scope, document, case):
    """Every case file entry gives its value in the order written, or its error and cause."""
    template = compile_template(case["template"])
    if "error" in case:
        with pytest.raises(StatesError) as caught:
            template.fill(scope, document)
        assert (caught.value.error, caught.value.cause) == (case["error"], case["cause"])
        assert caught.value.located
    else:
        assert json.dumps(template.fill(scope, document)) == json.dumps(case["result"])


def test_constants_are_shared():
    """A template without computed members is the value itself; the constant parts of others are too."""
    constant = {"a": [1]}
    mixed = {"constant": constant, "k.$": "$.k"}
    scope = Scope({}, {})
    assert compile_template(constant).fill(scope, {}) is constant
    assert compile_template(constant).constant
    assert compile_template(mixed).fill(scope, {"k": 1})["constant"] is constant


def test_filling_leaves_template_and_input_alone():
    """The same template can be filled again and again."""
    source = {"list": [{"k.$": "$.k"}]}
    template = compile_template(source)
    document = {"k": {"inner": 1}}
    first = template.fill(Scope({}, {}), document)
    assert first["list"][0]["k"] is document["k"]
    assert template.fill(Scope({}, {}), {"k": 2}) == {"list": [{"k": 2}]}
    assert first == {"list": [{"k": {"inner": 1}}]}
    assert source == {"list": [{"k.$": "$.k"}]}


@pytest.mark.parametrize("value", [{"k.$": 1}, {"k.$": "name"}, {"k.$": "States.Nope()"}, [{"k.$": None}]])
def test_what_cannot_be_computed_is_refused(value):
    """A computed member is text and names a path or a call."""
    with pytest.raises(ValueError, match="`"):
        compile_template(value)

"""Parameters of templates: types, defaults, checks, what is hidden."""

import pytest

from turnstile.faults import Rejected
from turnstile.source import Origin, Source

_TEMPLATE = """
Parameters:
  P: {%s}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {Tags: [!Ref P]}}
"""
_TAKEN = [
    ("Type: String, Default: a", {}, "a"),
    ("Type: String, Default: a", {"P": "b"}, "b"),
    ("Type: String", {"P": 5}, "5"),
    ("Type: String, Default: true", {}, "true"),
    ("Type: String, Default: ''", {}, ""),
    ("Type: Number, MinValue: 1, MaxValue: 9", {"P": 9}, "9"),
    ("Type: Number", {"P": "1.5"}, "1.5"),
    ("Type: CommaDelimitedList", {"P": "a, b"}, ["a", "b"]),
    ("Type: CommaDelimitedList", {"P": ["a", "b"]}, ["a", "b"]),
    ("Type: List<Number>, Default: '1,2'", {}, ["1", "2"]),
    ("Type: 'AWS::EC2::VPC::Id'", {"P": "vpc-1"}, "vpc-1"),
    ("Type: 'List<AWS::EC2::Subnet::Id>'", {"P": "s-1,s-2"}, ["s-1", "s-2"]),
    ("Type: 'AWS::SSM::Parameter::Value<String>', Default: /name", {"P": "v"}, "v"),
    ("Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /name", {"P": "v,w"}, ["v", "w"]),
    ("Type: String, AllowedValues: [1, true, c]", {"P": "true"}, "true"),
    ("Type: String, AllowedPattern: '[a-z]+', MinLength: 2, MaxLength: 3", {"P": "abc"}, "abc"),
]
_REFUSED = [
    ("Type: String", {}, "missing-parameter", "the parameter `P` has no value", "under `parameters:`"),
    ("Type: Number", {"P": "many"}, "parameter-value", "`P` cannot be `many`: it is no number", ""),
    ("Type: Number, MinValue: 3", {"P": 2}, "parameter-value", "less than 3", ""),
    ("Type: Number, MaxValue: 3", {"P": 4}, "parameter-value", "more than 3", ""),
    ("Type: List<Number>", {"P": "1,x"}, "parameter-value", "`x`: it is no number", ""),
    ("Type: String, MinLength: 3", {"P": "ab"}, "parameter-value", "less than 3 characters", ""),
    ("Type: String, MaxLength: 1", {"P": "ab"}, "parameter-value", "more than 1 characters", ""),
    ("Type: String, AllowedValues: [prod, dev]", {"P": "pord"}, "parameter-value", "did you mean `prod`?", ""),
    (
        "Type: String, AllowedPattern: '[a-z]+', ConstraintDescription: small",
        {"P": "A"},
        "parameter-value",
        "`[a-z]+`",
        "small",
    ),
    (
        "Type: String, AllowedPattern: '(?:(a|aa)+)+[xy]'",
        {"P": "a" * 60},
        "regular-expression",
        "takes too long",
        "simpler",
    ),
    ("Type: String, AllowedPattern: '('", {"P": "a"}, "regular-expression", "no regular expression", "simpler"),
    ("Type: 'AWS::SSM::Parameter::Value<String>', Default: /name", {}, "missing-parameter", "Parameter Store", "`P`"),
    ("Type: Sting, Default: a", {}, "parameter-type", "`Sting` is no type", "did you mean `String`?"),
    ("Default: a", {}, "parameter-type", "has no `Type`", ""),
    ("Type: String, Defualt: a", {"P": "b"}, "unknown-member", "no `Defualt`", "did you mean `Default`?"),
    ("Type: String", {"P": {"a": 1}}, "wrong-type", "not an object", ""),
    ("Type: String", {"P": "a", "Q": "b"}, "unknown-parameter", "has no parameter `Q`", "`P`"),
    ("Type: String, MaxLength: few", {"P": "a"}, "wrong-type", "`MaxLength` is a number", ""),
]


@pytest.mark.parametrize(("written", "given", "value"), _TAKEN)
def test_a_parameter_has_its_value(written, given, value, stack_of):
    """What was given comes before the default; values are text, or lists of text."""
    (item,) = stack_of(_TEMPLATE % written, parameters=given).items
    assert item.properties == {"Tags": [value]}


@pytest.mark.parametrize(("written", "given", "code", "says", "remedy"), _REFUSED)
def test_a_wrong_parameter_is_one_fault(written, given, code, says, remedy, stack_of):
    """Values are checked as CloudFormation checks them, and what needs them says nothing more."""
    with pytest.raises(Rejected) as refused:
        stack_of(_TEMPLATE % written, parameters=given)
    (fault,) = refused.value.faults
    assert fault.code == code
    assert says in fault.message
    assert remedy in fault.help


def test_hidden_values_are_known_and_not_shown(stack_of):
    """A `NoEcho` value is among the secrets of the stack, and no fault shows it."""
    hidden = "Type: String, NoEcho: true, MinLength: 20"
    with pytest.raises(Rejected) as refused:
        stack_of(_TEMPLATE % hidden, parameters={"P": "opensesame"})
    assert "opensesame" not in str(refused.value)
    stack = stack_of(_TEMPLATE % "Type: String, NoEcho: true", parameters={"P": "opensesame"})
    assert stack.secrets == {"opensesame"}


def test_a_wrong_value_is_shown_where_the_user_gave_it(stack_of):
    """The place of a fault is in the file that gives the parameter, not in the template."""
    scenario = Source("scenario.yaml", "a: 1\nparameters:\n  P: many\n")
    with pytest.raises(Rejected) as refused:
        stack_of(_TEMPLATE % "Type: Number", parameters={"P": "many"}, at=Origin(scenario, "/parameters"))
    assert str(refused.value.faults[0].where) == "scenario.yaml:3:3"

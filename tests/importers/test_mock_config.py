"""Mock configurations of Step Functions Local: what is read, and what is a fault at its line."""

import json

import pytest

from turnstile.faults import Rejected
from turnstile.importers.mock_config import read_mock_config
from turnstile.source import Origin, Source, read
from turnstile.world.answers import Answers, Raised

GOOD = {
    "StateMachines": {"Orders": {"TestCases": {"Happy": {"Charge": "Charged"}, "Empty": {}}}},
    "MockedResponses": {
        "Charged": {
            "0": {"Throw": {"Error": "Lambda.TimeoutException", "Cause": "late"}},
            "1-2": {"Throw": {"Error": "Lambda.ServiceException"}},
            "3": {"Return": {"StatusCode": 200}},
        }
    },
}


def config_of(document):
    """The configuration in a document, as a file would have it."""
    source = Source("MockConfigFile.json", json.dumps(document, indent=1))
    return read_mock_config(read(source), Origin(source))


def test_attempts_have_the_responses_of_their_numbers():
    """One by one and in ranges; after the last there is none."""
    script = config_of(GOOD).machines["Orders"]["Happy"].scripts["Charge"]
    answers = Answers(script)
    outcomes = [answers.next({}) for _ in range(5)]
    assert [one.code if isinstance(one, Raised) else one.document for one in outcomes[:4]] == [
        "Lambda.TimeoutException",
        "Lambda.ServiceException",
        "Lambda.ServiceException",
        {"StatusCode": 200},
    ]
    assert (outcomes[0].message, outcomes[1].message, outcomes[4]) == ("late", "", None)


def with_response(**attempts):
    """A configuration with one response of these attempts, whose names have `_` for `-`."""
    response = {name.strip("a").replace("_", "-"): outcome for name, outcome in attempts.items()}
    return {"StateMachines": {}, "MockedResponses": {"R": response}}


RETURN = {"Return": 1}


@pytest.mark.parametrize(
    ("document", "code", "message", "line"),
    [
        ([], "wrong-type", "must be an object", 1),
        ({"StateMachine": {}}, "unknown-key", "`StateMachine`", 2),
        ({"StateMachines": []}, "wrong-type", "`StateMachines` must be an object", 2),
        ({"StateMachines": {"M": {}}}, "missing-key", "`TestCases` is missing", 3),
        ({"StateMachines": {"M": {"TestCases": {"C": {"S": "R"}}}}}, "unknown-response", "`R`", 6),
        ({"StateMachines": {"M": {"TestCases": {"C": {"S": 1}}}}}, "wrong-type", "must be a name", 6),
        (with_response(a1=RETURN), "wrong-attempts", "attempt `0` has no response", 4),
        (with_response(a0_1=RETURN, a1=RETURN), "wrong-attempts", "attempt `1` has two responses", 4),
        (with_response(a2_1=RETURN), "wrong-attempts", "`2-1`", 5),
        (with_response(first=RETURN), "wrong-attempts", "`first`", 5),
        (with_response(), "wrong-attempts", "no attempts", 4),
        (with_response(a0={}), "wrong-answer", "either `Return` or `Throw`", 5),
        (with_response(a0={"Throw": {"Cause": "c"}}), "missing-key", "`Error` is missing", 6),
        (with_response(a0={"Throw": {"Error": "E", "Cause": 1}}), "wrong-type", "`Cause` must be text", 8),
        (with_response(a0={"Throw": {"Error": "E", "Reason": "r"}}), "unknown-key", "`Reason`", 8),
    ],
)
def test_a_faulty_configuration_is_refused_at_its_line(document, code, message, line):
    """Every fault stands where it is."""
    with pytest.raises(Rejected) as caught:
        config_of(document)
    (fault,) = caught.value.faults
    assert (fault.code, fault.where.line) == (code, line)
    assert message in fault.message

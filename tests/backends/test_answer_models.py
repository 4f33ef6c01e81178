"""A document is held against the model of the API it pretends to come from."""

from __future__ import annotations

import pytest

from turnstile.backends.answer_models import complaint

PUT_EVENTS = ("events", "PutEvents", (), frozenset())
GET_FUNCTION = ("lambda", "GetFunction", (), frozenset())
DESCRIBE = ("stepfunctions", "DescribeExecution", (), frozenset({"Output"}))


@pytest.mark.parametrize(
    ("answer", "document", "problem"),
    [
        (PUT_EVENTS, {}, None),
        (PUT_EVENTS, {"Unknown": [1]}, None),
        (PUT_EVENTS, {"Entries": None}, None),
        (PUT_EVENTS, [], "Mocked result must be a JSON object."),
        (PUT_EVENTS, {"Entries": {}}, "Field 'Entries' must be an array"),
        (PUT_EVENTS, {"Entries": [1]}, "Field 'Entries' must be an object"),
        (PUT_EVENTS, {"Entries": [{"EventId": "a"}, {"EventId": []}]}, "Field 'EventId' must be a string"),
        (PUT_EVENTS, {"FailedEntryCount": True}, "Field 'FailedEntryCount' must be a number"),
        (PUT_EVENTS, {"FailedEntryCount": 1.5}, None),
        (GET_FUNCTION, {"Configuration": {"MemorySize": 127}}, "Field 'MemorySize' is less than the minimum value"),
        (GET_FUNCTION, {"Configuration": {"MemorySize": 10241}}, "Field 'MemorySize' exceeds the maximum value"),
        (GET_FUNCTION, {"Configuration": {"MemorySize": 10240}}, None),
        (GET_FUNCTION, {"Configuration": {"PackageType": "Tar"}}, "Field 'PackageType' is not an expected value"),
        (GET_FUNCTION, {"Tags": {"k": 1}}, "Field 'k' must be a string"),
        (GET_FUNCTION, {"Configuration": {"Layers": [{"CodeSize": "1"}]}}, "Field 'CodeSize' must be a number"),
        (("kms", "Encrypt", (), frozenset()), {"CiphertextBlob": 1}, "Field 'CiphertextBlob' must be a string"),
        (
            ("kms", "Encrypt", (), frozenset()),
            {"CiphertextBlob": ""},
            "Field 'CiphertextBlob' is smaller than the minimum length",
        ),
        (DESCRIBE, {"ExecutionArn": "a" * 257}, "Field 'ExecutionArn' exceeds the maximum length"),
        (DESCRIBE, {"StartDate": 1}, "Field 'StartDate' must be a string"),
        (DESCRIBE, {"Input": {}}, "Field 'Input' must be a string"),
        (DESCRIBE, {"Output": {}}, None),
        (DESCRIBE, {"OutputDetails": {"Included": "yes"}}, "Field 'Included' must be a boolean"),
        (("batch", "DescribeJobs", ("jobs",), frozenset()), {"JobName": 1}, "Field 'JobName' must be a string"),
        (("dynamodb", "GetItem", (), frozenset()), {"Item": {"a": {"S": 1}}}, "Field 'S' must be a string"),
        (("nobody", "GetItem", (), frozenset()), {"Item": 1}, None),
        (("dynamodb", "GetNothing", (), frozenset()), {"Item": 1}, None),
    ],
)
def test_what_is_present_must_be_as_the_model_says(answer, document, problem):
    """The first member that is not is named; what the model lacks passes."""
    assert complaint(*answer, document, complete=False) == problem


@pytest.mark.parametrize(
    ("answer", "document", "problem"),
    [
        (DESCRIBE, {}, "Required field 'ExecutionArn' is missing"),
        (DESCRIBE, {"executionArn": "a"}, "Required field 'ExecutionArn' is missing"),
        (PUT_EVENTS, {}, None),
        (("lambda", "CreateAlias", (), frozenset()), {"RoutingConfig": {}}, None),
        (
            ("dynamodb", "DescribeTable", (), frozenset()),
            {"Table": {"KeySchema": [{"KeyType": "HASH"}]}},
            "Required field 'AttributeName' is missing",
        ),
    ],
)
def test_a_complete_answer_has_what_the_api_always_gives(answer, document, problem):
    """Names begin with a capital letter, at every depth."""
    assert complaint(*answer, document, complete=True) == problem


def test_a_recursive_model_is_followed_as_far_as_the_document_goes():
    """A list of lists of values ends where the document does."""
    document = {"Item": {"a": {"L": [{"L": [{"N": 1}]}]}}}
    assert complaint("dynamodb", "GetItem", (), frozenset(), document, complete=True) == "Field 'N' must be a string"


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"Md5OfMessageBody": "x"}, None),
        ({"Md5OfMessageBody": 1}, "Field 'Md5OfMessageBody' must be a string"),
        ({"MD5OfMessageBody": 1}, None),
    ],
)
def test_results_of_sdk_integrations_have_the_names_of_the_sdk(document, problem):
    """The model's own name is unknown there."""
    assert complaint("sqs", "SendMessage", (), frozenset(), document, complete=True, sdk=True) == problem

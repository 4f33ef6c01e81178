"""The Resource of a Task names a service, an API and a pattern, or a function or activity by ARN."""

from __future__ import annotations

import pytest

from turnstile.faults import Unsupported
from turnstile.gate.errors import ServiceError
from turnstile.integrations.catalog import emulated
from turnstile.integrations.failure import LAMBDA, STEP_FUNCTIONS
from turnstile.integrations.resource import ActivityArn, FunctionArn, Pattern, ServiceApi, parse_resource

FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:f"
ACTIVITY = "arn:aws:states:us-east-1:111122223333:activity:a"


@pytest.mark.parametrize(
    ("text", "resource"),
    [
        ("arn:aws:states:::lambda:invoke", ServiceApi("lambda", "invoke", Pattern.REQUEST_RESPONSE)),
        ("arn:aws-cn:states:::sqs:sendMessage.waitForTaskToken", ServiceApi("sqs", "sendMessage", Pattern.CALLBACK)),
        ("arn:aws:states:::states:startExecution.sync", ServiceApi("states", "startExecution", Pattern.SYNC)),
        ("arn:aws:states:::states:startExecution.sync:2", ServiceApi("states", "startExecution", Pattern.SYNC_2)),
        ("arn:aws:states:::aws-sdk:s3:getObject", ServiceApi("aws-sdk:s3", "getObject", Pattern.REQUEST_RESPONSE)),
        (FUNCTION, FunctionArn(FUNCTION)),
        (ACTIVITY, ActivityArn(ACTIVITY)),
        ("arn:aws:states:::lambda:invoke.async", None),
        ("arn:aws:states:::lambda", None),
        ("arn:aws:s3:::bucket", None),
        ("not an arn", None),
    ],
)
def test_a_resource_is_read_by_its_grammar(text, resource):
    """Service, API and suffix are told apart; what is no resource of a Task is none."""
    assert parse_resource(text) == resource


@pytest.mark.parametrize("text", ["arn:aws:states:::nosuch:getItem", "arn:aws:states:::lambda:invoke.sync"])
def test_what_is_not_emulated_is_refused_by_name(text):
    """The refusal carries the resource as written."""
    with pytest.raises(Unsupported, match=text.replace(":", "[:]")):
        emulated(text)


@pytest.mark.parametrize(
    ("family", "code", "error"),
    [
        (LAMBDA, "ResourceNotFoundException", "Lambda.ResourceNotFoundException"),
        (LAMBDA, "AccessDeniedException", "Lambda.AWSLambdaException"),
        (STEP_FUNCTIONS, "StateMachineDoesNotExist", "StepFunctions.StateMachineDoesNotExistException"),
        (STEP_FUNCTIONS, "AccessDeniedException", "StepFunctions.AWSStepFunctionsException"),
    ],
)
def test_a_service_error_gets_the_name_its_integration_gives_it(family, code, error):
    """Modelled codes keep their name, any other becomes the service's own."""
    failure = family.failure(ServiceError(code, "text", 403, request_id="id"))
    assert failure.error == error
    suffix = f"(Service: {family.service}; Status Code: 403; Error Code: {code}; Request ID: id; Proxy: null)"
    assert failure.cause == f"text {suffix}"

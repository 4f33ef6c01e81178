"""The words in which services say that there are too many calls."""

import pytest

from turnstile.backends.throttling import throttled


@pytest.mark.parametrize(
    ("service", "operation", "code", "status"),
    [
        ("lambda", "Invoke", "TooManyRequestsException", 429),
        ("sqs", "SendMessage", "RequestThrottled", 400),
        ("sts", "AssumeRole", "Throttling", 400),
        ("glue", "StartJobRun", "ThrottlingException", 400),
        ("ec2", "DescribeInstances", "RequestLimitExceeded", 503),
        ("s3", "GetObject", "SlowDown", 503),
        ("stepfunctions", "StartExecution", "ThrottlingException", 400),
        ("dynamodb", "PutItem", "ThrottlingException", 400),
    ],
)
def test_each_service_has_its_own_throttling_error(service, operation, code, status):
    """Of its model where that has one, else the usual one of its protocol."""
    found = throttled(service, operation)
    assert (found.code.removeprefix("AWS.SimpleQueueService."), found.status) == (code, status)

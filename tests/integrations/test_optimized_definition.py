"""Tasks of optimized integrations that are refused when a machine is created, and what is left alone."""

import pytest

import turnstile
from turnstile.backends.task_models import TaskModels
from turnstile.integrations import catalog
from turnstile.integrations.definition import findings
from turnstile.integrations.resource import Pattern

UNRECOGNIZED = "The value is not a valid resource ARN, or the resource is not available in this region."
UNKNOWN = 'The field "{}" is not supported by Step Functions'
MISSING = "The field '{}' is required but was missing"
PREFIX = "arn:aws:states:::"


def found(resource, *, express=False, **fields):
    """Place and text of everything that is wrong with a Task."""
    state = {"Type": "Task", "Resource": resource, "End": True, **fields}
    document = {"StartAt": "A", "States": {"A": state}}
    wrong = findings(document, TaskModels(), express=express)
    return [("/".join(map(str, each.place[2:])), each.message) for each in wrong]


@pytest.mark.parametrize(
    "name",
    ["nosuch:thing", "lambda:nosuch", "sqs:sendMessage.sync", "dynamodb:getItem.waitForTaskToken", "lambda:invoke.sync",
     "glue:startJobRun.sync:2", "glue:startJobRun.waitForTaskToken", "states:startExecution.sync:3"],
)  # fmt: skip
def test_what_is_not_offered_is_no_resource(name):
    """Services, APIs and patterns alike."""
    assert found(PREFIX + name) == [
        ("Resource", f"The resource provided {PREFIX}{name} is not recognized. {UNRECOGNIZED}")
    ]


def test_another_service_is_no_resource():
    """A Task names no queue."""
    ((place, text),) = found("arn:aws:sqs:us-east-1:123456789012:jobs")
    assert place == "Resource"
    assert UNRECOGNIZED in text


def test_every_offered_resource_is_one():
    """Each API with each of its patterns, without parameters."""
    for service, api, patterns in catalog.offered():
        for pattern in patterns:
            assert found(f"{PREFIX}{service}:{api}{pattern.value}") == []


@pytest.mark.parametrize("pattern", [Pattern.SYNC, Pattern.CALLBACK])
def test_express_waits_for_nothing(pattern):
    """Jobs and tokens are for machines that can be found again."""
    resource = f"{PREFIX}ecs:runTask{pattern.value}"
    assert f"does not support '{pattern.value}'" in found(resource, express=True)[0][1]


@pytest.mark.parametrize(
    ("name", "parameters", "wrong"),
    [
        ("lambda:invoke", {"FunctionName": "f", "Nme": 1}, [("Parameters", UNKNOWN.format("Nme"))]),
        ("lambda:invoke", {"Payload": 1}, [("Parameters", MISSING.format("FunctionName"))]),
        ("glue:startJobRun.sync", {"JobNam.$": "$.name"},
         [("Parameters", UNKNOWN.format("JobNam")), ("Parameters", MISSING.format("JobName"))]),
        ("ecs:runTask", {"TaskDefinition": "t", "NetworkConfiguration": {"awsVpcConfiguration": {}}},
         [("Parameters/NetworkConfiguration", UNKNOWN.format("awsVpcConfiguration"))]),
        ("ecs:runTask", {"TaskDefinition.$": "$.definition", "LaunchType": 5}, []),
        ("emr-containers:startJobRun", {"VirtualClusterId": "v"}, []),
        ("sqs:sendMessage", {"QueueUrl.$": "$.url", "MessageBody": {"any": ["thing"]}}, []),
        ("lambda:invoke.waitForTaskToken", {"FunctionName": "f", "Payload": {"Any": 1}, "LogType": "Tail"}, []),
    ],
)  # fmt: skip
def test_parameters(name, parameters, wrong):
    """Members that an API does not take or has to have; what is computed counts as given, values are the service's."""
    assert found(PREFIX + name, Parameters=parameters) == wrong


def test_arguments_are_judged_alike():
    """Expressions of JSONata are not known yet."""
    machine = {"QueryLanguage": "JSONata", "Arguments": {"QueueUrl": "{% $url %}", "Body": "x"}}
    assert [text for _, text in found(f"{PREFIX}sqs:sendMessage", **machine)] == [
        'The field "Body" is not supported by Step Functions',
        "The field 'MessageBody' is required but was missing",
    ]


def test_a_run_says_what_may_have_been_meant():
    """The remedy names the nearest API."""
    definition = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": f"{PREFIX}lambda:invok", "End": True}}}
    with pytest.raises(turnstile.Rejected) as refused:
        turnstile.run(definition)
    assert "did you mean `invoke`?" in refused.value.faults[0].help

"""Roles that a Task hands to a service: without `iam:PassRole` for that role and service the start call is denied."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

CASES = {
    case["api"]: case
    for case in json.loads((Path(__file__).parents[2] / "cases" / "integrations" / "apis.json").read_text())
}
DEFINED = "arn:aws:iam::111122223333:role/Work"
PASSED = {
    "bedrock:createModelCustomizationJob": "bedrock.amazonaws.com",
    "ecs:runTask": "ecs-tasks.amazonaws.com",
    "eks:createCluster": "eks.amazonaws.com",
    "eks:createFargateProfile": "eks-fargate-pods.amazonaws.com",
    "eks:createNodegroup": "ec2.amazonaws.com",
    "elasticmapreduce:createCluster": "elasticmapreduce.amazonaws.com",
    "emr-serverless:startJobRun": "emr-serverless.amazonaws.com",
    "mediaconvert:createJob": "mediaconvert.amazonaws.com",
    "sagemaker:createLabelingJob": "sagemaker.amazonaws.com",
    "sagemaker:createModel": "sagemaker.amazonaws.com",
    "sagemaker:createProcessingJob": "sagemaker.amazonaws.com",
    "sagemaker:createTrainingJob": "sagemaker.amazonaws.com",
}
"""The service that each is passed to."""
FURTHER = {
    "codebuild:startBuild": ({"ServiceRoleOverride": DEFINED}, "codebuild.amazonaws.com"),
    "codebuild:startBuildBatch": ({"ServiceRoleOverride": DEFINED}, "codebuild.amazonaws.com"),
    "elasticmapreduce:addStep": ({"ExecutionRoleArn": DEFINED}, "elasticmapreduce.amazonaws.com"),
    "sagemaker:createHyperParameterTuningJob": (
        {"TrainingJobDefinition": {"RoleArn": DEFINED}},
        "sagemaker.amazonaws.com",
    ),
}
"""Parameters that pass a role where the usual ones pass none."""
TABLE = [(api, {}, service) for api, service in PASSED.items()]
TABLE += [(api, given, service) for api, (given, service) in FURTHER.items()]
NOTHING_PASSED = ["athena:startQueryExecution", "batch:submitJob", "databrew:startJobRun", "glue:startJobRun"]


def only_passing(place, write_policy, condition):
    """Let the execution role do everything, and pass roles to one service alone."""
    rest = {"Effect": "Allow", "NotAction": "iam:PassRole", "Resource": "*"}
    passing = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": condition}
    execution = place.accounts.execution
    place.accounts.role(place.account, execution.name, execution.trust, write_policy(rest, passing))


def prepared(case):
    """A definition of a task of ECS has a role, which every run passes on."""
    text = json.dumps(case["prepare"])
    return json.loads(text.replace('"family": "f"', f'"family": "f", "taskRoleArn": "{DEFINED}"'))


@pytest.mark.parametrize(("api", "given", "service"), TABLE, ids=[row[0] for row in TABLE])
async def test_a_role_that_may_not_be_passed_is_denied(workplace, write_policy, api, given, service):
    """A right to pass it to another service is none, and the cause names the action and the role."""
    case = CASES[api]
    async with workplace(prepared(case)) as place:
        only_passing(place, write_policy, {"StringEquals": {"iam:PassedToService": "another.amazonaws.com"}})
        execution = await place.run(api, case["parameters"] | given)
        assert [allowed for _, allowed in place.calls(case["action"])] == [False]
    assert execution.status.value == "FAILED"
    assert f"is not authorized to perform: iam:PassRole on resource: {DEFINED}" in execution.cause


@pytest.mark.parametrize(("api", "given", "service"), TABLE, ids=[row[0] for row in TABLE])
async def test_the_right_to_pass_it_to_the_service_is_enough(workplace, write_policy, api, given, service):
    """`iam:PassedToService` is the service that works with it; clusters of EMR pass a second one to their machines."""
    case = CASES[api]
    async with workplace(prepared(case)) as place:
        services = [service, "ec2.amazonaws.com"] if api == "elasticmapreduce:createCluster" else service
        only_passing(place, write_policy, {"StringEquals": {"iam:PassedToService": services}})
        await place.run(api, case["parameters"] | given)
        assert [allowed for _, allowed in place.calls(case["action"])] == [True]


@pytest.mark.parametrize("api", NOTHING_PASSED)
async def test_a_job_with_a_role_of_its_own_passes_none(workplace, write_policy, api):
    """Definitions of jobs were given their roles when they were made."""
    case = CASES[api]
    async with workplace(case["prepare"]) as place:
        place.deny("iam:PassRole")
        execution = await place.run(api, case["parameters"])
        assert execution.status.value == "SUCCEEDED", execution.cause


@pytest.mark.parametrize(
    ("api", "given", "field"),
    [
        ("ecs:runTask", {"Overrides": {"ExecutionRoleArn": DEFINED}}, "ExecutionRoleArn"),
        ("ecs:runTask", {"Overrides": {"TaskRoleArn": DEFINED}}, "TaskRoleArn"),
        ("elasticmapreduce:createCluster", {"Steps": []}, "Steps"),
        ("elasticmapreduce:createCluster", {"Instances": {"InstanceCount": 1}}, "KeepJobFlowAliveWhenNoSteps"),
        (
            "elasticmapreduce:createCluster",
            {"Instances": {"KeepJobFlowAliveWhenNoSteps": False}},
            "KeepJobFlowAliveWhenNoSteps",
        ),
    ],
)
async def test_what_step_functions_does_not_take_starts_nothing(workplace, api, given, field):
    """Roles of tasks are those of their definition, and clusters outlive their steps."""
    case = CASES[api]
    async with workplace(case["prepare"]) as place:
        execution = await place.run(api, case["parameters"] | given)
        assert not place.calls(case["action"])
    assert execution.error == "States.Runtime"
    assert f"'{field}'" in execution.cause

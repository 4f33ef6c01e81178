"""`iam:PassRole`: which parameters of which operations hand a role to which service.

Rows: reference/iam-actions.md, "iam:PassRole". A job that is merely started with a role stored earlier passes none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.gate.permission import Permission
from turnstile.gate.requests.place import partition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call

_EC2, _ECS_TASKS = "ec2.amazonaws.com", "ecs-tasks.amazonaws.com"
_GLUE, _LAMBDA, _SAGEMAKER = "glue.amazonaws.com", "lambda.amazonaws.com", "sagemaker.amazonaws.com"

_PASSED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "bedrock:CreateModelCustomizationJob": (("roleArn", "bedrock.amazonaws.com"),),
    "codebuild:CreateProject": (("serviceRole", "codebuild.amazonaws.com"),),
    "codebuild:StartBuild": (("serviceRoleOverride", "codebuild.amazonaws.com"),),
    "codebuild:StartBuildBatch": (("serviceRoleOverride", "codebuild.amazonaws.com"),),
    "databrew:CreateProfileJob": (("RoleArn", "databrew.amazonaws.com"),),
    "databrew:CreateRecipeJob": (("RoleArn", "databrew.amazonaws.com"),),
    "ec2:RunInstances": (("IamInstanceProfile.Arn", _EC2), ("IamInstanceProfile.Name", _EC2)),
    "ecs:RegisterTaskDefinition": (("taskRoleArn", _ECS_TASKS), ("executionRoleArn", _ECS_TASKS)),
    "eks:CreateCluster": (("roleArn", "eks.amazonaws.com"),),
    "eks:CreateFargateProfile": (("podExecutionRoleArn", "eks-fargate-pods.amazonaws.com"),),
    "eks:CreateNodegroup": (("nodeRole", _EC2),),
    "emr:AddJobFlowSteps": (("ExecutionRoleArn", "elasticmapreduce.amazonaws.com"),),
    "emr:RunJobFlow": (
        ("ServiceRole", "elasticmapreduce.amazonaws.com"),
        ("JobFlowRole", _EC2),
        ("AutoScalingRole", "application-autoscaling.amazonaws.com"),
    ),
    "emr-serverless:StartJobRun": (("executionRoleArn", "emr-serverless.amazonaws.com"),),
    "events:PutTargets": (("Targets[].RoleArn", "events.amazonaws.com"),),
    "glue:CreateCrawler": (("Role", _GLUE),),
    "glue:CreateDevEndpoint": (("RoleArn", _GLUE),),
    "glue:CreateJob": (("Role", _GLUE),),
    "glue:UpdateJob": (("JobUpdate.Role", _GLUE),),
    "lambda:CreateFunction": (("Role", _LAMBDA),),
    "lambda:UpdateFunctionConfiguration": (("Role", _LAMBDA),),
    "mediaconvert:CreateJob": (("Role", "mediaconvert.amazonaws.com"),),
    "mwaa:CreateEnvironment": (
        ("ExecutionRoleArn", "airflow.amazonaws.com"),
        ("ExecutionRoleArn", "airflow-env.amazonaws.com"),
    ),
    "sagemaker:CreateHyperParameterTuningJob": (("TrainingJobDefinition.RoleArn", _SAGEMAKER),),
    "sagemaker:CreateLabelingJob": (("RoleArn", _SAGEMAKER),),
    "sagemaker:CreateModel": (("ExecutionRoleArn", _SAGEMAKER),),
    "sagemaker:CreateProcessingJob": (("RoleArn", _SAGEMAKER),),
    "sagemaker:CreateTrainingJob": (("RoleArn", _SAGEMAKER),),
    "scheduler:CreateSchedule": (("Target.RoleArn", "scheduler.amazonaws.com"),),
    "scheduler:UpdateSchedule": (("Target.RoleArn", "scheduler.amazonaws.com"),),
    "ssm:StartAutomationExecution": (("Parameters.AutomationAssumeRole[]", "ssm.amazonaws.com"),),
}
"""Parameter and `iam:PassedToService`, by service and operation."""


def passed_roles(call: Call) -> tuple[Permission, ...]:
    """The roles that a call hands on; a bare name is one of the caller's account."""
    rows = _PASSED.get(f"{call.service}:{call.operation}", ())
    return tuple(
        Permission("iam:PassRole", _role(call, text), call.caller.account, {"iam:PassedToService": service})
        for path, service in rows
        for text in _found(call.parameters, path.split("."))
    )


def passed_to(service: str, operation: str) -> tuple[str, ...]:
    """The services to which an operation can hand a role."""
    return tuple(dict.fromkeys(name for _, name in _PASSED.get(f"{service}:{operation}", ())))


def _found(value: Json, path: list[str]) -> Iterator[str]:
    """The texts at a path; `name[]` goes into each element of a list."""
    if not path:
        if isinstance(value, str) and value:
            yield value
        return
    name = path[0].removesuffix("[]")
    inner = value.get(name) if isinstance(value, dict) else None
    for each in (inner or ()) if path[0].endswith("[]") else (inner,):
        yield from _found(each, path[1:])


def _role(call: Call, text: str) -> str:
    """An instance profile is taken for the role of the same name, as the console makes them (*inferred*)."""
    if text.startswith("arn:"):
        return text.replace(":instance-profile/", ":role/")
    return f"arn:{partition(call)}:iam::{call.caller.account}:role/{text}"

"""Every request-response API of the services that run jobs, as a Task: its answer, its refusal, its denial.

tests/cases/integrations/apis.json has the rows: `keys` are the members of the answer besides the two of metadata
(reference/integrations.json), `missing` the parameters that name what is not there, with the `error` of the Task.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from turnstile.integrations.job_services import OFFERS

CASES = json.loads((Path(__file__).parents[2] / "cases" / "integrations" / "apis.json").read_text())
REFUSED = [case for case in CASES if "missing" in case]
PREFIXES = {
    "athena": "Athena.AmazonAthenaException",
    "batch": "Batch.AWSBatchException",
    "bedrock": "Bedrock.AccessDeniedException",
    "codebuild": "CodeBuild.AWSCodeBuildException",
    "databrew": "DataBrew.AccessDeniedException",
    "ecs": "ECS.AccessDeniedException",
    "eks": "EKS.AccessDeniedException",
    "elasticmapreduce": "ElasticMapReduce.AmazonElasticMapReduceException",
    "emr-containers": "EMRContainers.AmazonEMRContainersException",
    "emr-serverless": "EMRServerless.AWSEMRServerlessException",
    "glue": "Glue.AccessDeniedException",
    "mediaconvert": "MediaConvert.AWSMediaConvertException",
    "sagemaker": "SageMaker.AmazonSageMakerException",
}
"""The error of a denial: a code that the service's model has keeps its name."""


def named(case):
    return case["api"]


each = pytest.mark.parametrize("case", CASES, ids=named)


def test_every_row_has_a_case():
    """Nothing of the table is left out."""
    assert sorted(case["api"] for case in CASES) == sorted(map(":".join, OFFERS))


@each
async def test_a_call_succeeds(workplace, case):
    """One call, whose answer stands in PascalCase beside its metadata."""
    async with workplace(case["prepare"]) as place:
        execution = await place.run(case["api"], case["parameters"])
        assert execution.status.value == "SUCCEEDED", execution.cause
        assert place.calls(case["action"]) == [(0, True)]
    assert {*case["keys"], "SdkHttpMetadata", "SdkResponseMetadata"} <= set(execution.output)
    assert all(name[0].isupper() for name in execution.output)


@pytest.mark.parametrize("case", REFUSED, ids=named)
async def test_what_is_not_there_is_an_error_of_the_service(workplace, case):
    """By the family's prefix, with the long form of the cause."""
    async with workplace(case["prepare"]) as place:
        execution = await place.run(case["api"], case["parameters"] | case["missing"])
    assert execution.status.value == "FAILED"
    assert execution.error == case.get("error", PREFIXES[case["api"].split(":")[0]])
    assert " (Service: " in execution.cause
    assert "; Status Code: 4" in execution.cause
    assert execution.cause.endswith("; Proxy: null)")


@each
async def test_a_denied_call_says_what_is_missing(workplace, case):
    """Nothing is done, and the cause has AWS's sentence."""
    async with workplace(case["prepare"]) as place:
        place.deny(case["action"])
        execution = await place.run(case["api"], case["parameters"])
        assert [allowed for _, allowed in place.calls(case["action"])] == [False]
    assert execution.error == PREFIXES[case["api"].split(":")[0]]
    assert f"is not authorized to perform: {case['action']} on resource: " in execution.cause
    assert "with an explicit deny in an identity-based policy" in execution.cause

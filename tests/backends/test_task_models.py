"""Members as Tasks write them become those of the service's model, and back."""

from __future__ import annotations

import pytest

from turnstile.backends.task_models import TaskModels
from turnstile.faults import Unsupported

MODELS = TaskModels()


def test_members_are_found_whatever_their_case():
    """At every level; keys of maps stay, what the model lacks stays, null is left out."""
    given = {
        "JobName": "j",
        "ContainerOverrides": {"Vcpus": 2, "Environment": [{"Name": "A", "Value": "b"}]},
        "Parameters": {"Key": "v"},
        "Timeout": None,
        "Nonsense": 1,
    }
    assert MODELS.request("batch", "SubmitJob", given) == {
        "jobName": "j",
        "containerOverrides": {"vcpus": 2, "environment": [{"name": "A", "value": "b"}]},
        "parameters": {"Key": "v"},
        "Nonsense": 1,
    }


def test_answers_have_capital_letters():
    """At every level but in keys of maps."""
    output = {"jobs": [{"jobId": "1", "tags": {"a": "b"}, "container": {"exitCode": 0}}]}
    shown = {"Jobs": [{"JobId": "1", "Tags": {"a": "b"}, "Container": {"ExitCode": 0}}]}
    assert MODELS.answer("batch", "DescribeJobs", output) == shown


def test_codes_are_those_of_the_wire():
    """Without the suffix that only names of classes have."""
    assert {"NotFound", "AuthorizationError"} <= MODELS.error_codes("sns")


def test_an_operation_that_is_not_there_is_refused():
    """By the name botocore lacks."""
    with pytest.raises(Unsupported, match="batch:Nothing"):
        MODELS.request("batch", "Nothing", {})

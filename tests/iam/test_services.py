"""Which resources can have a policy of their own."""

from __future__ import annotations

import pytest

from turnstile.iam.services import has_policy


@pytest.mark.parametrize(
    ("action", "resource", "has"),
    [
        ("s3:GetObject", "arn:aws:s3:::b/k", True),
        ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:444455556666:function:f", True),
        ("states:StartExecution", "arn:aws:states:us-east-1:444455556666:stateMachine:M", False),
        ("BATCH:SubmitJob", "arn:aws:batch:us-east-1:444455556666:job-queue/q", False),
        ("ecs:RunTask", "arn:aws:ecs:us-east-1:444455556666:task-definition/t:1", False),
        ("glue:GetTable", "arn:aws:glue:us-east-1:444455556666:table/lake/t", True),
        ("glue:GetTable", "arn:aws:glue:us-east-1:444455556666:catalog", True),
        ("glue:GetDatabases", "*", True),
        ("glue:StartJobRun", "arn:aws:glue:us-east-1:444455556666:job/nightly", False),
        ("glue:StartCrawler", "arn:aws:glue:us-east-1:444455556666:crawler/c", False),
    ],
)
def test_services_and_glues_catalog_are_told_apart(action, resource, has):
    """The policy of a catalog is about tables and databases, not about jobs."""
    assert has_policy(action, resource) is has

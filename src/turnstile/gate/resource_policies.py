"""How each service tells the policy of a resource, and its tags: the read to make, and where they stand in the answer.

Services that workflows use and that keep policies of their own; state machines, Glue jobs, Batch, ECS and the like have
none (reference/iam-evaluation.md section 1). Roles and functions are the world's and are not asked for here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from turnstile.arn import partition_of
from turnstile.document import Json, compact
from turnstile.iam.services import has_policy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.arn import Arn

Parameters: TypeAlias = "Callable[[Arn], dict[str, Json] | None]"
"""The parameters of a read on a resource; None where it has no policy or tags of that kind."""


@dataclass(frozen=True, slots=True)
class Read:
    """One operation of botocore's `service`, and `find`, which takes what is asked for out of its output."""

    service: str
    operation: str
    parameters: Parameters
    find: Callable[[Json], Json]


def _named(member: str) -> Callable[[Arn], dict[str, Json]]:
    """A read that names the resource by its ARN."""
    return lambda arn: {member: str(arn)}


def _bucket(arn: Arn) -> dict[str, Json] | None:
    name = arn.resource.partition("/")[0]
    return {"Bucket": name} if not arn.account and name not in ("", "*") else None


def _queue(arn: Arn) -> dict[str, Json]:
    suffix = partition_of(arn.region).dns_suffix
    return {
        "QueueUrl": f"https://sqs.{arn.region}.{suffix}/{arn.account}/{arn.resource}",
        "AttributeNames": ["Policy"],
    }


def _queue_tags(arn: Arn) -> dict[str, Json]:
    return {"QueueUrl": _queue(arn)["QueueUrl"]}


def _topic(arn: Arn) -> dict[str, Json] | None:
    """A subscription or an endpoint of a device has no policy of its own."""
    return {"TopicArn": str(arn)} if ":" not in arn.resource and "/" not in arn.resource else None


def _key(arn: Arn) -> dict[str, Json] | None:
    kind, _, key = arn.resource.partition("/")
    return {"KeyId": key} if kind == "key" else None


def _key_policy(arn: Arn) -> dict[str, Json] | None:
    found = _key(arn)
    return {**found, "PolicyName": "default"} if found else None


def _secret(arn: Arn) -> dict[str, Json]:
    return {"SecretId": str(arn)}


def _table(arn: Arn) -> dict[str, Json] | None:
    """An index has the policy of its table."""
    table = "/".join(arn.resource.split("/")[:2])
    whole = f"arn:{arn.partition}:dynamodb:{arn.region}:{arn.account}:{table}"
    return {"ResourceArn": whole} if table.startswith("table/") else None


def _stream(arn: Arn) -> dict[str, Json] | None:
    return {"ResourceARN": str(arn)} if arn.resource.startswith("stream/") else None


def _bus(arn: Arn) -> dict[str, Json] | None:
    kind, _, name = arn.resource.partition("/")
    return {"Name": name} if kind == "event-bus" else None


def _account(_arn: Arn) -> dict[str, Json]:
    """One policy, or some, for a whole account."""
    return {}


def _catalog(arn: Arn) -> dict[str, Json] | None:
    """One policy for the whole catalog of an account, which is not about jobs and the like."""
    return {} if has_policy("glue:*", str(arn)) else None


def _repository(arn: Arn) -> dict[str, Json] | None:
    kind, _, name = arn.resource.partition("/")
    return {"repositoryName": name, "registryId": arn.account} if kind == "repository" else None


def _project(arn: Arn) -> dict[str, Json] | None:
    return {"resourceArn": str(arn)} if arn.resource.startswith(("project/", "report-group/")) else None


def _attribute(output: Json) -> Json:
    return output.get("Attributes", {}).get("Policy")


def _logs(output: Json) -> Json:
    """The policies of an account for its logs, as one."""
    documents = [json.loads(policy["policyDocument"]) for policy in output.get("resourcePolicies", ())]
    statements = [each for document in documents for each in _statements(document)]
    return compact({"Version": "2012-10-17", "Statement": statements}) if statements else None


def _statements(document: Json) -> list[Json]:
    written = document.get("Statement", [])
    return written if isinstance(written, list) else [written]


def _api(arn: Arn) -> dict[str, Json]:
    return {"restApiId": arn.resource.partition("/")[0]}


def _api_policy(output: Json) -> Json:
    """A policy may leave out of an ARN whose API it is: `execute-api:/stage/GET/path`."""
    text, api = output.get("policy"), output.get("id")
    return str(text).replace("execute-api:/", f"arn:*:execute-api:*:*:{api}/") if text else None


def _member(name: str) -> Callable[[Json], Json]:
    return lambda output: output.get(name)


POLICIES: Mapping[str, Read] = {
    "codebuild": Read("codebuild", "GetResourcePolicy", _project, _member("policy")),
    "dynamodb": Read("dynamodb", "GetResourcePolicy", _table, _member("Policy")),
    "ecr": Read("ecr", "GetRepositoryPolicy", _repository, _member("policyText")),
    "events": Read("events", "DescribeEventBus", _bus, _member("Policy")),
    "execute-api": Read("apigateway", "GetRestApi", _api, _api_policy),
    "glue": Read("glue", "GetResourcePolicy", _catalog, _member("PolicyInJson")),
    "kinesis": Read("kinesis", "GetResourcePolicy", _stream, _member("Policy")),
    "kms": Read("kms", "GetKeyPolicy", _key_policy, _member("Policy")),
    "logs": Read("logs", "DescribeResourcePolicies", _account, _logs),
    "s3": Read("s3", "GetBucketPolicy", _bucket, _member("Policy")),
    "secretsmanager": Read("secretsmanager", "GetResourcePolicy", _secret, _member("ResourcePolicy")),
    "sns": Read("sns", "GetTopicAttributes", _topic, _attribute),
    "sqs": Read("sqs", "GetQueueAttributes", _queue, _attribute),
}
"""By the service of the resource's ARN."""

TAGS: Mapping[str, Read] = {
    "dynamodb": Read("dynamodb", "ListTagsOfResource", _table, _member("Tags")),
    "events": Read("events", "ListTagsForResource", _named("ResourceARN"), _member("Tags")),
    "kms": Read("kms", "ListResourceTags", _key, _member("Tags")),
    "s3": Read("s3", "GetBucketTagging", _bucket, _member("TagSet")),
    "secretsmanager": Read("secretsmanager", "DescribeSecret", _secret, _member("Tags")),
    "sns": Read("sns", "ListTagsForResource", _named("ResourceArn"), _member("Tags")),
    "sqs": Read("sqs", "ListQueueTags", _queue_tags, _member("Tags")),
}
"""By the service of the resource's ARN."""

"""Tasks that make the calls which are often refused, by the action that a refusal names.

Knows integrations and the parameters they cannot do without, nothing of histories.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile import arn as arns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json


def _last(arn: str) -> str:
    return arns.parse(arn).resource.rpartition("/")[2]


def _queue_url(arn: str) -> str:
    queue = arns.parse(arn)
    return f"https://sqs.{queue.region}.{arns.partition_of(queue.region).dns_suffix}/{queue.account}/{queue.resource}"


def _object(arn: str) -> Json:
    bucket, _, key = arns.parse(arn).resource.partition("/")
    return {"Bucket": bucket, "Key": key or "key"}


def _job(arn: str) -> Json:
    kind = arns.parse(arn).resource.partition("/")[0]
    named = {"job-definition": "JobDefinition", "job-queue": "JobQueue"}.get(kind, "JobDefinition")
    return {"JobName": "job", "JobDefinition": "definition", "JobQueue": "queue", named: arn}


OWN_ACCOUNT = frozenset({"batch:SubmitJob", "codebuild:StartBuild", "glue:StartJobRun"})
"""Actions whose parameters name no account, so that the caller's own is meant."""
_EVENT = {"Source": "example", "DetailType": "example", "Detail": {}}
_QUERY = {"KeyConditionExpression": "id = :id", "ExpressionAttributeValues": {":id": {"S": "1"}}}
TASKS: Mapping[str, tuple[str, Callable[[str], Json]]] = {
    "batch:SubmitJob": ("batch:submitJob", _job),
    "codebuild:StartBuild": ("codebuild:startBuild", lambda arn: {"ProjectName": _last(arn)}),
    "dynamodb:DeleteItem": ("dynamodb:deleteItem", lambda arn: {"TableName": arn, "Key": {"id": {"S": "1"}}}),
    "dynamodb:GetItem": ("dynamodb:getItem", lambda arn: {"TableName": arn, "Key": {"id": {"S": "1"}}}),
    "dynamodb:PutItem": ("dynamodb:putItem", lambda arn: {"TableName": arn, "Item": {"id": {"S": "1"}}}),
    "dynamodb:Query": ("aws-sdk:dynamodb:query", lambda arn: {"TableName": arn, **_QUERY}),
    "dynamodb:UpdateItem": ("dynamodb:updateItem", lambda arn: {"TableName": arn, "Key": {"id": {"S": "1"}}}),
    "ecs:RunTask": ("ecs:runTask", lambda arn: {"TaskDefinition": arn, "Cluster": "default"}),
    "events:PutEvents": ("events:putEvents", lambda arn: {"Entries": [{**_EVENT, "EventBusName": arn}]}),
    "glue:StartJobRun": ("glue:startJobRun", lambda arn: {"JobName": _last(arn)}),
    "kms:Decrypt": ("aws-sdk:kms:decrypt", lambda arn: {"KeyId": arn, "CiphertextBlob": "dGV4dA=="}),
    "kms:Encrypt": ("aws-sdk:kms:encrypt", lambda arn: {"KeyId": arn, "Plaintext": "dGV4dA=="}),
    "kms:GenerateDataKey": ("aws-sdk:kms:generateDataKey", lambda arn: {"KeyId": arn, "KeySpec": "AES_256"}),
    "lambda:InvokeFunction": ("lambda:invoke", lambda arn: {"FunctionName": arn}),
    "s3:DeleteObject": ("aws-sdk:s3:deleteObject", _object),
    "s3:GetObject": ("aws-sdk:s3:getObject", _object),
    "s3:ListBucket": ("aws-sdk:s3:listObjectsV2", lambda arn: {"Bucket": arns.parse(arn).resource}),
    "s3:PutObject": ("aws-sdk:s3:putObject", lambda arn: {**_object(arn), "Body": "text"}),
    "secretsmanager:GetSecretValue": ("aws-sdk:secretsmanager:getSecretValue", lambda arn: {"SecretId": arn}),
    "sns:Publish": ("sns:publish", lambda arn: {"TopicArn": arn, "Message": "text"}),
    "sqs:SendMessage": ("sqs:sendMessage", lambda arn: {"QueueUrl": _queue_url(arn), "MessageBody": "text"}),
    "states:StartExecution": ("states:startExecution", lambda arn: {"StateMachineArn": arn}),
}
"""For actions that are often refused: the Task that makes the call, and its parameters by the resource."""

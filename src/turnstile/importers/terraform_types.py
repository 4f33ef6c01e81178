"""The resource types of Terraform's AWS provider, as the CloudFormation types of the same meaning.

A `Type` says which attribute is which property and how its value is written there. What belongs to another resource in
CloudFormation (an attached policy, a target of a rule) is a `Part`: it is added to a property of the resource it names,
or stands as a resource of its own. Attribute names: the provider's documentation; property names: the CloudFormation
Template Reference. An attribute that is not listed has no effect on calls and permissions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from turnstile.document import Json

Way: TypeAlias = Callable[[Json], Json]


class NotJsonError(ValueError):
    """An attribute holds text that should be JSON and is not."""


@dataclass(frozen=True, slots=True, eq=False)
class Type:
    """One Terraform type: `cloudformation` is the other name, `attributes` map to property and way of writing.

    `more` makes properties that several attributes say together. `policy` is the type that the attribute `policy` is in
    CloudFormation, and the property of it that names this resource.
    """

    cloudformation: str
    attributes: Mapping[str, tuple[str, Way]]
    more: Callable[[Mapping[str, Json]], dict[str, Json]] = lambda _values: {}
    policy: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A Terraform type that is a part of others: `owners` are types and the attributes that name one or several.

    `property` of the owner is a list that gets `value(attributes)`, or the value itself where `single`.
    """

    owners: tuple[tuple[str, str], ...]
    property: str
    value: Callable[[Mapping[str, Json]], Json]
    needs: tuple[str, ...]
    single: bool = False


def same(value: Json) -> Json:
    """As it is."""
    return value


def parsed(value: Json) -> Json:
    """JSON text as a document."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise NotJsonError(value) from None


def pascal(name: str) -> str:
    """`max_session_duration` and `maxSessionDuration` as `MaxSessionDuration`."""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def cased(value: Json) -> Json:
    """A value with all its names in CloudFormation's case; what is null or an empty list is left out."""
    if isinstance(value, dict):
        return {pascal(name): cased(member) for name, member in value.items() if member not in (None, [], "")}
    return [cased(element) for element in value] if isinstance(value, list) else value


def block(value: Json) -> Json:
    """A block that may stand once, which the provider keeps as a list."""
    value = value[0] if isinstance(value, list) and value else value
    return cased(value) or None


def blocks(value: Json) -> Json:
    """A block that may stand several times."""
    return cased(value) or None


def parsed_cased(value: Json) -> Json:
    """JSON text whose names begin with small letters."""
    return cased(parsed(value))


def tagged(value: Json) -> Json:
    """Tags, a mapping, as a list."""
    return [{"Key": key, "Value": text} for key, text in value.items()] or None


def listed(value: Json) -> Json:
    """One value as a list of it."""
    return [value]


def _inline(value: Json) -> Json:
    found = [each for each in value if each.get("name") and each.get("policy")]
    return [{"PolicyName": each["name"], "PolicyDocument": parsed(each["policy"])} for each in found] or None


def _variables(value: Json) -> Json:
    return {"Variables": value[0].get("variables") or {}} if value else None


def _attributes(value: Json) -> Json:
    return [{"AttributeName": each["name"], "AttributeType": each["type"]} for each in value]


def _on(value: Json) -> Json:
    return "ENABLED" if value else "DISABLED"


def _weights(value: Json) -> Json:
    return [{"StateMachineVersionArn": each["state_machine_version_arn"], "Weight": each["weight"]} for each in value]


def _keys(values: Mapping[str, Json]) -> list[Json]:
    kinds = (("hash_key", "HASH"), ("range_key", "RANGE"))
    return [{"AttributeName": values[name], "KeyType": kind} for name, kind in kinds if values.get(name)]


def _index(values: Mapping[str, Json]) -> Json:
    projection = {"ProjectionType": values.get("projection_type") or "ALL"}
    if values.get("non_key_attributes"):
        projection["NonKeyAttributes"] = values["non_key_attributes"]
    return {"IndexName": values["name"], "KeySchema": _keys(values), "Projection": projection, **_capacity(values)}


def _capacity(values: Mapping[str, Json]) -> dict[str, Json]:
    if not values.get("read_capacity") or not values.get("write_capacity"):
        return {}
    units = {"ReadCapacityUnits": values["read_capacity"], "WriteCapacityUnits": values["write_capacity"]}
    return {"ProvisionedThroughput": units}


def _table(values: Mapping[str, Json]) -> dict[str, Json]:
    found: dict[str, Json] = {"KeySchema": _keys(values), **_capacity(values)}
    if values.get("global_secondary_index"):
        found["GlobalSecondaryIndexes"] = [_index(each) for each in values["global_secondary_index"]]
    if values.get("local_secondary_index"):
        local = [{"hash_key": values.get("hash_key"), **each} for each in values["local_secondary_index"]]
        found["LocalSecondaryIndexes"] = [_index(each) for each in local]
    if values.get("stream_enabled"):
        found["StreamSpecification"] = {"StreamViewType": values["stream_view_type"]}
    return found


def _fifo(values: Mapping[str, Json]) -> dict[str, Json]:
    """CloudFormation refuses `false` for queues and topics that are none of these."""
    found = {"FifoQueue": values.get("fifo_queue"), "FifoTopic": values.get("fifo_topic")}
    found["ContentBasedDeduplication"] = values.get("content_based_deduplication")
    return {name: True for name, value in found.items() if value}


def _qualified(values: Mapping[str, Json]) -> dict[str, Json]:
    qualifier = values.get("qualifier")
    return {"FunctionName": f"{values['function_name']}:{qualifier}"} if qualifier else {}


def _command(value: Json) -> Json:
    return cased(value[0]) if value else None


def _names(*names: str, way: Way = same) -> dict[str, tuple[str, Way]]:
    """Attributes whose property has the same name in another case."""
    return {name: (pascal(name), way) for name in names}


_POLICY = {"policy": ("PolicyDocument", parsed)}
_TAGS = {"tags": ("Tags", tagged)}
_IDENTITY = {"path": ("Path", same), "permissions_boundary": ("PermissionsBoundary", same), **_TAGS}

TYPES: dict[str, Type] = {
    "aws_cloudwatch_log_group": Type("AWS::Logs::LogGroup", {"name": ("LogGroupName", same)}),
    "aws_iam_policy": Type(
        "AWS::IAM::ManagedPolicy", {"name": ("ManagedPolicyName", same), "path": ("Path", same), **_POLICY}
    ),
    "aws_iam_group": Type("AWS::IAM::Group", {"name": ("GroupName", same), "path": ("Path", same)}),
    "aws_iam_user": Type("AWS::IAM::User", {"name": ("UserName", same), **_IDENTITY}),
    "aws_iam_role": Type(
        "AWS::IAM::Role",
        {
            "name": ("RoleName", same),
            "assume_role_policy": ("AssumeRolePolicyDocument", parsed),
            "inline_policy": ("Policies", _inline),
            "managed_policy_arns": ("ManagedPolicyArns", same),
            "max_session_duration": ("MaxSessionDuration", same),
            **_IDENTITY,
        },
    ),
    "aws_iam_role_policy": Type(
        "AWS::IAM::Policy", {"name": ("PolicyName", same), "role": ("Roles", listed), **_POLICY}
    ),
    "aws_iam_user_policy": Type(
        "AWS::IAM::Policy", {"name": ("PolicyName", same), "user": ("Users", listed), **_POLICY}
    ),
    "aws_iam_group_policy": Type(
        "AWS::IAM::Policy", {"name": ("PolicyName", same), "group": ("Groups", listed), **_POLICY}
    ),
    "aws_kms_key": Type("AWS::KMS::Key", {"policy": ("KeyPolicy", parsed), **_names("description"), **_TAGS}),
    "aws_kms_alias": Type("AWS::KMS::Alias", {"name": ("AliasName", same), **_names("target_key_id")}),
    "aws_s3_bucket": Type("AWS::S3::Bucket", {"bucket": ("BucketName", same), **_TAGS}, policy=("AWS::S3::BucketPolicy", "Bucket")),
    "aws_s3_bucket_policy": Type("AWS::S3::BucketPolicy", {"bucket": ("Bucket", same), **_POLICY}),
    "aws_dynamodb_table": Type(
        "AWS::DynamoDB::Table",
        {"name": ("TableName", same), "attribute": ("AttributeDefinitions", _attributes), **_names("billing_mode"), **_TAGS},
        _table,
    ),
    "aws_sqs_queue": Type(
        "AWS::SQS::Queue",
        {
            "name": ("QueueName", same),
            "visibility_timeout_seconds": ("VisibilityTimeout", same),
            "message_retention_seconds": ("MessageRetentionPeriod", same),
            "max_message_size": ("MaximumMessageSize", same),
            "receive_wait_time_seconds": ("ReceiveMessageWaitTimeSeconds", same),
            "redrive_policy": ("RedrivePolicy", parsed),
            **_names("delay_seconds", "kms_master_key_id"),
            **_TAGS,
        },
        _fifo,
        ("AWS::SQS::QueuePolicy", "Queues"),
    ),
    "aws_sqs_queue_policy": Type("AWS::SQS::QueuePolicy", {"queue_url": ("Queues", listed), **_POLICY}),
    "aws_sns_topic": Type(
        "AWS::SNS::Topic", {"name": ("TopicName", same), **_names("display_name", "kms_master_key_id"), **_TAGS},
        _fifo, ("AWS::SNS::TopicPolicy", "Topics"),
    ),
    "aws_sns_topic_policy": Type("AWS::SNS::TopicPolicy", {"arn": ("Topics", listed), **_POLICY}),
    "aws_sns_topic_subscription": Type(
        "AWS::SNS::Subscription",
        {
            **_names("topic_arn", "protocol", "endpoint", "raw_message_delivery", "filter_policy_scope"),
            "filter_policy": ("FilterPolicy", parsed),
            "redrive_policy": ("RedrivePolicy", parsed),
        },
    ),
    "aws_secretsmanager_secret": Type(
        "AWS::SecretsManager::Secret", {**_names("name", "description", "kms_key_id"), **_TAGS}
    ),
    "aws_secretsmanager_secret_policy": Type(
        "AWS::SecretsManager::ResourcePolicy", {"secret_arn": ("SecretId", same), "policy": ("ResourcePolicy", parsed)}
    ),
    "aws_ssm_parameter": Type("AWS::SSM::Parameter", _names("name", "type", "value", "description")),
    "aws_cloudwatch_event_bus": Type("AWS::Events::EventBus", {**_names("name"), **_TAGS}),
    "aws_cloudwatch_event_connection": Type(
        "AWS::Events::Connection",
        {**_names("name", "description", "authorization_type"), "auth_parameters": ("AuthParameters", block)},
    ),
    "aws_lambda_layer_version": Type(
        "AWS::Lambda::LayerVersion", {**_names("layer_name", "compatible_runtimes", "description")}
    ),
    "aws_lambda_function": Type(
        "AWS::Lambda::Function",
        {
            **_names("function_name", "role", "handler", "runtime", "timeout", "memory_size", "layers", "package_type"),
            "environment": ("Environment", _variables),
            **_TAGS,
        },
    ),
    "aws_lambda_alias": Type(
        "AWS::Lambda::Alias", {**_names("name", "function_name", "function_version", "description")}
    ),
    "aws_batch_compute_environment": Type(
        "AWS::Batch::ComputeEnvironment",
        {
            "compute_environment_name": ("ComputeEnvironmentName", same),
            "name": ("ComputeEnvironmentName", same),
            "compute_resources": ("ComputeResources", block),
            **_names("type", "state", "service_role"),
        },
    ),
    "aws_batch_job_queue": Type(
        "AWS::Batch::JobQueue",
        {
            "name": ("JobQueueName", same),
            "compute_environment_order": ("ComputeEnvironmentOrder", blocks),
            **_names("priority", "state"),
        },
    ),
    "aws_batch_job_definition": Type(
        "AWS::Batch::JobDefinition",
        {
            "name": ("JobDefinitionName", same),
            "container_properties": ("ContainerProperties", parsed_cased),
            "retry_strategy": ("RetryStrategy", block),
            "timeout": ("Timeout", block),
            **_names("type", "parameters", "platform_capabilities"),
        },
    ),
    "aws_glue_job": Type(
        "AWS::Glue::Job",
        {
            "role_arn": ("Role", same),
            "command": ("Command", _command),
            **_names("name", "default_arguments", "max_retries", "timeout", "glue_version", "worker_type"),
            **_names("number_of_workers"),
        },
    ),
    "aws_ecs_cluster": Type("AWS::ECS::Cluster", {"name": ("ClusterName", same), **_TAGS}),
    "aws_ecs_task_definition": Type(
        "AWS::ECS::TaskDefinition",
        {
            **_names("family", "cpu", "memory", "network_mode", "execution_role_arn", "task_role_arn"),
            **_names("requires_compatibilities"),
            "container_definitions": ("ContainerDefinitions", parsed_cased),
        },
    ),
    "aws_codebuild_project": Type(
        "AWS::CodeBuild::Project",
        {
            **_names("name", "description", "service_role"),
            **_names("source", "artifacts", "environment", way=block),
        },
    ),
    "aws_mwaa_environment": Type(
        "AWS::MWAA::Environment",
        {
            **_names("name", "execution_role_arn", "dag_s3_path", "source_bucket_arn", "airflow_version"),
            **_names("environment_class", "max_workers", "min_workers", "webserver_access_mode"),
            "network_configuration": ("NetworkConfiguration", block),
        },
    ),
    "aws_sfn_activity": Type("AWS::StepFunctions::Activity", {**_names("name"), **_TAGS}),
    "aws_sfn_state_machine": Type(
        "AWS::StepFunctions::StateMachine",
        {
            "name": ("StateMachineName", same),
            "role_arn": ("RoleArn", same),
            "definition": ("DefinitionString", same),
            "type": ("StateMachineType", same),
            **_TAGS,
        },
    ),
    "aws_sfn_alias": Type(
        "AWS::StepFunctions::StateMachineAlias",
        {**_names("name", "description"), "routing_configuration": ("RoutingConfiguration", _weights)},
    ),
    "aws_cloudwatch_event_rule": Type(
        "AWS::Events::Rule",
        {
            "event_pattern": ("EventPattern", parsed),
            "is_enabled": ("State", _on),
            **_names("name", "event_bus_name", "schedule_expression", "state", "role_arn", "description"),
        },
    ),
    "aws_cloudwatch_event_permission": Type(
        "AWS::Events::EventBusPolicy", _names("event_bus_name", "action", "principal", "statement_id")
    ),
    "aws_cloudwatch_log_resource_policy": Type(
        "AWS::Logs::ResourcePolicy", {"policy_name": ("PolicyName", same), "policy_document": ("PolicyDocument", same)}
    ),
    "aws_lambda_permission": Type(
        "AWS::Lambda::Permission",
        {
            **_names("action", "function_name", "principal", "source_arn", "source_account", "function_url_auth_type"),
            "principal_org_id": ("PrincipalOrgID", same),
        },
        _qualified,
    ),
}  # fmt: skip
"""In the order in which resources come where nothing else decides."""


def _target(values: Mapping[str, Json]) -> Json:
    found = {"Id": values.get("target_id") or "target", "Arn": values["arn"]}
    optional = {"role_arn": "RoleArn", "input": "Input", "input_path": "InputPath"}
    return found | {new: values[old] for old, new in optional.items() if values.get(old)}


def _of(name: str) -> Callable[[Mapping[str, Json]], Json]:
    return lambda values: values[name]


PARTS: dict[str, Part] = {
    "aws_iam_role_policy_attachment": Part((("aws_iam_role", "role"),), "ManagedPolicyArns", _of("policy_arn"), ("role", "policy_arn")),
    "aws_iam_user_policy_attachment": Part((("aws_iam_user", "user"),), "ManagedPolicyArns", _of("policy_arn"), ("user", "policy_arn")),
    "aws_iam_group_policy_attachment": Part((("aws_iam_group", "group"),), "ManagedPolicyArns", _of("policy_arn"), ("group", "policy_arn")),
    "aws_iam_policy_attachment": Part(
        (("aws_iam_role", "roles"), ("aws_iam_user", "users"), ("aws_iam_group", "groups")),
        "ManagedPolicyArns", _of("policy_arn"), ("policy_arn",),
    ),
    "aws_iam_user_group_membership": Part((("aws_iam_user", "user"),), "Groups", _of("groups"), ("user", "groups")),
    "aws_iam_group_membership": Part((("aws_iam_user", "users"),), "Groups", _of("group"), ("users", "group")),
    "aws_cloudwatch_event_target": Part((("aws_cloudwatch_event_rule", "rule"),), "Targets", _target, ("rule", "arn")),
    "aws_secretsmanager_secret_version": Part(
        (("aws_secretsmanager_secret", "secret_id"),), "SecretString", _of("secret_string"), ("secret_id", "secret_string"), single=True
    ),
}  # fmt: skip

SILENT = frozenset(
    {
        "aws_cloudwatch_metric_alarm", "aws_cloudwatch_dashboard", "aws_iam_account_alias",
        "aws_s3_bucket_acl", "aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_ownership_controls",
        "aws_s3_bucket_public_access_block", "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
    }
)  # fmt: skip
"""Types without which every call and permission of a workflow is the same."""

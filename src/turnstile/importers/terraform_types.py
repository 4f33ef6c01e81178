"""The resource types of Terraform's AWS provider, as the CloudFormation types of the same meaning.

A `Type` says which attribute is which property and how its value is written there. Attribute names: the provider's
documentation; property names: the CloudFormation Template Reference. An attribute that is not listed has no effect on
calls and permissions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.importers.terraform_ways import (
    Way,
    attributes,
    block,
    blocks,
    command,
    enabled,
    fifo,
    inline_policies,
    listed,
    names,
    parsed,
    parsed_cased,
    qualified,
    same,
    session,
    table,
    tagged,
    variables,
    weights,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json


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
            "inline_policy": ("Policies", inline_policies),
            "managed_policy_arns": ("ManagedPolicyArns", same),
            "max_session_duration": ("MaxSessionDuration", session),
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
    "aws_kms_key": Type("AWS::KMS::Key", {"policy": ("KeyPolicy", parsed), **names("description"), **_TAGS}),
    "aws_kms_alias": Type("AWS::KMS::Alias", {"name": ("AliasName", same), **names("target_key_id")}),
    "aws_s3_bucket": Type(
        "AWS::S3::Bucket", {"bucket": ("BucketName", same), **_TAGS}, policy=("AWS::S3::BucketPolicy", "Bucket")
    ),
    "aws_s3_bucket_policy": Type("AWS::S3::BucketPolicy", {"bucket": ("Bucket", same), **_POLICY}),
    "aws_dynamodb_table": Type(
        "AWS::DynamoDB::Table",
        {
            "name": ("TableName", same),
            "attribute": ("AttributeDefinitions", attributes),
            **names("billing_mode"),
            **_TAGS,
        },
        table,
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
            **names("delay_seconds", "kms_master_key_id"),
            **_TAGS,
        },
        fifo,
        ("AWS::SQS::QueuePolicy", "Queues"),
    ),
    "aws_sqs_queue_policy": Type("AWS::SQS::QueuePolicy", {"queue_url": ("Queues", listed), **_POLICY}),
    "aws_sns_topic": Type(
        "AWS::SNS::Topic",
        {"name": ("TopicName", same), **names("display_name", "kms_master_key_id"), **_TAGS},
        fifo,
        ("AWS::SNS::TopicPolicy", "Topics"),
    ),
    "aws_sns_topic_policy": Type("AWS::SNS::TopicPolicy", {"arn": ("Topics", listed), **_POLICY}),
    "aws_sns_topic_subscription": Type(
        "AWS::SNS::Subscription",
        {
            **names("topic_arn", "protocol", "endpoint", "raw_message_delivery", "filter_policy_scope"),
            "filter_policy": ("FilterPolicy", parsed),
            "redrive_policy": ("RedrivePolicy", parsed),
        },
    ),
    "aws_secretsmanager_secret": Type(
        "AWS::SecretsManager::Secret", {**names("name", "description", "kms_key_id"), **_TAGS}
    ),
    "aws_secretsmanager_secret_policy": Type(
        "AWS::SecretsManager::ResourcePolicy", {"secret_arn": ("SecretId", same), "policy": ("ResourcePolicy", parsed)}
    ),
    "aws_ssm_parameter": Type("AWS::SSM::Parameter", names("name", "type", "value", "description")),
    "aws_cloudwatch_event_bus": Type("AWS::Events::EventBus", {**names("name"), **_TAGS}),
    "aws_cloudwatch_event_connection": Type(
        "AWS::Events::Connection",
        {**names("name", "description", "authorization_type"), "auth_parameters": ("AuthParameters", block)},
    ),
    "aws_lambda_layer_version": Type(
        "AWS::Lambda::LayerVersion", {**names("layer_name", "compatible_runtimes", "description")}
    ),
    "aws_lambda_function": Type(
        "AWS::Lambda::Function",
        {
            **names("function_name", "role", "handler", "runtime", "timeout", "memory_size", "layers", "package_type"),
            "environment": ("Environment", variables),
            **_TAGS,
        },
    ),
    "aws_lambda_alias": Type(
        "AWS::Lambda::Alias", {**names("name", "function_name", "function_version", "description")}
    ),
    "aws_batch_compute_environment": Type(
        "AWS::Batch::ComputeEnvironment",
        {
            "compute_environment_name": ("ComputeEnvironmentName", same),
            "name": ("ComputeEnvironmentName", same),
            "compute_resources": ("ComputeResources", block),
            **names("type", "state", "service_role"),
        },
    ),
    "aws_batch_job_queue": Type(
        "AWS::Batch::JobQueue",
        {
            "name": ("JobQueueName", same),
            "compute_environment_order": ("ComputeEnvironmentOrder", blocks),
            **names("priority", "state"),
        },
    ),
    "aws_batch_job_definition": Type(
        "AWS::Batch::JobDefinition",
        {
            "name": ("JobDefinitionName", same),
            "container_properties": ("ContainerProperties", parsed_cased),
            "retry_strategy": ("RetryStrategy", block),
            "timeout": ("Timeout", block),
            **names("type", "parameters", "platform_capabilities"),
        },
    ),
    "aws_glue_job": Type(
        "AWS::Glue::Job",
        {
            "role_arn": ("Role", same),
            "command": ("Command", command),
            **names("name", "default_arguments", "max_retries", "timeout", "glue_version", "worker_type"),
            **names("number_of_workers"),
        },
    ),
    "aws_ecs_cluster": Type("AWS::ECS::Cluster", {"name": ("ClusterName", same), **_TAGS}),
    "aws_ecs_task_definition": Type(
        "AWS::ECS::TaskDefinition",
        {
            **names("family", "cpu", "memory", "network_mode", "execution_role_arn", "task_role_arn"),
            **names("requires_compatibilities"),
            "container_definitions": ("ContainerDefinitions", parsed_cased),
        },
    ),
    "aws_codebuild_project": Type(
        "AWS::CodeBuild::Project",
        {
            **names("name", "description", "service_role"),
            **names("source", "artifacts", "environment", way=block),
        },
    ),
    "aws_mwaa_environment": Type(
        "AWS::MWAA::Environment",
        {
            **names("name", "execution_role_arn", "dag_s3_path", "source_bucket_arn", "airflow_version"),
            **names("environment_class", "max_workers", "min_workers", "webserver_access_mode"),
            "network_configuration": ("NetworkConfiguration", block),
        },
    ),
    "aws_sfn_activity": Type("AWS::StepFunctions::Activity", {**names("name"), **_TAGS}),
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
        {**names("name", "description"), "routing_configuration": ("RoutingConfiguration", weights)},
    ),
    "aws_cloudwatch_event_rule": Type(
        "AWS::Events::Rule",
        {
            "event_pattern": ("EventPattern", parsed),
            "is_enabled": ("State", enabled),
            **names("name", "event_bus_name", "schedule_expression", "state", "role_arn", "description"),
        },
    ),
    "aws_cloudwatch_event_permission": Type(
        "AWS::Events::EventBusPolicy", names("event_bus_name", "action", "principal", "statement_id")
    ),
    "aws_cloudwatch_log_resource_policy": Type(
        "AWS::Logs::ResourcePolicy", {"policy_name": ("PolicyName", same), "policy_document": ("PolicyDocument", same)}
    ),
    "aws_lambda_permission": Type(
        "AWS::Lambda::Permission",
        {
            **names("action", "function_name", "principal", "source_arn", "source_account", "function_url_auth_type"),
            "principal_org_id": ("PrincipalOrgID", same),
        },
        qualified,
    ),
}
"""In the order in which resources come where nothing else decides."""

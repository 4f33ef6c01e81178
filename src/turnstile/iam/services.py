"""What differs from service to service, as data.

Source: AWS Organizations User Guide, "Resource control policies" (62 prefixes, copy of 2026-09) and the
service models of botocore 1.44.5; both in reference/iam-evaluation.md section 1.
"""

from __future__ import annotations

RESOURCE_CONTROLLED = frozenset(
    """
    aoss appconfig appstream autoscaling autoscaling-plans budgets clouddirectory cloudfront cloudsearch
    cloudtrail-data codeartifact codebuild codecommit codepipeline cognito-identity cognito-idp comprehend
    comprehendmedical compute-optimizer cost-optimization-hub dax dsql dynamodb ecr ecr-public events
    firehose fis fms gamelift health inspector-scan kendra kinesisvideo kms logs memorydb networkmonitor
    notifications opensearch pca-connector-ad personalize polly pricing resource-groups rolesanywhere s3
    secretsmanager servicediscovery signin sqs sts support swf textract timestream-influxdb transcribe
    transfer translate wafv2 workspaces xray
    """.split()  # noqa: SIM905 - words are easier to compare with the page than sixty quoted lines
)
"""Services whose calls resource control policies reach."""

NOT_RESOURCE_CONTROLLED = frozenset({"kms:retiregrant"})
"""Actions of those services that are exempt, in lower case."""

WITHOUT_RESOURCE_POLICIES = frozenset(
    {"airflow", "athena", "batch", "databrew", "ecs", "eks", "elasticmapreduce", "emr-serverless", "iam", "states"}
)
"""Services whose resources have no policy of their own for their own actions: across accounts only a role over there
helps. (A role's trust policy is asked by `sts` alone.)
"""

_CATALOG = frozenset({"catalog", "connection", "database", "table", "userDefinedFunction"})
"""Resources of Glue that the policy of the catalog is about; jobs, crawlers and the like have none."""

ROLE_ASSUMING = frozenset(
    {
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:setcontext",
        "sts:setsourceidentity",
        "sts:tagsession",
    }
)
"""Actions on a role that its trust policy decides, in lower case."""


ALWAYS_ALLOWED = frozenset({"sts:getcalleridentity"})
"""In lower case: what no policy is asked for, not even one that denies it. STS API Reference, "GetCallerIdentity"."""


def has_policy(action: str, resource: str) -> bool:
    """Whether the resource of an action can have a policy of its own."""
    service = service_of(action)
    if service != "glue":
        return service not in WITHOUT_RESOURCE_POLICIES
    kind = resource.rpartition(":")[2].partition("/")[0]
    return resource == "*" or kind in _CATALOG


def service_of(action: str) -> str:
    """The service prefix of an action, in lower case."""
    return action.partition(":")[0].lower()

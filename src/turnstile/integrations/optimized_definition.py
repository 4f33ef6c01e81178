"""What CreateStateMachine refuses in Tasks of optimized integrations: resources and parameters.

A resource that is not offered has AWS's text (reference/integrations.json, error_rules). A member that an API does not
take, or needs and has not, is refused with the texts of AWS SDK integrations (`The field "awsVpcConfiguration" is not
supported by Step Functions` was reported of `ecs:runTask`); which members are asked for at creation is *inferred* from
the documented lists, as are the places. Values of another kind are left to the service. What is computed is not judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.asl.finding import SCHEMA, Finding
from turnstile.integrations import catalog
from turnstile.integrations.answered import answered
from turnstile.integrations.resource import ActivityArn, FunctionArn, Pattern, ServiceApi, parse_resource
from turnstile.integrations.sdk_work import computed, sentence
from turnstile.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.asl.finding import Place
    from turnstile.document import Json
    from turnstile.integrations.sdk_work import Misfit
    from turnstile.integrations.work import Models

_WRITES = (
    "ConditionalOperator ConditionExpression Expected ExpressionAttributeNames ExpressionAttributeValues "
    "ReturnConsumedCapacity ReturnItemCollectionMetrics ReturnValues ReturnValuesOnConditionCheckFailure"
)
_MESSAGES = "MessageAttributes MessageDeduplicationId MessageGroupId"
_LISTED: Mapping[tuple[str, str], tuple[str, str]] = {
    ("apigateway", "invoke"): (
        "ApiEndpoint Method",
        "Headers Stage Path QueryParameters RequestBody AllowNullValues AuthType",
    ),
    ("bedrock", "invokeModel"): (
        "ModelId",
        "Body Input ContentType Accept Output GuardrailIdentifier GuardrailVersion Trace",
    ),
    ("dynamodb", "deleteItem"): ("TableName Key", _WRITES),
    ("dynamodb", "getItem"): (
        "TableName Key",
        "AttributesToGet ConsistentRead ExpressionAttributeNames ProjectionExpression ReturnConsumedCapacity",
    ),
    ("dynamodb", "putItem"): ("TableName Item", _WRITES),
    ("dynamodb", "updateItem"): ("TableName Key", f"AttributeUpdates UpdateExpression {_WRITES}"),
    ("eks", "call"): ("ClusterName CertificateAuthority Endpoint Method Path", "QueryParameters RequestBody"),
    ("eks", "runJob"): ("ClusterName CertificateAuthority Endpoint Job", "Namespace LogOptions"),
    ("elasticmapreduce", "addStep"): ("ClusterId Step", "ExecutionRoleArn"),
    ("elasticmapreduce", "cancelStep"): ("ClusterId StepId", ""),
    ("elasticmapreduce", "modifyInstanceFleetByName"): ("ClusterId InstanceFleetName InstanceFleet", ""),
    ("elasticmapreduce", "modifyInstanceGroupByName"): ("ClusterId InstanceGroupName InstanceGroup", ""),
    ("elasticmapreduce", "setClusterTerminationProtection"): ("ClusterId TerminationProtected", ""),
    ("elasticmapreduce", "terminateCluster"): ("ClusterId", ""),
    ("events", "putEvents"): ("Entries", "EndpointId"),
    ("http", "invoke"): (
        "ApiEndpoint Method",
        "Authentication InvocationConfig Headers QueryParameters RequestBody Transform",
    ),
    ("lambda", "invoke"): ("FunctionName", "ClientContext InvocationType LogType Payload Qualifier"),
    ("sns", "publish"): (
        "Message",
        f"{_MESSAGES} MessageStructure PhoneNumber Subject TargetArn TopicArn",
    ),
    ("sqs", "sendMessage"): (
        "QueueUrl MessageBody",
        f"{_MESSAGES} DelaySeconds MessageSystemAttributes",
    ),
    ("states", "startExecution"): ("StateMachineArn", "Input Name TraceHeader"),
}
"""The members that an API needs, and the others that it takes; of other APIs the service's model tells."""
_TOKENS = ("ClientToken", "ClientRequestToken")
"""Step Functions makes them up where they are missing."""


def findings(state: dict[str, Json], place: Place, models: Models, *, jsonata: bool) -> Iterator[Finding]:
    """What is wrong with the Resource and the parameters of a Task; `place` is the state's."""
    text = str(state.get("Resource"))
    resource = parse_resource(text)
    if isinstance(resource, FunctionArn | ActivityArn):
        return
    if not isinstance(resource, ServiceApi) or not catalog.is_offered(resource):
        yield _unrecognized(text, resource, place)
        return
    field = "Arguments" if jsonata else "Parameters"
    if isinstance(state.get(field), dict):
        known = computed(state[field], jsonata=jsonata)
        yield from (_finding(each, (*place, field)) for each in _misfits(resource, known, models))


def _misfits(resource: ServiceApi, given: dict[str, Json], models: Models) -> Iterator[Misfit]:
    listed = _LISTED.get((resource.service, resource.api))
    if listed is not None:
        needed, others = (names.split() for names in listed)
        yield from (((name,), "unknown", (*needed, *others)) for name in given if name not in (*needed, *others))
        yield from (((name,), "missing", ()) for name in needed if given.get(name) is None)
        return
    called = answered(f"arn:aws:states:::{resource.service}:{resource.api}")
    if called is None or not models.sdk.offers(called.service, called.operation):
        return
    for path, kind, known in models.sdk.misfits(called.service, called.operation, given, complete=True):
        if kind == "unknown" or (kind == "missing" and len(path) == 1 and path[-1] not in _TOKENS):
            yield path, kind, known


def _unrecognized(text: str, resource: ServiceApi | None, place: Place) -> Finding:
    message = (
        f"The resource provided {text} is not recognized. "
        "The value is not a valid resource ARN, or the resource is not available in this region."
    )
    return Finding(SCHEMA, message, (*place, "Resource"), _remedy(resource))


def _remedy(resource: ServiceApi | None) -> str:
    if resource is None:
        return "a Task names a function, an activity, or `arn:aws:states:::<service>:<api>`"
    apis = {(service, api): patterns for service, api, patterns in catalog.offered()}
    patterns = apis.get((resource.service, resource.api))
    if patterns is not None:
        endings = ", ".join(f"`{pattern.value}`" for pattern in patterns if pattern is not Pattern.REQUEST_RESPONSE)
        return f"`{resource.service}:{resource.api}` is offered {f'with {endings}' if endings else 'without an ending'}"
    names = [api for service, api in apis if service == resource.service]
    near = nearest(resource.api, names) if names else nearest(resource.service, {service for service, _ in apis})
    hint = f": did you mean `{near}`?" if near else ""
    if names:
        return f"the optimized integration of `{resource.service}` has no `{resource.api}`{hint}"
    return f"there is no optimized integration of `{resource.service}`{hint or ': any API is called by `aws-sdk:`'}"


def _finding(misfit: Misfit, place: Place) -> Finding:
    path, kind, known = misfit
    near = nearest(str(path[-1]), known) if kind == "unknown" else None
    remedy = f"did you mean `{near}`?" if near else _REMEDIES[kind]
    return Finding(SCHEMA, sentence(misfit), (*place, *path[:-1]), remedy)


_REMEDIES = {
    "unknown": "members have the names of the service's API, beginning with a capital letter",
    "missing": "add it, or compute it with `.$` or an expression",
}

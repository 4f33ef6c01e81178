"""What a refusal of AWS says, read from its text: who asked for what, which layer refused it, and where.

Knows sentences, nothing of files. Texts: IAM User Guide, "Troubleshoot access denied error messages"; the sentences of
Step Functions and the peculiarities of services: reference/cross-account.md section 4, iam-evaluation.md section 5.
What a text does not say stays empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum

from turnstile import arn as arns


class Shape(Enum):
    """Which sentence a refusal is; the value tells what it is about."""

    CALL = "a call that was refused"
    ASSUMPTION = "the workflow's role could not assume the role of a Task"
    SERVICE_TRUST = "a service may not assume the role that it was given"
    MANAGED_RULE = "the workflow's role may not make the rule that tells of the end of jobs"
    LOG_DESTINATION = "the workflow's role may not deliver logs"
    UNEXPLAINED = "a call that was refused without a word why"
    ABSENT_KEY = "a key that is not there, or not for this caller"
    ENCODED = "a refusal whose reasons are encoded"
    EXPIRED = "a call by a session that is over"
    PASSED_ACROSS = "a role of another account was given to a service"


@dataclass(frozen=True, slots=True)
class Denial:
    """A refusal as far as its text goes.

    `caller` is an ARN or a service principal as printed, `effect` is `implicit`, `explicit` or empty, `layer` the kind
    of policy in AWS's words, `policy_arn` the policy named, `service` and `status` those behind the sentence.
    """

    shape: Shape
    text: str
    caller: str = ""
    action: str = ""
    resource: str = ""
    effect: str = ""
    layer: str = ""
    policy_arn: str = ""
    service: str = ""
    status: str = ""
    code: str = ""
    encoded: bool = False

    @property
    def role(self) -> str:
        """The role behind a session, without its path, which sessions do not tell; the caller if it is a role."""
        found = _SESSION.fullmatch(self.caller)
        if found:
            return f"arn:{found['partition']}:iam::{found['account']}:role/{found['role']}"
        return self.caller if ":role/" in self.caller else ""

    @property
    def session(self) -> str:
        """The name of the session, empty for other callers."""
        found = _SESSION.fullmatch(self.caller)
        return found["session"] if found else ""

    @property
    def account(self) -> str:
        """The account of the caller."""
        return _parsed(self.caller).account

    @property
    def owner(self) -> str:
        """The account of the resource, where its ARN tells."""
        return _parsed(self.resource).account

    @property
    def region(self) -> str:
        """The Region of the resource, where its ARN tells."""
        return _parsed(self.resource).region


_SESSION = re.compile(
    r"arn:(?P<partition>[^:]+):sts::(?P<account>[^:]*):assumed-role/(?P<role>[^/\s]+)/(?P<session>\S+)"
)
_NO_ARN = arns.Arn("", "", "", "", "")


def _parsed(text: str) -> arns.Arn:
    try:
        return arns.parse(text)
    except ValueError:
        return _NO_ARN


_LAYERS = (
    r"identity-based|resource-based|role trust|VPC endpoint|service control|resource control|sessions?"
    r"|permissions boundary"
)
_RESOURCE = r"""(?:\\?["'](?P<quoted>[^"'\\]+)\\?["']|(?P<plain>[^\s"'<>,]+))"""
_CALL = re.compile(
    r"(?:(?:User|Principal|Identity): (?P<caller>[^\s\"']+) is )?not authorized to perform:? "
    r"(?P<action>[A-Za-z0-9-]+:[A-Za-z0-9*]+)"
    rf"(?:(?: action)?,? on (?:the )?resource(?:\(s\))?:? {_RESOURCE})?",
    re.IGNORECASE,
)
_IMPLICIT = re.compile(rf"because no (?P<layer>{_LAYERS})(?: (?:policy|policies))? allows? ", re.IGNORECASE)
_EXPLICIT = re.compile(
    rf"with an explicit deny(?: in (?:an? |the )?(?P<layer>{_LAYERS})(?: policy)?)?"
    r"(?: transitively through an? (?P<through>service control|resource control) policy)?"
    r"(?:(?:,? with policy ARN)?: (?P<arn>arn:[^\s\"'<>,]+))?",
    re.IGNORECASE,
)
_NAMED = {
    "role trust": "role trust policy",
    "permissions boundary": "permissions boundary",
    "vpc endpoint": "VPC endpoint policy",
    "session": "session policy",
    "sessions": "session policy",
}
_ASSUMPTION = re.compile(
    r"The role (?P<caller>arn:[^\s\"']+) is not authorized to assume the task state\W?s role, "
    r"(?P<resource>[^\s\"'<>]+)"
)
_TRUST = re.compile(
    r"(?:Neither the global service principal|The principal) (?P<caller>[\w.-]+?)(?:, nor the regional one)? is not?\s?"
    r"authorized to assume the provided role",
    re.IGNORECASE,
)
_NEITHER = re.compile(
    r"Neither the global service principal (?P<caller>[\w.-]+), nor the regional one is authorized to assume"
)
_LAMBDA = re.compile(r"The role defined for the function cannot be assumed by Lambda")
_MANAGED = re.compile(r"'?(?P<caller>arn:[^\s'\"]+)'? is not authorized to create managed-rule")
_LOGS = re.compile(r"The state machine IAM Role is not authorized to access the Log Destination")
_KEY = re.compile(
    r"(?:The ciphertext refers to a customer master key that does not exist|resource does not exist in this Region, no "
    r"resource-based policies allow access)",
    re.IGNORECASE,
)
_OVER = re.compile(r"\bExpiredToken(Exception)?\b|security token included in the request is expired", re.IGNORECASE)
_ACROSS = re.compile(r"Cross-account pass role is not allowed", re.IGNORECASE)
_ENCODED = re.compile(r"Encoded authorization failure message: *(?P<message>[\w-]+)")
_QUEUE = re.compile(r"Access to the resource (?P<resource>https://[^\s\"']+) is denied", re.IGNORECASE)
_BARE = re.compile(
    r"Access ?Denied|UnauthorizedOperation|\b403\b[^\n]{0,80}Forbidden|Forbidden[^\n]{0,80}\b403\b|AuthorizationError",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\(Service: (?P<service>[^;,()]+)[;,] Status Code: (?P<status>\d{3})")
_CODE = re.compile(r"Error Code: (?P<code>[\w.]+)")
_CLIENT = re.compile(r"An error occurred \((?P<code>[\w.]+)\) when calling the (?P<operation>\w+) operation")
_S3 = frozenset(
    {
        "GetObject",
        "HeadObject",
        "PutObject",
        "DeleteObject",
        "ListObjectsV2",
        "ListObjects",
        "ListBuckets",
        "CopyObject",
    }
)
_S3_ACTIONS = {"HeadObject": "GetObject", "ListObjectsV2": "ListBucket", "ListObjects": "ListBucket"}


def read_denial(text: str) -> Denial | None:
    """The refusal in a text, the most telling sentence first; None where it tells of none."""
    text = text.replace('\\"', '"').replace("\\u0027", "'")
    found = next((denial for read in _READINGS if (denial := read(text)) is not None), None)
    return _with_suffix(found, text) if found else None


def _assumption(text: str) -> Denial | None:
    found = _ASSUMPTION.search(text)
    if found is None:
        return None
    role = found["resource"].rstrip(".,;")
    return Denial(Shape.ASSUMPTION, text, found["caller"], "sts:AssumeRole", role)


def _call(text: str) -> Denial | None:
    found = _CALL.search(text)
    if found is None:
        return None
    resource = (found["quoted"] or found["plain"] or "").rstrip(".;:")
    caller = (found["caller"] or "").rstrip(",;")
    plain = Denial(Shape.CALL, text, caller, _action(found["action"]), resource)
    return _because(plain, text[found.end() :])


def _because(denial: Denial, rest: str) -> Denial:
    """With AWS's clause, which stands behind the resource."""
    implicit, explicit = _IMPLICIT.search(rest), _EXPLICIT.search(rest)
    if explicit is not None:
        layer = explicit["through"] or explicit["layer"] or ""
        arn = (explicit["arn"] or "").rstrip(".")
        return replace(denial, effect="explicit", layer=_layer(layer), policy_arn=arn)
    return replace(denial, effect="implicit", layer=_layer(implicit["layer"])) if implicit else denial


def _layer(word: str) -> str:
    word = word.lower()
    return _NAMED.get(word, f"{word} policy" if word else "")


def _action(text: str) -> str:
    """As IAM spells it; the texts of SQS are in small letters."""
    service, _, name = text.partition(":")
    return f"{service.lower()}:{_SQS.get(name, name) if service.lower() == 'sqs' else name}"


_SQS = {
    name.lower(): name
    for name in (
        "ChangeMessageVisibility", "CreateQueue", "DeleteMessage", "DeleteQueue", "GetQueueAttributes", "GetQueueUrl",
        "ListQueues", "PurgeQueue", "ReceiveMessage", "SendMessage", "SetQueueAttributes",
    )
}  # fmt: skip


def _service_trust(text: str) -> Denial | None:
    found = _NEITHER.search(text) or _TRUST.search(text)
    if found is not None:
        return Denial(Shape.SERVICE_TRUST, text, found["caller"], "sts:AssumeRole")
    if _LAMBDA.search(text):
        return Denial(Shape.SERVICE_TRUST, text, "lambda.amazonaws.com", "sts:AssumeRole")
    return None


def _managed_rule(text: str) -> Denial | None:
    found = _MANAGED.search(text)
    return Denial(Shape.MANAGED_RULE, text, found["caller"], "events:PutRule") if found else None


def _logs(text: str) -> Denial | None:
    return Denial(Shape.LOG_DESTINATION, text, action="logs:CreateLogDelivery") if _LOGS.search(text) else None


def _key(text: str) -> Denial | None:
    if not _KEY.search(text):
        return None
    call = _call(text)
    return (
        replace(call, shape=Shape.ABSENT_KEY) if call else Denial(Shape.ABSENT_KEY, text, action=_client(text, "kms"))
    )


def _encoded(text: str) -> Denial | None:
    return Denial(Shape.ENCODED, text, action=_client(text, "ec2"), encoded=True) if _ENCODED.search(text) else None


def _bare(text: str) -> Denial | None:
    queue = _QUEUE.search(text)
    if queue is not None:
        return Denial(Shape.UNEXPLAINED, text, action=_client(text, "sqs"), resource=_queue_arn(queue["resource"]))
    return Denial(Shape.UNEXPLAINED, text, action=_client(text, "")) if _BARE.search(text) else None


def _client(text: str, service: str) -> str:
    """The action of the operation that a Python client names; empty where the service is not known."""
    found = _CLIENT.search(text)
    if found is None:
        return ""
    operation = found["operation"]
    if not service and operation in _S3:
        service, operation = "s3", _S3_ACTIONS.get(operation, operation)
    return f"{service}:{operation}" if service else ""


def _queue_arn(url: str) -> str:
    found = re.fullmatch(r"https://(?:sqs\.)?(?P<region>[a-z0-9-]+)\.[^/]+/(?P<account>\d{12})/(?P<name>[\w.-]+)", url)
    return f"arn:aws:sqs:{found['region']}:{found['account']}:{found['name']}" if found else url


def _with_suffix(denial: Denial, text: str) -> Denial:
    suffix, code, client = _SUFFIX.search(text), _CODE.search(text), _CLIENT.search(text)
    return replace(
        denial,
        service=suffix["service"] if suffix else "",
        status=suffix["status"] if suffix else "",
        code=code["code"] if code else client["code"] if client else "",
        encoded=_ENCODED.search(text) is not None,
    )


def _expired(text: str) -> Denial | None:
    return Denial(Shape.EXPIRED, text, action=_client(text, "")) if _OVER.search(text) else None


def _passed_across(text: str) -> Denial | None:
    return Denial(Shape.PASSED_ACROSS, text, action="iam:PassRole") if _ACROSS.search(text) else None


_READINGS = (_assumption, _key, _call, _service_trust, _managed_rule, _logs, _encoded, _expired, _passed_across, _bare)

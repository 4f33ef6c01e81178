"""The grammar of the policy language as tables: which elements exist, who may use them, how values look.

Source: IAM User Guide, "Grammar of the IAM JSON policy language" and the pages of the elements. Whether a
service exists or an action is spelled right is not known here.
"""

from __future__ import annotations

import re

from turnstile.iam.policy import Kind

VERSIONS = ("2008-10-17", "2012-10-17")

POLICY_ELEMENTS = ("Version", "Id", "Statement")

STATEMENT_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)

WITH_PRINCIPAL = frozenset({Kind.RESOURCE, Kind.TRUST, Kind.RCP})
"""Kinds whose statements name a principal; in the others it is the one the policy is attached to."""

WITHOUT_NOT_PRINCIPAL = frozenset({Kind.TRUST, Kind.RCP})

CALLED = {
    Kind.IDENTITY: "an identity-based policy",
    Kind.RESOURCE: "a resource-based policy",
    Kind.TRUST: "a role trust policy",
    Kind.BOUNDARY: "a permissions boundary",
    Kind.SESSION: "a session policy",
    Kind.SCP: "a service control policy",
    Kind.RCP: "a resource control policy",
}

ACTION = re.compile(r"\*|\*:\*|[A-Za-z0-9][A-Za-z0-9-]*:[A-Za-z0-9_*?./-]+")
"""A lone star, or a service prefix without wildcards and a name with or without them."""

TRUST_ACTIONS = frozenset(
    {
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:setcontext",
        "sts:setsourceidentity",
        "sts:tagsession",
    }
)
"""In lower case: what IAM takes in a trust policy ("AssumeRole policy may only specify STS AssumeRole actions").

Reported for actions of other services, for `*` and for `sts:*`; that every other pattern is refused too is *inferred*.
"""

RESOURCE = re.compile(r"\*|arn:[^:]*(:.*)?|execute-api:/.*", re.DOTALL)
"""A lone star, an ARN (an incomplete one is completed), or the short form of API Gateway."""

CONDITION_KEY = re.compile(r"([^:\s/]+|[^:\s/]+\.[^:\s]+):\S.*", re.DOTALL)
"""A prefix and a name; the prefix of an identity provider's keys is its address, path and all."""

ACCOUNT = re.compile(r"\d{12}")

UNIQUE_ID = re.compile(r"A(RO|ID)A[A-Z0-9]+|A[A-Z]{2}A[A-Z0-9]{12,}")
"""Of a role (AROA) or user (AIDA), or of something else if it is long enough to be no word."""

PRINCIPAL_ARN = re.compile(
    r"""arn:[a-z-]+:(?:
        iam::(?P<account>[^:]*):(?:root|(?:user|role)/.+)
        | sts::(?P<session>[^:]*):(?:assumed-role/[^/]+/[^/]+|federated-user/.+)
    )""",
    re.VERBOSE,
)

ORIGIN_ACCESS = "cloudfront"
"""Stands in the account field of a CloudFront origin access identity."""

SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")

PRINCIPAL_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")

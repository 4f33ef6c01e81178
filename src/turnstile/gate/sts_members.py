"""The members of STS's operations that it checks before any policy: lengths, characters, numbers, tags.

STS API Reference. Texts: "1 validation error detected" as every query service writes it; those of tags are *inferred*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile import arn as arns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from turnstile.document import Json


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an operation: what STS says of a value that it does not take, and the remedy."""

    name: str
    complaint: Callable[[Json], str | None]
    help: str
    required: bool = True


_DETECTED = "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: Member must "


def _detected(value: Json, name: str, constraint: str) -> str:
    return _DETECTED.format(value, name[:1].lower() + name[1:]) + constraint


def _text(name: str, least: int, most: int, pattern: str = "") -> Callable[[Json], str | None]:
    """A text of so many characters of a pattern, as the API Reference writes it."""
    compiled = re.compile(pattern.replace(r"\/", "/"), re.ASCII) if pattern else None

    def complaint(value: Json) -> str | None:
        if not isinstance(value, str):
            return _detected(value, name, "be text")
        if compiled is not None and not compiled.fullmatch(value):
            return _detected(value, name, f"satisfy regular expression pattern: {pattern}")
        if len(value) < least:
            return _detected(value, name, f"have length greater than or equal to {least}")
        return _detected(value, name, f"have length less than or equal to {most}") if len(value) > most else None

    return complaint


def _seconds(most: int) -> Callable[[Json], str | None]:
    def complaint(value: Json) -> str | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return _detected(value, "durationSeconds", "be a whole number")
        if value < _SHORTEST:
            return _detected(value, "durationSeconds", f"have value greater than or equal to {_SHORTEST}")
        return _detected(value, "durationSeconds", f"have value less than or equal to {most}") if value > most else None

    return complaint


def _arn(value: Json) -> str | None:
    try:
        arns.parse(value if isinstance(value, str) else "")
    except ValueError:
        return f"{value} is invalid"
    return None


def _role(value: Json) -> str | None:
    """An ARN whose account is no account, as one that was put together wrongly: text reported by users of STS."""
    complaint = _arn(value)
    if complaint is None and not _ACCOUNT.fullmatch(arns.parse(str(value)).account):
        return "Request ARN is invalid"
    return complaint


def _tags(value: Json) -> str | None:
    """Up to 50 keys of 1 to 128 characters, told apart without regard to case, with values of up to 256."""
    if not isinstance(value, list) or not all(isinstance(tag, dict) for tag in value):
        return _detected(value, "tags", "be a list")
    if len(value) > _MOST_TAGS:
        return _detected(value, "tags", f"have length less than or equal to {_MOST_TAGS}")
    for place, tag in enumerate(value, 1):
        for part, least, most, pattern in _TAG_PARTS:
            name = f"tags.{place}.member.{part.lower()}"
            if (found := _text(name, least, most, pattern)(tag.get(part, ""))) is not None:
                return found
    keys = {str(tag["Key"]).casefold() for tag in value}
    return (
        None if len(keys) == len(value) else "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    )


_ACCOUNT = re.compile(r"[0-9]{12}")
_SHORTEST, _MOST_TAGS = 900, 50
_TAG_PARTS = (("Key", 1, 128, ""), ("Value", 0, 256, ""))
"""Without the character classes, which Python's expressions lack: control characters pass (*inferred* to be rare)."""

_NAME = r"[\w+=,.@-]*"
_ROLE = Member("RoleArn", _role, "name a role by its ARN, such as `arn:aws:iam::111122223333:role/Name`")
_SESSION_NAME = Member(
    "RoleSessionName",
    _text("RoleSessionName", 2, 64, _NAME),
    "a session name has 2 to 64 letters, digits and `_+=,.@-`",
)
_EXTERNAL_ID = Member(
    "ExternalId",
    _text("ExternalId", 2, 1224, r"[\w+=,.@:\/-]*"),
    "Step Functions sends the ARN of the state machine: rename the machine with letters, digits and `_+=,.@-` only",
    required=False,
)
_SOURCE = Member(
    "SourceIdentity",
    _text("SourceIdentity", 2, 64, _NAME),
    "a source identity has 2 to 64 letters, digits and `_+=,.@-`",
    required=False,
)
_TAGS = Member("Tags", _tags, "up to 50 tags; a key has 1 to 128 characters, a value up to 256", required=False)


def _duration(most: int) -> Member:
    help_ = f"a session lasts {_SHORTEST} to {most} seconds"
    return Member("DurationSeconds", _seconds(most), help_, required=False)


_ROLE_LONGEST, _USER_LONGEST = 43_200, 129_600

MEMBERS: Mapping[str, tuple[Member, ...]] = {
    "AssumeRole": (_ROLE, _SESSION_NAME, _EXTERNAL_ID, _SOURCE, _duration(_ROLE_LONGEST), _TAGS),
    "AssumeRoleWithWebIdentity": (
        _ROLE,
        _SESSION_NAME,
        Member("WebIdentityToken", _text("WebIdentityToken", 4, 20_000), "it is a JSON Web Token"),
        _duration(_ROLE_LONGEST),
    ),
    "AssumeRoleWithSAML": (
        _ROLE,
        Member("PrincipalArn", _arn, "it is the ARN of a SAML provider"),
        Member("SAMLAssertion", _text("SAMLAssertion", 4, 100_000), "it is a SAML response in Base64"),
        _duration(_ROLE_LONGEST),
    ),
    "GetFederationToken": (
        Member("Name", _text("Name", 2, 32, _NAME), "a name has 2 to 32 letters, digits and `_+=,.@-`"),
        _duration(_USER_LONGEST),
        _TAGS,
    ),
    "GetSessionToken": (_duration(_USER_LONGEST),),
    "GetAccessKeyInfo": (
        Member("AccessKeyId", _text("AccessKeyId", 16, 128, r"[\w]*"), "it has at least 16 letters and digits"),
    ),
    "DecodeAuthorizationMessage": (
        Member("EncodedMessage", _text("EncodedMessage", 1, 10_240), "it is the text in an error of EC2"),
    ),
}
"""By operation of `sts`, in the order in which they are looked at."""

"""What is wrong with a value of a Principal element, kind by kind.

IAM User Guide, "AWS JSON policy elements: Principal": a wildcard inside a principal ARN is invalid, `*` alone
is not, but for services. Whether the principal exists is not known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from turnstile.iam import grammar

if TYPE_CHECKING:
    from collections.abc import Callable

_Fault = tuple[str, str, str]


def principal_fault(kind: str, value: str) -> _Fault | None:
    """Code, message and help for a value that AWS would refuse, None for a good one."""
    if value == "*" and kind == "Service":
        remedy = 'name the services, or write `"*"` and narrow it with a condition on `aws:PrincipalIsAWSService`'
        return "wildcard-principal", "not every service can be named at once", remedy
    if value == "*":
        return None
    if "*" in value or "?" in value:
        remedy = 'write `"*"` and narrow it with a condition on `aws:PrincipalArn`'
        return "wildcard-principal", f"`{value}` has a wildcard inside a principal", remedy
    return _KINDS[kind](value)


def _aws(value: str) -> _Fault | None:
    if grammar.ACCOUNT.fullmatch(value) or grammar.UNIQUE_ID.fullmatch(value):
        return None
    if value.isdecimal():
        return _bad_account(value, value)
    found = grammar.PRINCIPAL_ARN.fullmatch(value)
    if found is None:
        remedy = "name an account id, or the ARN of an account root, a role, a user or a complete role session"
        return "bad-principal", f"`{value}` is not a principal", remedy
    account = found["account"] if found["account"] is not None else found["session"]
    good = account == grammar.ORIGIN_ACCESS or grammar.ACCOUNT.fullmatch(account)
    return None if good else _bad_account(account, value)


def _bad_account(account: str, value: str) -> _Fault:
    return (
        "bad-account-id",
        f"`{account}` in principal `{value}` is not an account id",
        "an account id has 12 digits",
    )


def _service(value: str) -> _Fault | None:
    if grammar.SERVICE.fullmatch(value):
        return None
    remedy = f"did you mean `{value.lower()}.amazonaws.com`?" if value.isalnum() else "such as `states.amazonaws.com`"
    return "bad-principal", f"`{value}` is not a service principal", remedy


def _federated(value: str) -> _Fault | None:
    if value.strip():
        return None
    return (
        "bad-principal",
        "a federated principal has no name",
        "name the ARN or the domain of the identity provider",
    )


def _canonical(value: str) -> _Fault:
    remedy = "name the account id under `AWS` instead"
    return "unsupported-canonical-user", f"canonical user `{value}` is not emulated", remedy


_KINDS: dict[str, Callable[[str], _Fault | None]] = {
    "AWS": _aws,
    "Service": _service,
    "Federated": _federated,
    "CanonicalUser": _canonical,
}

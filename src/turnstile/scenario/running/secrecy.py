"""Which values of a world no report may show, wherever they turn up: those that its declarations keep as secrets.

They are the values of `NoEcho` parameters, of secrets and encrypted parameters, and of variables of functions whose
names look secret. What names a resource is none, so that refusals stay readable. Knows declarations, masks nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from turnstile.report.secret_keys import is_secret_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from turnstile.document import Json
    from turnstile.world.declaration import AccountDeclaration, Resource

_SHORTEST = 6
"""Characters of a value that no word of a report has by chance."""


def kept_secret(accounts: Iterable[AccountDeclaration]) -> frozenset[str]:
    """The values that no report of these accounts may show."""
    listed = tuple(accounts)
    found = {value for account in listed for value in _held(account) if len(value) >= _SHORTEST}
    names = {text for account in listed for each in account.resources for text in _names(each)}
    plain = {value for value in found if value not in names and not value.startswith("arn:")}
    return frozenset(plain).union(*(account.secrets for account in listed))


def _held(account: AccountDeclaration) -> Iterator[str]:
    for function in account.functions:
        yield from (value for name, value in function.environment.items() if is_secret_text(name))
    for resource in account.resources:
        yield from _of_resource(resource)


def _of_resource(resource: Resource) -> Iterator[str]:
    given = resource.parameters
    match resource.service, resource.operation:
        case "secretsmanager", "CreateSecret" | "PutSecretValue":
            yield from _of_text(given.get("SecretString"))
        case "ssm", "PutParameter" if given.get("Type") == "SecureString":
            yield from _of_text(given.get("Value"))


def _of_text(text: Json) -> Iterator[str]:
    """A secret, and the secret members of one that is JSON, as those of a database are."""
    if not isinstance(text, str):
        return
    yield text
    try:
        inner = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(inner, dict):
        yield from (value for key, value in inner.items() if isinstance(value, str) and is_secret_text(key))


def _names(resource: Resource) -> Iterator[str]:
    return (value for key, value in resource.parameters.items() if key.endswith("Name") and isinstance(value, str))

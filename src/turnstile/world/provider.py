"""Identity providers of an account: who else may say who somebody is (OpenID Connect and SAML)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, eq=False)
class OidcProvider:
    """An OpenID Connect provider; `url` has no scheme, as in the ARN. `clients` are audiences it may speak to."""

    arn: str
    url: str
    account: str
    clients: tuple[str, ...] = ()
    thumbprints: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    made: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class SamlProvider:
    """A SAML provider; `metadata` is the XML document it was made with."""

    arn: str
    name: str
    account: str
    metadata: str
    tags: Mapping[str, str] = field(default_factory=dict)
    made: float = 0.0

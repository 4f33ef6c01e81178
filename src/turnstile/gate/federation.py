"""Who calls when nobody has signed: the identity in the token of AssumeRoleWithWebIdentity and AssumeRoleWithSAML.

Tokens are believed whoever signed them, for an emulator has no business with the keys of identity providers; that they
are of a provider that the role's account knows, for the right audience and not expired is checked. Sources: IAM User
Guide, "Creating a role for web identity or OpenID Connect federation", "Available keys for AWS OIDC federation",
"Pass session tags"; error texts as reported by users.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from turnstile.gate.context import timestamp
from turnstile.gate.errors import ServiceError
from turnstile.gate.validation import malformed
from turnstile.world.caller import FederatedIdentity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call
    from turnstile.world.provider import OidcProvider
    from turnstile.world.world import Account, World

_PARTS = 3
_BUILT_IN = frozenset({"accounts.google.com", "cognito-identity.amazonaws.com"})
"""Providers of Json Web Tokens that every account knows; policies name them by their domain."""
_TAGS, _SOURCE = "https://aws.amazon.com/tags", "https://aws.amazon.com/source_identity"


def identified(call: Call, world: World) -> Call:
    """The call by whom its token names; other calls, and those whose members STS refuses anyway, as they are.

    Raises:
        ServiceError: the token is none, of a provider that the account of the role does not know, or has expired.
    """
    role = call.parameters.get("RoleArn")
    account = world.owner(role) if isinstance(role, str) else None
    if malformed(call, world) is not None:
        return call
    if call.operation == "AssumeRoleWithWebIdentity":
        return replace(call, caller=_by_token(call.parameters["WebIdentityToken"], account, world.clock.now()))
    if call.operation == "AssumeRoleWithSAML":
        from turnstile.gate.saml import by_assertion  # noqa: PLC0415 - loads an XML parser

        return replace(call, caller=by_assertion(call.parameters, account))
    return call


def _by_token(token: str, account: Account | None, now: float) -> FederatedIdentity:
    claims = _claims(token)
    url = str(claims["iss"]).partition("://")[2] or str(claims["iss"])
    url = url.rstrip("/")
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    provider = url
    if url not in _BUILT_IN:
        provider = _known(url, [*audience, claims.get("azp")], account).arn
    _fresh(claims, now)
    return _identity(claims, url, provider, str(audience[0]))


def _identity(claims: Mapping[str, Json], url: str, provider: str, audience: str) -> FederatedIdentity:
    """With `azp`, that is the audience and `aud` the original one."""
    party = claims.get("azp")
    keys: dict[str, str | tuple[str, ...]] = {f"{url}:sub": str(claims["sub"])}
    keys[f"{url}:aud"] = str(party or audience)
    if party:
        keys[f"{url}:oaud"] = audience
    if isinstance(claims.get("amr"), list):
        keys[f"{url}:amr"] = tuple(map(str, claims["amr"]))
    elsewhere = claims.get(_TAGS)
    given = elsewhere if isinstance(elsewhere, dict) else {}
    tags = {str(key): str(_first(value)) for key, value in (given.get("principal_tags") or {}).items()}
    transitive = frozenset(map(str, given.get("transitive_tag_keys") or ()))
    source = str(claims.get(_SOURCE, ""))
    return FederatedIdentity(provider, url, str(claims["sub"]), str(party or audience), keys, tags, transitive, source)


def _first(value: Json) -> Json:
    return value[0] if isinstance(value, list) and value else value


def _claims(token: str) -> Mapping[str, Json]:
    """What a JSON Web Token claims; its signature is not looked at."""
    parts = token.split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError, binascii.Error):
        claims = None
    if not isinstance(claims, dict) or len(parts) != _PARTS:
        raise ServiceError("InvalidIdentityToken", "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")  # fmt: skip # noqa: E501 - the text
    for name in ("iss", "sub", "aud"):
        if not claims.get(name):
            raise ServiceError("InvalidIdentityToken", f"Missing a required claim: {name}")
    return claims


def _known(url: str, audience: list[Json], account: Account | None) -> OidcProvider:
    found = (each for each in account.oidc_providers.values() if each.url == url) if account else iter(())
    provider = next(found, None)
    if provider is None:
        raise ServiceError("InvalidIdentityToken", f"No OpenIDConnect provider found in your account for https://{url}")
    if not any(each in provider.clients for each in audience):
        raise ServiceError("InvalidIdentityToken", "Incorrect token audience")
    return provider


def _fresh(claims: Mapping[str, Json], now: float) -> None:
    end = claims.get("exp")
    if isinstance(end, int | float) and end <= now:
        text = f"Token expired: current date/time {timestamp(now)} must be before the expiration date/time"
        raise ServiceError("ExpiredTokenException", f"{text} {timestamp(end)}")

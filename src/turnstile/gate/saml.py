"""SAML responses: the identity, session tags and condition keys in them. Signatures are not looked at.

IAM User Guide, "Configure SAML assertions for the authentication response", "Available keys for SAML-based federation".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from turnstile.gate.errors import ServiceError
from turnstile.world.caller import FederatedIdentity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.document import Json
    from turnstile.world.world import Account

_NAMES = {"saml": "urn:oasis:names:tc:SAML:2.0:assertion"}
_ATTRIBUTE = "https://aws.amazon.com/SAML/Attributes/"
_FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format:"


def by_assertion(parameters: Mapping[str, Json], account: Account | None) -> FederatedIdentity:
    """Whom a response names; its provider must be one of the account.

    Raises:
        ServiceError: it is no response, or not for this role, or of another provider.
    """
    provider = str(parameters.get("PrincipalArn", ""))
    if account is None or provider not in account.saml_providers:
        raise ServiceError("ValidationError", f"Specified provider doesn't exist (service: {provider})")
    assertion = _assertion(str(parameters["SAMLAssertion"]))
    attributes = _attributes(assertion)
    if not any(_same(role, parameters["RoleArn"], provider) for role in attributes.get(f"{_ATTRIBUTE}Role", ())):
        raise ServiceError("IDPRejectedClaim", "Your request included an invalid SAML response for the role", 403)
    return _identity(assertion, attributes, provider, account.id)


def _same(written: str, role: str, provider: str) -> bool:
    """A role attribute names role and provider, in either order."""
    return sorted(part.strip() for part in written.split(",")) == sorted((role, provider))


def _identity(
    assertion: ET.Element, attributes: Mapping[str, tuple[str, ...]], provider: str, account: str
) -> FederatedIdentity:
    subject = assertion.find("saml:Subject/saml:NameID", _NAMES)
    confirmation = assertion.find("saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData", _NAMES)
    issuer = assertion.findtext("saml:Issuer", "", _NAMES).strip()
    name = (subject.text or "").strip() if subject is not None else ""
    if not issuer or not name:
        raise ServiceError("InvalidIdentityToken", "Invalid SAML response: the assertion has no issuer or no subject")
    audience = confirmation.get("Recipient", "") if confirmation is not None else ""
    form = subject.get("Format", "") if subject is not None else ""
    keys: dict[str, str | tuple[str, ...]] = {
        "saml:aud": audience,
        "saml:iss": issuer,
        "saml:sub": name,
        "saml:sub_type": form.removeprefix(_FORMAT) if form.startswith(_FORMAT) else form,
        "saml:doc": f"{account}/{provider.rpartition('/')[2]}",
        "saml:namequalifier": qualifier(issuer, account, provider),
    }
    tags = {
        key.removeprefix(f"{_ATTRIBUTE}PrincipalTag:"): values[0]
        for key, values in attributes.items()
        if key.startswith(f"{_ATTRIBUTE}PrincipalTag:") and values
    }
    transitive = frozenset(attributes.get(f"{_ATTRIBUTE}TransitiveTagKeys", ()))
    source = next(iter(attributes.get(f"{_ATTRIBUTE}SourceIdentity", ())), "")
    return FederatedIdentity(provider, issuer, name, audience, keys, tags, transitive, source)


def qualifier(issuer: str, account: str, provider: str) -> str:
    """The hash that tells equal subjects of two providers apart: Base64 of SHA-1 (API Reference, `NameQualifier`)."""
    text = f"{issuer}{account}/{provider.rpartition('/')[2]}"
    return base64.b64encode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode()


def _attributes(assertion: ET.Element) -> dict[str, tuple[str, ...]]:
    return {
        attribute.get("Name", ""): tuple(
            (value.text or "").strip() for value in attribute.findall("saml:AttributeValue", _NAMES)
        )
        for attribute in assertion.iterfind("saml:AttributeStatement/saml:Attribute", _NAMES)
    }


def session_name(text: str) -> str:
    """The name of the session that a response asks for.

    Raises:
        ServiceError: it has none.
    """
    found = _attributes(_assertion(text)).get(f"{_ATTRIBUTE}RoleSessionName", ())
    if not found or not found[0]:
        raise ServiceError("InvalidIdentityToken", "RoleSessionName is required in AuthnResponse")
    return found[0]


def _assertion(text: str) -> ET.Element:
    """The assertion in a response; a document that declares entities is refused."""
    try:
        document = base64.b64decode(text, validate=True)
        if b"<!" in document.replace(b"<!--", b""):
            raise ServiceError("InvalidIdentityToken", "Invalid base64 SAMLResponse: a document type is not allowed")
        root = ET.fromstring(document)  # noqa: S314 - what could declare entities was refused above
    except (binascii.Error, ET.ParseError):
        raise ServiceError("InvalidIdentityToken", "Invalid base64 SAMLResponse") from None
    found = root if root.tag.endswith("}Assertion") else root.find(".//saml:Assertion", _NAMES)
    if found is None:
        raise ServiceError("InvalidIdentityToken", "Invalid SAML response: it has no assertion")
    return found

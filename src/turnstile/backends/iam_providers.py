"""IAM: identity providers, OpenID Connect and SAML. Shapes and error texts: IAM API Reference; some *inferred*."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from turnstile.arn import Arn
from turnstile.backends.iam_entities import date, tag_list, tags_of
from turnstile.gate.errors import ServiceError
from turnstile.world.provider import OidcProvider, SamlProvider

if TYPE_CHECKING:
    from collections.abc import Mapping

    from turnstile.backends.iam_entities import Operation, Parameters
    from turnstile.gate.call import Output
    from turnstile.world.world import Account, World

_MOST_CLIENTS = 100


def _oidc(account: Account, parameters: Parameters) -> OidcProvider:
    arn = str(parameters["OpenIDConnectProviderArn"])
    if arn not in account.oidc_providers:
        raise ServiceError("NoSuchEntity", f"OpenIDConnect Provider not found for arn {arn}", 404)
    return account.oidc_providers[arn]


def _create_oidc(world: World, account: Account, parameters: Parameters) -> Output:
    scheme, _, url = str(parameters["Url"]).partition("://")
    url = url.rstrip("/")
    if scheme != "https" or not url:
        raise ServiceError("ValidationError", "Invalid Open ID Connect Provider URL")
    arn = str(Arn(account.partition, "iam", "", account.id, f"oidc-provider/{url}"))
    if arn in account.oidc_providers:
        text = f"Provider with url https://{url} already exists."
        raise ServiceError("EntityAlreadyExists", text, 409)
    clients, prints = parameters.get("ClientIDList") or (), parameters.get("ThumbprintList") or ()
    tags = tags_of(parameters)
    account.oidc_providers[arn] = OidcProvider(
        arn, url, account.id, tuple(clients), tuple(prints), tags, world.clock.now()
    )
    return {"OpenIDConnectProviderArn": arn} | ({"Tags": tag_list(tags)} if tags else {})


def _get_oidc(_world: World, account: Account, parameters: Parameters) -> Output:
    found = _oidc(account, parameters)
    return {
        "Url": found.url,
        "ClientIDList": list(found.clients),
        "ThumbprintList": list(found.thumbprints),
        "CreateDate": date(found.made),
        "Tags": tag_list(found.tags),
    }


def _list_oidc(_world: World, account: Account, _parameters: Parameters) -> Output:
    return {"OpenIDConnectProviderList": [{"Arn": arn} for arn in account.oidc_providers]}


def _delete_oidc(_world: World, account: Account, parameters: Parameters) -> Output:
    account.oidc_providers.pop(str(parameters["OpenIDConnectProviderArn"]), None)
    return {}


def _add_client(_world: World, account: Account, parameters: Parameters) -> Output:
    found = _oidc(account, parameters)
    clients = tuple(dict.fromkeys((*found.clients, str(parameters["ClientID"]))))
    if len(clients) > _MOST_CLIENTS:
        text = f"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {_MOST_CLIENTS}"
        raise ServiceError("LimitExceeded", text, 409)
    account.oidc_providers[found.arn] = dataclasses.replace(found, clients=clients)
    return {}


def _remove_client(_world: World, account: Account, parameters: Parameters) -> Output:
    found = _oidc(account, parameters)
    clients = tuple(each for each in found.clients if each != parameters["ClientID"])
    account.oidc_providers[found.arn] = dataclasses.replace(found, clients=clients)
    return {}


def _thumbprints(_world: World, account: Account, parameters: Parameters) -> Output:
    found, prints = _oidc(account, parameters), tuple(parameters["ThumbprintList"])
    account.oidc_providers[found.arn] = dataclasses.replace(found, thumbprints=prints)
    return {}


def _saml(account: Account, parameters: Parameters) -> SamlProvider:
    arn = str(parameters["SAMLProviderArn"])
    if arn not in account.saml_providers:
        raise ServiceError("NoSuchEntity", f"Manifest not found for arn {arn}", 404)
    return account.saml_providers[arn]


def _create_saml(world: World, account: Account, parameters: Parameters) -> Output:
    name, tags = str(parameters["Name"]), tags_of(parameters)
    arn = str(Arn(account.partition, "iam", "", account.id, f"saml-provider/{name}"))
    if arn in account.saml_providers:
        raise ServiceError("EntityAlreadyExists", f"SAML provider with name {name} already exists.", 409)
    metadata = str(parameters["SAMLMetadataDocument"])
    account.saml_providers[arn] = SamlProvider(arn, name, account.id, metadata, tags, world.clock.now())
    return {"SAMLProviderArn": arn} | ({"Tags": tag_list(tags)} if tags else {})


def _get_saml(_world: World, account: Account, parameters: Parameters) -> Output:
    found = _saml(account, parameters)
    made, tags = date(found.made), tag_list(found.tags)
    return {"SAMLMetadataDocument": found.metadata, "CreateDate": made, "Tags": tags}


def _list_saml(_world: World, account: Account, _parameters: Parameters) -> Output:
    found = account.saml_providers.values()
    return {"SAMLProviderList": [{"Arn": each.arn, "CreateDate": date(each.made)} for each in found]}


def _update_saml(_world: World, account: Account, parameters: Parameters) -> Output:
    found = _saml(account, parameters)
    metadata = str(parameters.get("SAMLMetadataDocument", found.metadata))
    account.saml_providers[found.arn] = dataclasses.replace(found, metadata=metadata)
    return {"SAMLProviderArn": found.arn}


def _delete_saml(_world: World, account: Account, parameters: Parameters) -> Output:
    del account.saml_providers[_saml(account, parameters).arn]
    return {}


PROVIDERS: Mapping[str, Operation] = {
    "AddClientIDToOpenIDConnectProvider": _add_client,
    "CreateOpenIDConnectProvider": _create_oidc,
    "CreateSAMLProvider": _create_saml,
    "DeleteOpenIDConnectProvider": _delete_oidc,
    "DeleteSAMLProvider": _delete_saml,
    "GetOpenIDConnectProvider": _get_oidc,
    "GetSAMLProvider": _get_saml,
    "ListOpenIDConnectProviders": _list_oidc,
    "ListSAMLProviders": _list_saml,
    "RemoveClientIDFromOpenIDConnectProvider": _remove_client,
    "UpdateOpenIDConnectProviderThumbprint": _thumbprints,
    "UpdateSAMLProvider": _update_saml,
}
"""By operation of `iam`."""

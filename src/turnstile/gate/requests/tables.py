"""DynamoDB: tables by name or ARN, indexes, and the entries of batches, transactions and PartiQL statements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from turnstile.gate.permission import Permission
from turnstile.gate.requests.place import local, on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from turnstile.document import Json
    from turnstile.gate.call import Call
    from turnstile.gate.permission import Row
    from turnstile.iam.request import ContextValue
    from turnstile.world.world import World


def _table(call: Call, name: Json) -> str:
    text = str(name or "")
    return text if text.startswith("arn:") else local(call, "dynamodb", f"table/{text}")


def _on_item(action: str) -> Row:
    """A row on the table of one item, with the attributes the expressions of the call show."""

    def row(call: Call, world: World) -> tuple[Permission, ...]:
        table = _table(call, call.parameters.get("TableName"))
        given = call.parameters.get("Key") or call.parameters.get("Item") or {}
        return (on(action, table, call, world, {**_leading(world, table, [given]), **_shown(call)}),)

    return row


def _on_items(action: str) -> Row:
    """A row on the index that is read, else on the table."""

    def row(call: Call, world: World) -> tuple[Permission, ...]:
        table = _table(call, call.parameters.get("TableName"))
        index = call.parameters.get("IndexName")
        keys = {**_queried(call, world, table), **_shown(call)}
        return (on(action, f"{table}/index/{index}" if index else table, call, world, keys),)

    return row


def _leading(world: World, table: str, items: Iterable[Mapping[str, Json]]) -> dict[str, ContextValue]:
    """`dynamodb:LeadingKeys`: the hash keys of the items; a key of one attribute needs no schema to be told."""
    attribute = world.known.hash_keys.get(table)
    found = []
    for item in items:
        name = attribute or (next(iter(item)) if len(item) == 1 else None)
        found += [str(value) for value in (item.get(name) or {}).values()] if name else []
    return {"dynamodb:LeadingKeys": tuple(dict.fromkeys(found))} if found else {}


_EQUALS = re.compile(r"(#?\w+)\s*=\s*(:\w+)")


def _queried(call: Call, world: World, table: str) -> dict[str, ContextValue]:
    """The hash key in the condition of a Query."""
    attribute, names = world.known.hash_keys.get(table), call.parameters.get("ExpressionAttributeNames") or {}
    values = call.parameters.get("ExpressionAttributeValues") or {}
    for name, value in _EQUALS.findall(str(call.parameters.get("KeyConditionExpression", ""))):
        if names.get(name, name) == attribute and value in values:
            return {"dynamodb:LeadingKeys": tuple(map(str, values[value].values()))}
    return {}


_PLAIN_KEYS: Mapping[str, str] = {
    "ReturnConsumedCapacity": "dynamodb:ReturnConsumedCapacity",
    "ReturnValues": "dynamodb:ReturnValues",
    "Select": "dynamodb:Select",
}


def _shown(call: Call) -> dict[str, ContextValue]:
    context: dict[str, ContextValue] = {
        key: str(call.parameters[name]) for name, key in _PLAIN_KEYS.items() if name in call.parameters
    }
    names = call.parameters.get("ExpressionAttributeNames") or {}
    projected = str(call.parameters.get("ProjectionExpression", ""))
    read = [names.get(part.strip(), part.strip()) for part in projected.split(",") if part.strip()]
    read += list(call.parameters.get("AttributesToGet") or ())
    if read:
        context["dynamodb:Attributes"] = tuple(read)
    return context


def _batch(action: str, items: str) -> Row:
    """A row that is checked once for each table."""

    def row(call: Call, world: World) -> tuple[Permission, ...]:
        requests: Mapping[str, Json] = call.parameters.get("RequestItems") or {}
        return tuple(
            on(action, table, call, world, _leading(world, table, _batched(entry, items)))
            for table, entry in ((_table(call, name), entry) for name, entry in requests.items())
        )

    return row


def _batched(entry: Json, items: str) -> Iterator[Mapping[str, Json]]:
    if items == "Keys":
        yield from entry.get("Keys") or ()
        return
    for request in entry:
        yield (request.get("PutRequest") or {}).get("Item") or (request.get("DeleteRequest") or {}).get("Key") or {}


def _transact(kinds: Mapping[str, str]) -> Row:
    """A row that is checked for each entry, by the action of its kind."""

    def row(call: Call, world: World) -> tuple[Permission, ...]:
        found: dict[tuple[str, str], list[Mapping[str, Json]]] = {}
        for entry in call.parameters.get("TransactItems") or ():
            for kind, item in entry.items():
                table = _table(call, item.get("TableName"))
                found.setdefault((kinds.get(kind, kinds["Get"]), table), []).append(item.get("Key") or item.get("Item"))
        return tuple(
            on(f"dynamodb:{action}", table, call, world, _leading(world, table, items))
            for (action, table), items in found.items()
        )

    return row


_WRITES = {
    "ConditionCheck": "ConditionCheckItem",
    "Delete": "DeleteItem",
    "Get": "GetItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
}

_STATEMENT = re.compile(
    r"""\s*(?P<verb>SELECT|INSERT|UPDATE|DELETE)\b (?:.*?\b(?:FROM|INTO)\b|)\s*
    "?(?P<table>[\w.:/-]+)"?(?:\."(?P<index>[^"]+)")?""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
"""A PartiQL statement: its verb, its table and perhaps an index."""


def _partiql(statements: str) -> Row:
    def row(call: Call, world: World) -> tuple[Permission, ...]:
        given = call.parameters.get(statements)
        texts = [str(each.get("Statement", "")) for each in given] if isinstance(given, list) else [str(given)]
        found = (_stated(text, call, world) for text in texts)
        return tuple({(one.action, one.resource): one for one in found}.values())

    return row


def _stated(text: str, call: Call, world: World) -> Permission:
    match = _STATEMENT.match(text)
    if match is None:
        return Permission("dynamodb:PartiQLSelect", "*", call.caller.account, approximate=True, unknown=True)
    table = _table(call, match["table"])
    resource = f"{table}/index/{match['index']}" if match["index"] else table
    return on(f"dynamodb:PartiQL{match['verb'].capitalize()}", resource, call, world)


ROWS: Mapping[str, Row] = {
    **{name: _on_item(f"dynamodb:{name}") for name in ("DeleteItem", "GetItem", "PutItem", "UpdateItem")},
    "BatchExecuteStatement": _partiql("Statements"),
    "BatchGetItem": _batch("dynamodb:BatchGetItem", "Keys"),
    "BatchWriteItem": _batch("dynamodb:BatchWriteItem", "Requests"),
    "ExecuteStatement": _partiql("Statement"),
    "ExecuteTransaction": _partiql("TransactStatements"),
    "Query": _on_items("dynamodb:Query"),
    "Scan": _on_items("dynamodb:Scan"),
    "TransactGetItems": _transact(_WRITES),
    "TransactWriteItems": _transact(_WRITES),
}
"""By operation of `dynamodb`."""

"""How resources of a stack are called, and what else a service makes up for them, all of it fixed beforehand.

A `Text` is a pattern such as `arn:{partition}:sqs:{region}:{account}:{name}`, or a function of the item. A pattern may
hold the facts below and, by their names, properties of text.

Physical names follow CloudFormation: stack, logical id and twelve characters. Where it leaves the stack out, or writes
lower case, is *inferred* from names that people publish.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from turnstile.document import Json
from turnstile.importers.kinds import Item

if TYPE_CHECKING:
    from collections.abc import Mapping

Text: TypeAlias = str | Callable[[Item], Json]


@dataclass(frozen=True, slots=True)
class Name:
    """The property that names a resource, and what CloudFormation does without it.

    `stacked` puts the name of the stack in front; `lower` is for services that know no capitals; `ending` gives what
    the name must end in, such as `.fifo`.
    """

    property: str
    longest: int = 64
    stacked: bool = True
    lower: bool = False
    ending: Callable[[Item], str] = lambda _item: ""

    def of(self, item: Item) -> str:
        """The name of the resource."""
        given = item.properties.get(self.property)
        if given is not None and not isinstance(given, dict | list):
            return str(given)
        ending = self.ending(item)
        room = self.longest - len(ending)
        name = item.generated_name(room) if self.stacked else f"{item.logical_id[: room - 13]}-{item.random(12)}"
        return (name.lower() if self.lower else name) + ending


NAMELESS = Name("")
"""Of a resource that has no name of its own."""


class Facts(dict[str, str]):
    """What a pattern may hold."""

    def __init__(self, item: Item, name: Name) -> None:
        super().__init__()
        self._item, self._name = item, name

    def __missing__(self, key: str) -> str:
        self[key] = _FACTS[key](self._item, self._name) if key in _FACTS else self._property(key)
        return self[key]

    def _property(self, key: str) -> str:
        value = self._item.properties.get(key)
        return "" if value is None else str(value)


def uuid_of(item: Item, *words: str) -> str:
    """What a service would draw as a random UUID."""
    digest = item.stack.digest(item.logical_id, "uuid", *words)
    variant = "89ab"[int(digest[16], 16) % 4]
    return "-".join((digest[:8], digest[8:12], f"4{digest[13:16]}", f"{variant}{digest[17:20]}", digest[20:32]))


_FACTS: Mapping[str, Callable[[Item, Name], str]] = {
    "account": lambda item, _: item.stack.account,
    "api": lambda item, _: item.random(10, "id").lower(),
    "apiroot": lambda item, _: item.random(10, "root").lower(),
    "capitals": lambda item, _: item.random(13, "id"),
    "domain": lambda item, _: item.stack.url_suffix,
    "emrserverless": lambda item, _: f"00{item.random(14, 'id').lower()}",
    "hex": lambda item, _: item.stack.digest(item.logical_id, "hex")[:17],
    "ip": lambda item, _: f"203.0.113.{int(item.stack.digest(item.logical_id, 'ip')[:4], 16) % 254 + 1}",
    "letters": lambda item, _: item.random(20, "id").lower(),
    "name": lambda item, name: name.of(item),
    "partition": lambda item, _: item.stack.partition,
    "region": lambda item, _: item.stack.region,
    "unnamed": lambda item, _: item.generated_name(),
    "uuid": lambda item, _: uuid_of(item),
}


def told(text: Text, item: Item, name: Name = NAMELESS) -> Json:
    """What a text says of an item."""
    return text.format_map(Facts(item, name)) if isinstance(text, str) else text(item)

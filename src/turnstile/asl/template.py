"""Payload templates: JSON in which members named `x.$` are computed.

Used by Parameters, ResultSelector, Assign, Credentials and their like. A template without computed members is the
constant itself, shared and never copied; in the others only the objects and arrays on the way to a computed member are
made anew. Specification: "Payload Template".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnstile.asl import errors
from turnstile.asl.intrinsic import parse_expression
from turnstile.asl.path import NoMatch
from turnstile.document import Json, compact

if TYPE_CHECKING:
    from turnstile.asl.scope import Getter, Scope


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template. `fill(scope, document)` gives the value; it raises StatesError."""

    source: Json
    fill: Getter = field(repr=False, compare=False)
    constant: bool = field(default=False, compare=False)
    """Whether it gives `source` itself, whatever the document."""


def compile_template(value: Json) -> Template:
    """Compile a template.

    Raises:
        ValueError: a computed member is neither a path nor a call (`asl.check` says where).
        Unsupported: a JSONPath construct that is not emulated.
    """
    fill = _compile(value)
    return Template(value, fill or (lambda _scope, _document: value), fill is None)


def unresolved(path: str, name: str, document: Json) -> errors.StatesError:
    """What AWS answers when the path in a field leads nowhere (recorded: test_invalid_jsonpath)."""
    text = f"The JSONPath '{path}' specified for the field '{name}' could not be found in the input"
    return errors.runtime(f"{text} '{compact(document)}'")


def in_document(path: str) -> bool:
    """Whether a path starts at the document, not in the context object or a variable."""
    return path[0] == "$" and path[1:2] in ("", ".", "[")


def nothing_to_transform() -> errors.StatesError:
    """What AWS answers to a path into the document where the document is `null`.

    Reported for `"Input.$": "$"` (https://cplus-django.wekeepcoding.com/article/12193469), for other fields *inferred*.
    """
    return errors.runtime("Unable to apply Path transformation to null or empty input.")


def _compile(value: Json) -> Getter | None:
    """A getter, or None if the value is constant."""
    if isinstance(value, dict):
        return _object(value)
    return _array(value) if isinstance(value, list) else None


def _object(value: dict[str, Json]) -> Getter | None:
    outline: dict[str, Json] = {}
    computed: list[tuple[str, Getter]] = []
    for name, member in value.items():
        getter = _member(name, member) if name.endswith(".$") else _compile(member)
        target = name.removesuffix(".$") if name.endswith(".$") else name
        outline[target] = member
        if getter is not None:
            computed.append((target, getter))
    if not computed:
        return None

    def fill(scope: Scope, document: Json) -> Json:
        result = dict(outline)
        for name, getter in computed:
            result[name] = getter(scope, document)
        return result

    return fill


def _member(name: str, text: Json) -> Getter:
    if not isinstance(text, str):
        raise ValueError(f"`{name}` is not text")  # noqa: TRY004 - the documented refusal
    find = parse_expression(text).find
    rooted = in_document(text)

    def compute(scope: Scope, document: Json) -> Json:
        if document is None and rooted:
            raise nothing_to_transform()
        try:
            return find(scope, document)
        except NoMatch:
            raise unresolved(text, name, document) from None

    return compute


def _array(value: list[Json]) -> Getter | None:
    getters = [_compile(item) for item in value]
    if not any(getters):
        return None
    pairs = list(zip(value, getters, strict=True))

    def fill(scope: Scope, document: Json) -> Json:
        return [item if getter is None else getter(scope, document) for item, getter in pairs]

    return fill

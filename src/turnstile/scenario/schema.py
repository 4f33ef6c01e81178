"""The JSON Schemas of scenario files and of files that they include, made from the models of the format.

`turnstile schema` prints the copies under `turnstile/data`, which go with the package: `python -m
turnstile.scenario.schema` renews them, and a test holds them against the models. JSON Schema 2020-12.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from turnstile.scenario.composition.composing import PARTS
from turnstile.scenario.models.entry import Entry, left_out_by_none
from turnstile.scenario.models.file import ScenarioEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from turnstile.document import Json

FILE = Path(__file__).parents[1] / "data" / "scenario.schema.json"
PART = FILE.with_name("part.schema.json")
_MATRIX: dict[str, Json] = {"type": "string", "pattern": r"^\$\{matrix\.[^{}]+\}$"}
_CASE = "CaseEntry"
_TYPED = ("boolean", "integer", "number")
_JOINED = ("AccountEntry", "RoleEntry", "MachineEntry")
"""Parts whose members may stand in different files."""
_BESIDE = ("include", "name", "version", "$schema")
"""What a part may say besides what it brings."""
_SPACE = re.compile(r"\s*\n\s*")


def scenario_schema() -> dict[str, Json]:
    """The schema as a document."""
    made = ScenarioEntry.model_json_schema(mode="validation")
    parts: dict[str, Json] = made.pop("$defs")
    _say_no_null(made, ScenarioEntry)
    for model in models(Entry):
        if model.__name__ in parts:
            _say_no_null(parts[model.__name__], model)
    for name in _reached(parts, _CASE):
        parts[name] = _by_matrix(parts[name])
    parts[_CASE]["required"].remove("expect")  # `defaults` may say it
    made["properties"]["defaults"] = _with_expect(made["properties"]["defaults"], parts)
    complete = {name: parts[name].pop("required") for name in _JOINED}
    always = ["version"]
    alone = [name for name in made.pop("required") if name not in always]
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Turnstile scenario",
        "description": "Accounts, state machines and cases: docs/scenario-files.md.",
        **{key: value for key, value in made.items() if key not in ("title", "description")},
        "required": always,
        "if": {"anyOf": [{"required": ["include"]}, {"required": ["extends"]}]},
        "else": {"required": alone, "properties": _complete(complete)},
        "$defs": parts,
    }
    whole["properties"]["$schema"] = {"type": "string"}
    return {key: _tidy(value) for key, value in whole.items()}


def part_schema() -> dict[str, Json]:
    """That of a file that others include, or extend for its world alone: no key must be there, and none has cases."""
    whole = scenario_schema()
    keys = {key: value for key, value in whole["properties"].items() if key in (*PARTS, *_BESIDE)}
    parts = whole["$defs"]
    reached = {one for name in _references(keys) for one in _reached(parts, name)}
    return {
        "$schema": whole["$schema"],
        "title": "Turnstile part of a scenario",
        "description": "What scenario files share by `include`: docs/scenario-files.md.",
        "type": "object",
        "properties": keys,
        "additionalProperties": False,
        "$defs": {name: part for name, part in parts.items() if name in reached},
    }


def text(schema: dict[str, Json]) -> str:
    """A schema as the text of its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def models(model: type[Entry]) -> Iterator[type[Entry]]:
    """The models of the format that extend a model, all the way down."""
    for one in model.__subclasses__():
        yield one
        yield from models(one)


def _say_no_null(part: Json, model: type[Entry]) -> None:
    """What may be left out is no null, as the models say it where a value is read."""
    for name in left_out_by_none(model):
        value = part["properties"][name]
        rest = [one for one in value.pop("anyOf") if one != {"type": "null"}]
        value.pop("default", None)
        value |= rest[0] if len(rest) == 1 else {"anyOf": rest}


def _with_expect(defaults: Json, parts: dict[str, Json]) -> Json:
    """In an editor, `expect` under `defaults` completes like that of a case."""
    parts["DefaultsEntry"]["properties"]["expect"] = {
        "$ref": "#/$defs/ExpectEntry",
        "description": parts["DefaultsEntry"]["properties"]["expect"].get("description", ""),
    }
    return defaults


def _complete(required: dict[str, Json]) -> Json:
    """What accounts and state machines must have in a file that is made of no others."""
    account, role, machine = (required[name] for name in _JOINED)
    roles = {"roles": {"additionalProperties": {"required": role}}}
    return {
        "accounts": {"additionalProperties": {"required": account, "properties": roles}},
        "state_machines": {"additionalProperties": {"required": machine}},
    }


def _reached(parts: dict[str, Json], name: str) -> list[str]:
    """The parts that a part refers to, and itself."""
    found = [name]
    for one in found:
        found += [other for other in _references(parts[one]) if other not in found]
    return list(dict.fromkeys(found))


def _references(schema: Json) -> Iterator[str]:
    match schema:
        case dict():
            for key, value in schema.items():
                if key == "$ref":
                    yield value.rpartition("/")[2]
                else:
                    yield from _references(value)
        case list():
            for value in schema:
                yield from _references(value)


def _by_matrix(part: Json) -> Json:
    """Numbers, truth values and choices of a case may be values of its matrix, which is text until then."""
    properties = {name: _or_matrix(value) for name, value in part.get("properties", {}).items()}
    return {**part, "properties": properties} if properties else part


def _or_matrix(value: Json) -> Json:
    kept = {key: value[key] for key in ("description", "default") if key in value}
    rest = {key: member for key, member in value.items() if key not in kept}
    typed = rest.get("type") in _TYPED or "enum" in rest
    typed = typed or any(one.get("type") in _TYPED for one in rest.get("anyOf", ()))
    return {**kept, "anyOf": [*rest.get("anyOf", [rest]), _MATRIX]} if typed else value


def _tidy(schema: Json) -> Json:
    """Without the titles that pydantic makes of names, and with descriptions on one line."""
    match schema:
        case dict():
            return {
                key: _SPACE.sub(" ", value) if key == "description" and isinstance(value, str) else _tidy(value)
                for key, value in schema.items()
                if key != "title" or not isinstance(value, str) or value.startswith("Turnstile")
            }
        case list():
            return [_tidy(value) for value in schema]
    return schema


if __name__ == "__main__":
    FILE.write_text(text(scenario_schema()), encoding="utf-8")
    PART.write_text(text(part_schema()), encoding="utf-8")

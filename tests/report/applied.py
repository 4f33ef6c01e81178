"""What a report says to change, done to the scenario file that it is about, as somebody would who pastes it."""

from __future__ import annotations

import json
import re


def applied(document, report):
    """The scenario with every change of its refused calls made; each change once.

    Raises ValueError for advice that is a sentence: nothing can be pasted.
    """
    document = json.loads(json.dumps(document))
    told = {
        (one["kind"], one["place"], one["text"], (one["excerpt"] or {}).get("pointer"))
        for file in report["files"]
        for case in file["cases"]
        for refused in case["refused"]
        for link in refused["links"]
        for one in link["remedies"]
    }
    for kind, place, text, pointer in sorted(told, key=str, reverse=True):
        _apply(document, kind, place, text, pointer)
    return document


def _apply(document, kind, place, text, pointer):
    if kind == "assume-role":
        raise ValueError(text)
    if pointer is None:
        _attach(document, place, json.loads(text))
        return
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.strip("/").split("/")]
    _at(document, parts, kind, json.loads(text))


def _at(holder, parts, kind, change):
    """Change the statement that the parts lead to; a policy may be JSON inside of a text."""
    for number, part in enumerate(parts):
        key = int(part) if isinstance(holder, list) else part
        if part == "Statement":
            _statement(holder, parts[number + 1 :], kind, change)
            return
        if isinstance(holder[key], str):
            inner = json.loads(holder[key])
            _at(inner, parts[number + 1 :], kind, change)
            holder[key] = json.dumps(inner)
            return
        holder = holder[key]
    _statement(holder, [], kind, change)


def _statement(policy, rest, kind, change):
    if not isinstance(policy["Statement"], list):
        policy["Statement"] = [policy["Statement"]]
    listed, number = policy["Statement"], int(rest[0]) if rest else len(policy["Statement"])
    if kind == "add-statement":
        listed.append(change)
    elif kind == "remove-statement":
        del listed[number]
    elif "Effect" in change:
        listed[number] = change
    else:
        listed[number] = {**listed[number], **change}


def _attach(document, place, policy):
    """A new policy for the role or the queue that the place names."""
    role = re.fullmatch(r"role `([^`]+)` in account `([^`]+)`", place)
    name, owner = role.groups() if role else (place.strip("`"), "")
    for account in document["accounts"].values():
        if role and account["id"] == owner and name in account.get("roles", {}):
            account["roles"][name].setdefault("policies", {})["New"] = policy
            return
        for resource in account.get("resources", ()):
            given = resource["parameters"]
            if name.endswith(f":{given.get('QueueName')}"):
                given.setdefault("Attributes", {})["Policy"] = json.dumps(policy)
                return
    raise LookupError(place)

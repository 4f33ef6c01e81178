"""Makes `src/turnstile/importers/data/sam.json`: what SAM's policy templates and connectors allow.

    python scripts/sam_tables.py path/to/folder/with/samtranslator

The folder is an unpacked wheel of `aws-sam-translator` (Apache-2.0), from whose two data files only the facts are kept:
actions, resources and conditions by the name of the template, or by the types that a connector connects. Run it again
when SAM gets new ones; the output depends on nothing but the two files.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).parents[1] / "src/turnstile/importers/data/sam.json"
_MEANS = {
    "AWS_IAM_ROLE_MANAGED_POLICY": "role",
    "AWS_LAMBDA_PERMISSION": "function",
    "AWS_SNS_TOPIC_POLICY": "topic",
    "AWS_SQS_QUEUE_POLICY": "queue",
}


def templates(written: dict[str, Any]) -> dict[str, Any]:
    """Parameters and statements of each policy template; `${Name}` stands for a parameter in a text."""
    return {
        name: {
            "parameters": sorted(template["Parameters"]),
            "statements": [_statement(statement) for statement in template["Definition"]["Statement"]],
        }
        for name, template in sorted(written.items())
    }


def connectors(written: dict[str, Any]) -> list[dict[str, Any]]:
    """A row for each pair of types; `${Source.Arn}` and the like stand in its texts."""
    return [
        _connector(source, destination, profile)
        for source, destinations in sorted(written.items())
        for destination, profile in sorted(destinations.items())
    ]


def _connector(source: str, destination: str, profile: dict[str, Any]) -> dict[str, Any]:
    facts = profile["Properties"]
    row = {"source": source, "destination": destination, "by": _MEANS[profile["Type"]]}
    if row["by"] == "role":
        row["of"] = "source" if facts["SourcePolicy"] else "destination"
    for category, grant in sorted(facts["AccessCategories"].items()):
        row[category] = [_statement(each) for each in grant["Statement"]] if "Statement" in grant else _texts(grant)
    return row


def _statement(written: dict[str, Any]) -> dict[str, Any]:
    statement = {"Action": sorted(_list(written["Action"])), "Resource": _list(_texts(written["Resource"]))}
    kept = {name: _texts(written[name]) for name in ("Condition", "Principal") if name in written}
    return {"Effect": written["Effect"], **statement, **kept}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _texts(value: Any) -> Any:
    match value:
        case {"Fn::Sub": [str() as text, dict() as names]}:
            for name, reference in names.items():
                text = text.replace(f"${{{name}}}", _texts(reference))
            return text.replace("%{", "${")
        case {"Fn::Sub": str() as text} | str(text):
            return text.replace("%{", "${")
        case {"Ref": name}:
            return f"${{{name}}}"
        case dict():
            return {name: _texts(member) for name, member in value.items()}
        case list():
            return [_texts(element) for element in value]
    return value


if __name__ == "__main__":
    folder = Path(sys.argv[1], "samtranslator")
    policies = json.loads((folder / "policy_templates_data/policy_templates.json").read_text())["Templates"]
    profiles = json.loads((folder / "model/connector_profiles/profiles.json").read_text())["Permissions"]
    OUTPUT.parent.mkdir(exist_ok=True)
    made = {"templates": templates(policies), "connectors": connectors(profiles)}
    OUTPUT.write_text(json.dumps(made, indent=1) + "\n")

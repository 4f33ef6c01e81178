"""AWS::StepFunctions state machines, their versions and aliases, and activities.

A definition is text, an object or a file. `${Name}` in it stands for a substitution, in text before it is read, in an
object within each of its texts, so that every part keeps its line. Of versions a stack publishes one, for nothing
changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from turnstile.asl.parse import parse_document
from turnstile.document import Json, compact
from turnstile.faults import Rejected, Unsupported
from turnstile.importers.holes import SUBSTITUTION
from turnstile.importers.resources.called import Called, Told
from turnstile.importers.resources.fitting import Fitting
from turnstile.importers.resources.identities import tags
from turnstile.importers.resources.names import Name
from turnstile.importers.resources.policies import needed
from turnstile.source import Origin, Source, open_source, read
from turnstile.world.declaration import MachineDeclaration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from turnstile.importers.kinds import Draft, Item, Kind

_NAME = Name("StateMachineName", 80, stacked=False)
_WAYS = ("DefinitionString", "Definition", "DefinitionS3Location", "DefinitionUri")


def _arn(item: Item) -> str:
    return item.stack.arn("states", f"stateMachine:{_NAME.of(item)}")


@dataclass(frozen=True, slots=True, eq=False)
class _Machine(Told):
    def declare(self, item: Item, into: Draft) -> None:
        """See `Kind.declare`."""
        if not needed(item, into, "RoleArn"):
            return
        before = len(into.faults)
        read_ = _definition(item, into)
        asked = _configurations(item, into)
        marks = tags(item, into)
        if read_ is None or len(into.faults) > before:
            return
        document, origin = read_
        try:
            definition = parse_document(document, origin)
        except Rejected as rejected:
            into.faults += rejected.faults
            return
        except Unsupported as error:
            into.unsupported.append(error)
            return
        name, arn = self.name.of(item), _arn(item)
        into.machines[arn] = MachineDeclaration(
            name,
            arn,
            item.stack.account,
            item.stack.region,
            asked["roleArn"],
            asked.get("type", "STANDARD"),
            compact(document),
            definition,
            item.origin,
            asked.get("loggingConfiguration"),
            asked.get("tracingConfiguration"),
            marks,
        )


def _configurations(item: Item, into: Draft) -> dict[str, Json]:
    """What CreateStateMachine takes besides the definition."""
    renamed = {"StateMachineName": "name", "StateMachineType": "type"}
    fitting = Fitting(
        item,
        into,
        ("DefinitionSubstitutions", "DefinitionS3Location", "DefinitionString", "DefinitionUri", "Tags"),
        renamed,
    )
    properties = {**item.properties, "StateMachineName": _NAME.of(item), "Definition": "{}"}
    asked = fitting.parameters("stepfunctions", "CreateStateMachine", properties)
    if asked.get("encryptionConfiguration", {}).get("type", "AWS_OWNED_KEY") != "AWS_OWNED_KEY":
        message = f"the key of `{item.logical_id}` is not honoured: its data is not encrypted here"
        remedy = "permissions on the key are not asked for"
        into.ignored.append(item.fault("ignored-property", message, remedy, "EncryptionConfiguration"))
    return asked


def _definition(item: Item, into: Draft) -> tuple[Json, Origin] | None:
    """The document with its substitutions, and where it stands."""
    given = [name for name in _WAYS if item.properties.get(name) is not None]
    if len(given) != 1 and item.code is None:
        message = f"the state machine `{item.logical_id}` has {'no definition' if not given else 'several definitions'}"
        remedy = "write one of `DefinitionString`, `Definition` and `DefinitionS3Location`"
        into.faults.append(item.fault("missing-property", message, remedy))
        return None
    texts = _substitutions(item, into)
    before = len(into.faults)
    try:
        found = _written(item, texts, given[0] if given else "")
    except Rejected as rejected:
        into.faults += rejected.faults
        return None
    if found is None:
        message = f"the definition of `{item.logical_id}` lies in a bucket"
        remedy = "give the file of the definition under `code`"
        into.faults.append(item.fault("missing-definition", message, remedy, given[0]))
        return None
    document, origin = found
    _check_left(item, into, document, origin, texts)
    return None if len(into.faults) > before else (document, origin)


def _written(item: Item, texts: Mapping[str, str], way: str) -> tuple[Json, Origin] | None:
    """The definition, wherever it stands; None where that is a bucket."""
    if item.code is not None:
        source = open_source(item.code)
        return _replaced(read(source), texts), Origin(source)
    value = item.properties[way]
    if way == "Definition" and isinstance(value, dict):
        return _replaced(value, texts), item.at("Definition")
    if way == "DefinitionString" and isinstance(value, str):
        text = SUBSTITUTION.sub(lambda match: texts.get(match[1], match[0]), value)
        source = Source(f"{item.origin.source.name}#{item.at('DefinitionString').pointer}.json", text)
        return read(source), Origin(source)
    if way in ("Definition", "DefinitionString"):
        wanted = "an object" if way == "Definition" else "text"
        raise Rejected([item.fault("wrong-type", f"`{way}` is {wanted}", f"write {wanted}", way)])
    return None


def _substitutions(item: Item, into: Draft) -> dict[str, str]:
    given = item.properties.get("DefinitionSubstitutions") or {}
    if not isinstance(given, dict):
        message = "`DefinitionSubstitutions` is an object"
        into.faults.append(item.fault("wrong-type", message, "write an object", "DefinitionSubstitutions"))
        return {}
    return {name: value if isinstance(value, str) else compact(value) for name, value in given.items()}


def _replaced(value: Json, texts: Mapping[str, str]) -> Json:
    """The document with its substitutions; parts without any are shared."""
    match value:
        case str() if "${" in value:
            return SUBSTITUTION.sub(lambda match: texts.get(match[1], match[0]), value)
        case dict() if texts:
            return {name: _replaced(member, texts) for name, member in value.items()}
        case list() if texts:
            return [_replaced(member, texts) for member in value]
        case _:
            return value


def _check_left(item: Item, into: Draft, document: Json, origin: Origin, texts: Mapping[str, str]) -> None:
    """A substitution that nobody gave, which would be text in the definition."""
    seen = set(texts)
    for name, at in _left(document, origin):
        if name not in seen:
            seen.add(name)
            message = f"`${{{name}}}` in the definition of `{item.logical_id}` stands for nothing"
            remedy = f"add `{name}` to `DefinitionSubstitutions`, or give it under `parameters:`"
            into.faults.append(at.fault("unknown-reference", message, remedy))


def _left(value: Json, origin: Origin) -> Iterator[tuple[str, Origin]]:
    """Names that are still to be substituted, and where."""
    match value:
        case str() if "${" in value:
            yield from ((name, origin) for name in SUBSTITUTION.findall(value))
        case dict():
            for key, member in value.items():
                yield from ((name, origin.at(key)) for name in SUBSTITUTION.findall(key))
                yield from _left(member, origin.at(key))
        case list():
            for index, member in enumerate(value):
                yield from _left(member, origin.at(index))


def _alias(item: Item) -> Mapping[str, Json]:
    """Aliases name their routes by what CloudFormation calls otherwise than the API."""
    properties = dict(item.properties)
    preference = properties.pop("DeploymentPreference", None)
    if preference and "RoutingConfiguration" not in properties:
        route = {"StateMachineVersionArn": preference.get("StateMachineVersionArn"), "Weight": 100}
        properties["RoutingConfiguration"] = [route]
    return properties


def _alias_arn(item: Item) -> str:
    routes = _alias(item).get("RoutingConfiguration") or [{}]
    machine = str(routes[0].get("StateMachineVersionArn", "")).rpartition(":")[0]
    return f"{machine}:{_ALIAS.of(item)}"


_ACTIVITY = "arn:{partition}:states:{region}:{account}:activity:{name}"
_ALIAS = Name("Name", 80, stacked=False)

KINDS: Mapping[str, Kind] = {
    "AWS::StepFunctions::Activity": Called(
        _ACTIVITY, {"Arn": _ACTIVITY, "Name": "{name}"}, Name("Name", 80), "stepfunctions", "CreateActivity"
    ),
    "AWS::StepFunctions::StateMachine": _Machine(
        _arn, {"Arn": _arn, "Name": "{name}", "StateMachineRevisionId": lambda _item: "INITIAL"}, _NAME
    ),
    "AWS::StepFunctions::StateMachineAlias": Called(
        _alias_arn,
        {"Arn": _alias_arn},
        _ALIAS,
        "stepfunctions",
        "CreateStateMachineAlias",
        adapt=_alias,
        finishing=True,
    ),
    "AWS::StepFunctions::StateMachineVersion": Called(
        "{StateMachineArn}:1",
        {"Arn": "{StateMachineArn}:1"},
        service="stepfunctions",
        operation="PublishStateMachineVersion",
        renamed={"StateMachineRevisionId": "revisionId"},
        adapt=lambda item: {
            name: value
            for name, value in item.properties.items()
            if name != "StateMachineRevisionId" or value != "INITIAL"
        },
        finishing=True,
    ),
}

"""What TestState is asked: the parameters of the call read into values, and what they say against each other.

What the API's model allows in each parameter was checked before (`states.constraints`). This file knows no definition;
what a request says about its state is `states.test_rules`'. Texts are recorded in
test_state.state_mock_validation; those of members without their mock are inferred from the two that are. Members:
states-api.json, TestState.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from turnstile.gate.errors import ServiceError
from turnstile.states.unreadable import complaint, read_input

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from turnstile.document import Json


@dataclass(frozen=True, slots=True)
class Mock:
    """What the work of the state is said to have given: a result, or else an error with its cause."""

    fails: bool
    result: Json = None
    error: str | None = None
    cause: str | None = None
    validation: str = "STRICT"


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is said to have happened around the state; None is not said."""

    retries: int = 0
    """Attempts that the answering retrier has used up already."""
    failed_iterations: int | None = None
    error_from: str | None = None
    read: str | None = None
    """What the ItemReader of a Map is said to have read, as it stands in its source."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call of TestState; `state_name` None says that the definition is one state alone."""

    definition: str
    state_name: str | None
    input: Json
    input_text: str
    level: str
    role_arn: str | None
    mock: Mock | None
    context: dict[str, Json] | None
    variables: Mapping[str, Json] = field(default_factory=dict)
    configuration: Configuration = field(default_factory=Configuration)
    reveal: bool = False


def refuse(message: str) -> NoReturn:
    """Refuse the request.

    Raises:
        ServiceError: ValidationException, always.
    """
    raise ServiceError("ValidationException", message)


def read(parameters: Mapping[str, Json]) -> Request:
    """The request in the parameters of a call.

    Raises:
        ServiceError: ValidationException or InvalidExecutionInput.
    """
    mock = _mock(parameters)
    configuration = parameters.get("stateConfiguration") or {}
    if mock is None:
        _nothing_to_mock(parameters, configuration)
    text = str(parameters.get("input", "{}"))
    return Request(
        definition=str(parameters.get("definition", "")),
        state_name=parameters.get("stateName"),
        input=read_input(text),
        input_text=text,
        level=str(parameters.get("inspectionLevel", "INFO")),
        role_arn=parameters.get("roleArn"),
        mock=mock,
        context=_object(parameters, "context", "Invalid Context object provided: Context object"),
        variables=_object(parameters, "variables", "Variables") or {},
        configuration=_configuration(configuration),
        reveal=bool(parameters.get("revealSecrets")),
    )


def _mock(parameters: Mapping[str, Json]) -> Mock | None:
    given = parameters.get("mock")
    if given is None:
        return None
    if ("result" in given) == ("errorOutput" in given):
        refuse("A test mock should have only one of the following fields: [result, errorOutput].")
    if parameters.get("revealSecrets"):
        refuse(_without("RevealSecrets", mocked=True))
    validation = str(given.get("fieldValidationMode", "STRICT"))
    if "errorOutput" in given:
        output = given["errorOutput"]
        return Mock(fails=True, error=output.get("error"), cause=output.get("cause"), validation=validation)
    return Mock(fails=False, result=_document(given["result"], "Mocked result"), validation=validation)


def _nothing_to_mock(parameters: Mapping[str, Json], configuration: Mapping[str, Json]) -> None:
    """Refuse what has a meaning beside a mock only."""
    members: Iterable[str] = (*(name for name in ("context",) if name in parameters), *configuration)
    for name in members:
        refuse(_without(name[:1].upper() + name[1:], mocked=False))


def _without(member: str, *, mocked: bool) -> str:
    return f"TestState does not support {member} when a mock is {'' if mocked else 'not '}specified."


def _configuration(given: Mapping[str, Json]) -> Configuration:
    return Configuration(
        retries=given.get("retrierRetryCount", 0),
        failed_iterations=given.get("mapIterationFailureCount"),
        error_from=given.get("errorCausedByState"),
        read=given.get("mapItemReaderData"),
    )


def _object(parameters: Mapping[str, Json], member: str, called: str) -> dict[str, Json] | None:
    if parameters.get(member) is None:
        return None
    value = _document(parameters[member], called)
    if not isinstance(value, dict):
        refuse(f"{called} must be a JSON object.")
    return value


def _document(text: Json, called: str) -> Json:
    if complaint(text) is not None:
        refuse(f"{called} must be valid JSON.")
    return json.loads(text)

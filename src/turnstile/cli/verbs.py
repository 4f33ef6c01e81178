"""The verbs by name, each loaded when it is asked for: `turnstile --help` and a quick verb load no other verb.

Knows names, modules and one line of help of each verb; what verbs do, it may not know.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

if TYPE_CHECKING:
    from collections.abc import Mapping

HELP_OPTIONS = {"help_option_names": ["-h", "--help"]}


class Verb(NamedTuple):
    """The function of a verb, as `module:function` of this room, and its line in the help of `turnstile`."""

    function: str
    short_help: str


VERBS: Mapping[str, Verb] = {
    "demo": Verb("demo:demo", "See a refused call explained."),
    "init": Verb("init:init", "Write a scenario to start from."),
    "run": Verb("run:run", "Run scenario files or a bare definition."),
    "test": Verb("run:run", "The same as `run`."),
    "test-state": Verb("test_state:test_state", "Test one state, its work done or mocked."),
    "validate": Verb("validate:validate", "Check definitions and scenario files."),
    "coverage": Verb("coverage:coverage", "Add up what several runs cover, such as those of shards."),
    "graph": Verb("graph:graph", "Draw a definition, or what became of its states in a case."),
    "import": Verb("import_:import_", "Turn templates, plans and live accounts into a scenario."),
    "explain": Verb("explain:explain", "Say why a call is refused, here or by AWS, or what a code means."),
    "simulate": Verb("simulate:simulate", "Decide every request of a file."),
    "schema": Verb("schema:schema", "Print the JSON Schema of scenario files."),
}


class Verbs(TyperGroup):
    """The group of the verbs."""

    def __init__(self, *, commands: object = None, **attributes: Any) -> None:  # noqa: ARG002 - they are ours
        super().__init__(
            commands={name: _Later(name, short_help=verb.short_help) for name, verb in VERBS.items()}, **attributes
        )


class _Later(TyperCommand):
    """A verb of which only the name and the line of help are loaded, until somebody types it."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """The context of the verb itself."""
        return _loaded(cast("str", self.name)).make_context(*arguments, **options)


def _loaded(name: str) -> Any:
    module, _, function = VERBS[name].function.partition(":")
    alone = typer.Typer(
        add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=HELP_OPTIONS
    )
    alone.command(name)(getattr(import_module(f"turnstile.cli.{module}"), function))
    return get_command(alone)

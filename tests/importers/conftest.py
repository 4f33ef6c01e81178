from pathlib import Path

import pytest

from turnstile.importers.importing import import_stacks
from turnstile.importers.kinds import Stack
from turnstile.importers.resources import KINDS
from turnstile.importers.stacks import StackTemplate
from turnstile.importers.template import read_template
from turnstile.source import Source


@pytest.fixture
def stack_of():
    def make(text, *, name="template.yaml", stack=Stack("shop", "111111111111", "eu-west-1"), **more):  # noqa: B008 - a value
        more.setdefault("folder", Path("/nowhere"))
        wanted = StackTemplate(stack, read_template(Source(name, text)), **more)
        return import_stacks([wanted], KINDS)[0]

    return make

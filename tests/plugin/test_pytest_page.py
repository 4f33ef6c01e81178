"""Every example of docs/pytest.md is a test that passes, in both modes of pytest-asyncio."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

pytest_plugins = ("pytester",)

ROOT = Path(__file__).parents[2]
EXAMPLES = re.findall(
    r"^```python test.*?\n(.*?)^```$", (ROOT / "docs" / "pytest.md").read_text(), re.DOTALL | re.MULTILINE
)


@pytest.mark.parametrize("mode", ["strict", pytest.param("auto", marks=pytest.mark.slow)])
def test_the_examples_pass(pytester, mode):
    """Together, in one process, with warnings as errors; none needs a mode of its own."""
    pytester.makeini(
        "[pytest]\nfilterwarnings = error\nasyncio_default_fixture_loop_scope = function\n"
        f"asyncio_mode = {mode}\naddopts = -p no:hypothesispytest\n"
    )
    shutil.copy(ROOT / "tests" / "cases" / "plugin" / "orders.scenario.yaml", pytester.path)
    pytester.makepyfile(**{f"test_example_{number}": text for number, text in enumerate(EXAMPLES)})
    result = pytester.runpytest_subprocess("--no-turnstile")
    result.assert_outcomes(passed=len(EXAMPLES))
    assert len(EXAMPLES) == 8


def test_the_page_names_every_fixture_option_and_setting(pytester):
    """What `--fixtures` and `--help` know, the page tells."""
    page = (ROOT / "docs" / "pytest.md").read_text()
    plugin = (ROOT / "src" / "turnstile" / "pytest_plugin" / "__init__.py").read_text()
    named = re.findall(r"^def (turnstile_\w+)", plugin, re.MULTILINE)
    named += re.findall(r'"(--[a-z-]*turnstile[a-z-]*)"', plugin) + re.findall(r'addini\(\s*"(\w+)"', plugin)
    assert len(named) == 15
    assert [name for name in named if f"`{name}" not in page] == []

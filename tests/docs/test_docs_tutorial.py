"""The tutorial, walked from its first to its last command by the command line itself."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from tests.docs.pages import ROOT, blocks, shows, steps
from typer.testing import CliRunner

from turnstile.cli.app import app

PAGE = ROOT / "docs" / "tutorial.md"


def edited(text, change):
    """A text with a change of the tutorial in it: lines with `-` go, lines with `+` come, others stay."""
    lines = change.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if not line.startswith("+"))
    assert text.count(old) == 1
    return text.replace(old, "".join(line[1:] for line in lines if not line.startswith("-")))


def said_by(words):
    """What a command prints, on both streams."""
    environment = {"COLUMNS": "100", "NO_COLOR": "1", "CI": ""}
    if words[0] == "turnstile":
        result = CliRunner(env=environment).invoke(app, list(words[1:]), prog_name="turnstile")
        assert result.exit_code in (0, 1), result.output
        return result.output
    command = [sys.executable, "-m", *words, "-p", "no:cacheprovider"]
    environment = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=True, timeout=60).stdout


def walk(folder, monkeypatch, *, slow):
    """Follow the page; the steps that show something else than was said."""
    monkeypatch.chdir(folder)
    others = []
    for block in blocks(PAGE):
        if name := block.mark("file"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(block.text, "utf-8")
        elif name := block.mark("edit"):
            with open(name, "r+", encoding="utf-8") as file:  # noqa: PTH123 - relative to where the walk has come
                text = edited(file.read(), block.text)
                file.seek(0)
                file.truncate()
                file.write(text)
        elif block.language == "console" and not block.mark("not run"):
            others += [told for step in steps(block.text) if (told := taken(step, monkeypatch, slow=slow))]
    return others


def taken(step, monkeypatch, *, slow):
    """Take one step; what was said if it is not what the page shows."""
    said = ""
    for words in step.commands:
        match words[0]:
            case "mkdir":
                os.makedirs(words[1])  # noqa: PTH103 - relative to where the walk has come
            case "cd":
                monkeypatch.chdir(words[1])
            case "pytest" if not slow:
                return None
            case _:
                said += said_by(words)
    return None if shows(step.shown, said) else f"$ {step.line}\n{said}"


@pytest.mark.parametrize("slow", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_the_tutorial_shows_what_is_said(tmp_path, monkeypatch, slow):
    """Each command ends well and says what stands below it; with its run of pytest apart, as that takes seconds."""
    assert walk(tmp_path, monkeypatch, slow=slow) == []


def test_another_output_is_noticed():
    """What is left out may be anything, what is shown may not; wall times may differ."""
    assert shows(("one  12 ms", "...", "three"), "one   7 s\ntwo\nthree\n")
    assert not shows(("one", "...", "three"), "one\ntwo\n")
    assert not shows(("one",), "one\ntwo\n")

"""What is told while cases run, on a terminal and elsewhere."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest
from tests.cli.test_run_selection import SUCCEED, WORLD, scenario

pty = pytest.importorskip("pty", reason="Windows has no pseudo terminals")
termios = pytest.importorskip("termios")

CLEAR = "\x1b[2K"
CONTROL = re.compile(r"\x1b\[[?\d;]*[A-Za-z]|\r|\n")
HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"


class Terminal:
    """A terminal with so many columns; `near` is its end for the command."""

    def __init__(self, columns):
        self.far, self.near = pty.openpty()
        termios.tcsetwinsize(self.near, (24, columns))

    def read(self):
        """Everything that was written, once the command is gone."""
        os.close(self.near)
        found = bytearray()
        while True:
            try:
                piece = os.read(self.far, 65536)
            except OSError:  # how Linux says that nobody is left to write
                break
            if not piece:
                break
            found += piece
        os.close(self.far)
        return found.decode()


@pytest.fixture
def folder(tmp_path, turnstile, monkeypatch):
    """A project with a file of three cases, one of which is not as expected."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TERM", "xterm")
    scenario(folder / "a.scenario.yaml", one="SUCCEEDED", two="FAILED", three="SUCCEEDED")
    return folder


def seen(process, *options, columns=80):
    """Stdout, and what a terminal got on stderr."""
    terminal = Terminal(columns)
    running = process("run", *options, stderr=terminal.near)
    out, _ = running.communicate()
    return out, terminal.read()


def test_a_terminal_gets_one_line_that_goes_away(folder, process):
    """Each takes the place of the one before; the report alone is on stdout."""
    out, err = seen(process)
    lines = [CONTROL.sub("", line) for line in err.split(CLEAR)]
    assert (lines[0], lines[-1]) == ("reading files", "")
    assert "2 ended in 0 s, 1 not as expected, a.scenario.yaml: two" in lines
    assert "\x1b[31m1 not as expected\x1b[0m" in err
    assert (err.count(HIDDEN), err.count(SHOWN)) == (1, 1)
    assert ("\x1b" in out, out.endswith("3 cases, 2 as expected, 1 not\n")) == (False, True)


@pytest.mark.parametrize("columns", [12, 40])
def test_a_line_fits_its_own_terminal(folder, process, columns):
    """However narrow: a line that is broken would not go away."""
    _, err = seen(process, columns=columns)
    shown = [CONTROL.sub("", line) for line in err.split(CLEAR)]
    assert max(map(len, shown)) < columns
    assert len(shown) > 3


@pytest.mark.parametrize(("options", "environment"), [(["--color", "never"], {}), ([], {"NO_COLOR": "1"})])
def test_a_terminal_without_colours(folder, process, monkeypatch, options, environment):
    """Words say what colours would."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal(80)
    running = process("run", *options, stderr=terminal.near, env=environment)
    running.communicate()
    err = terminal.read()
    assert "1 not as expected" in err
    assert "\x1b[3" not in err


def test_a_terminal_that_cannot_go_back_gets_lines(folder, process, monkeypatch):
    """One for each case, without a control character."""
    monkeypatch.setenv("TERM", "dumb")
    _, err = seen(process)
    assert err.splitlines() == [f"{word}  a.scenario.yaml: {name}" for word, name in (
        ("ok  ", "one"), ("FAIL", "two"), ("ok  ", "three"))]  # fmt: skip


@pytest.mark.parametrize("options", [["--no-progress"], ["--no-progress", "-j", "2"]])
def test_nothing_is_told_on_request(folder, process, options):
    """The terminal stays as it is."""
    assert seen(process, *options)[1] == ""


def test_ctrl_c_leaves_an_empty_line(folder, process):
    """The line is taken away, and the modes of the terminal are as before."""
    (folder / "a.scenario.yaml").write_text(
        WORLD.replace("STATE", SUCCEED)
        + "  - {name: one, expect: {status: SUCCEEDED}}\n"
        + "  - {name: two, expect: {status: SUCCEEDED, history: slow.json}}\n"
    )
    os.mkfifo(folder / "slow.json")
    terminal = Terminal(80)
    before = termios.tcgetattr(terminal.near)
    running = process("run", "-j", "2", stderr=terminal.near)
    with Path("slow.json").open("w"):  # returns when a worker has begun to read
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate()
    assert (running.returncode, out) == (130, "")
    assert termios.tcgetattr(terminal.near) == before
    err = terminal.read()
    assert (err.endswith(CLEAR), err.count(HIDDEN), err.count(SHOWN)) == (True, 1, 1)

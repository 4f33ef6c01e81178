from __future__ import annotations

import os
import signal

import pytest
import typer

from turnstile.cli.exits import Exit, stop
from turnstile.cli.guard import guarded
from turnstile.faults import Fault, Rejected, Unsupported, Where


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Unsupported("state type `Oracle`", Where("a.json", 3, 1)), 3, "supported: state type `Oracle` (a.json:3:1)"),
        (Unsupported("JSONata"), 3, "turnstile: not supported: JSONata"),
        (Rejected([Fault(Where("a.json", 3, 1), "x", "`y` is wrong", "write `z`")]), 2, "fault: `y` is wrong [x]"),
        (KeyboardInterrupt(), 130, ""),
        (ZeroDivisionError("ours"), 4, "please report it"),
    ],
)  # fmt: skip
def test_every_way_to_end_has_its_code(capsys, error, code, said):
    """An exception becomes an exit code and a message."""

    @guarded
    def command():
        raise error

    with pytest.raises(typer.Exit) as ended:
        command()
    shown = capsys.readouterr().err
    assert (ended.value.exit_code, said in shown) == (code, True)
    assert ("Traceback" in shown) is (code == Exit.BUG)


def test_exits_and_usage_errors_pass():
    """What typer shows itself is left to it."""

    @guarded
    def command():
        raise typer.BadParameter("no")

    with pytest.raises(typer.BadParameter):
        command()


def test_stop_says_the_remedy_on_a_line_of_its_own(capsys):
    """Message and help go to stderr."""
    with pytest.raises(typer.Exit):
        stop(Exit.USAGE, "no such file", "look elsewhere")
    assert capsys.readouterr() == ("", "turnstile: no such file\n  help: look elsewhere\n")


def test_a_reader_that_goes_away_is_no_error(turnstile, process):
    """`turnstile run ... | head -1` ends quietly."""
    turnstile("run", "hello.asl.json")
    running = process("run", "hello.asl.json", "--format", "json")
    running.stdout.close()
    code = running.wait()
    with running.stderr:
        assert (code, running.stderr.read()) == (130, "")


def test_a_full_disk_is_told_in_a_sentence(turnstile, process):
    """A report that cannot be written is no bug of ours."""
    turnstile("--version")
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device of Linux
        running = process("run", "hello.asl.json", stdout=full)
        _, err = running.communicate()
    assert (running.returncode, err) == (2, "turnstile: the report cannot be written: no space left on device\n")


def test_an_interrupt_ends_quietly(turnstile, process, tmp_path):
    """Ctrl-C ends a command that waits for its input without a traceback."""
    turnstile("--version")
    os.mkfifo(tmp_path / "slow.json")
    running = process("run", "hello.asl.json", "--input", "slow.json")
    with (tmp_path / "slow.json").open("w"):  # returns when the command has begun to read
        running.send_signal(signal.SIGINT)
        out, err = running.communicate()
    assert (running.returncode, out, err) == (130, "", "")

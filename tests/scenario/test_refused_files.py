"""Broken scenario files: each fault is told at its line. The files say themselves what is wrong with them.

`### code: part of the message | part of the help` stands as a comment on the line that the fault is in; a fault of a
whole file belongs to its first line.
"""

import re
from pathlib import Path

import pytest

from turnstile.faults import Rejected
from turnstile.scenario.load import load

CASES = Path(__file__).parents[1] / "cases" / "scenario" / "refused"
FILES = sorted(CASES.glob("*.scenario.yaml"))
EXPECTED = re.compile(r"### *(?P<code>[\w-]+): *(?P<message>[^|\n]*?) *(?:\| *(?P<help>.*?) *)?$")


def expected(path):
    """Line to code, part of the message and part of the help, in the order of the file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [(number, EXPECTED.search(line)) for number, line in enumerate(lines, 1)]
    return [(number, match["code"], match["message"], match["help"] or "") for number, match in found if match]


def refusal(path):
    with pytest.raises(Rejected) as caught:
        load(path)
    return caught.value.faults


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.partition(".")[0])
def test_every_fault_of_a_file_is_told_at_its_line(path):
    """All faults of the file and of the files it names, each once, and no others."""
    faults = refusal(path)
    files = {str(path), *(fault.where.file for fault in faults)}
    for file in files:
        found = [(max(f.where.line, 1), f.code, f.message, f.help) for f in faults if f.where.file == file]
        wanted = expected(Path(file))
        assert [line_and_code[:2] for line_and_code in found] == [each[:2] for each in wanted], _listed(faults)
        for (_, _, message, remedy), (_, _, message_part, remedy_part) in zip(found, wanted, strict=True):
            assert message_part in message
            assert remedy_part in remedy


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.partition(".")[0])
def test_messages_follow_the_grammar_of_messages(path):
    """One line, no full stop, a lower-case or quoted start, a column with every line."""
    for fault in refusal(path):
        if fault.code.islower():  # the faults of definitions are worded as AWS words them
            assert "\n" not in fault.message
            assert not fault.message.endswith(".")
            assert fault.message[0].islower() or fault.message[0] == "`" or fault.message.startswith("JSON")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.partition(".")[0])
def test_every_fault_has_a_place_and_a_remedy(path):
    """File, line, column and a help line of its own, whatever room it comes from."""
    for fault in refusal(path):
        assert fault.where.line > 0, fault
        assert fault.where.column > 0, fault
        assert fault.help, fault


def _listed(faults):
    return "\n" + "\n".join(map(str, faults))

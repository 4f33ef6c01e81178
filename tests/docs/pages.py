"""The code blocks of the documents, and what the documents say about running them.

A comment in front of a block says why it, or a line of it, cannot be run (`<!-- not run: why -->`, or with a text of
the line `<!-- not run "text": why -->`), that it is a file (`<!-- file: name -->`), or that it is a change of one
(`<!-- edit: name -->`). This file knows nothing of what the blocks say.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^((?:<!-- .*? -->\n)*)```([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_MARK = re.compile(r'<!-- (not run|file|edit)(?: "([^"]+)")?: (.+?) -->')


@dataclass(frozen=True, slots=True)
class Block:
    """A block with its page, its line in it, the marks in front, and its text."""

    page: Path
    line: int
    language: str
    marks: tuple[tuple[str, str, str], ...]
    text: str

    def mark(self, kind: str) -> str:
        """What a mark of the whole block says; empty without one."""
        return next((told for name, part, told in self.marks if name == kind and not part), "")

    def runs(self, line: str) -> bool:
        """Whether a line of it is to be run."""
        return not self.mark("not run") and not any(
            part in line for kind, part, _ in self.marks if kind == "not run" and part
        )


@dataclass(frozen=True, slots=True)
class Step:
    """A line after a `$`, as lists of words that follow each other, and the lines that are shown below it."""

    line: str
    commands: tuple[tuple[str, ...], ...]
    shown: tuple[str, ...]


def blocks(page: Path) -> list[Block]:
    """All blocks of a page."""
    text = page.read_text("utf-8")
    return [
        Block(page, text[: found.start(3)].count("\n"), found[2], tuple(_MARK.findall(found[1])), found[3])
        for found in _BLOCK.finditer(text)
    ]


def steps(text: str) -> list[Step]:
    """The commands of a console block."""
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    return [_step(part.splitlines()) for part in parts[1:]]


def _step(lines: list[str]) -> Step:
    while lines[0].endswith("\\"):
        lines = [f"{lines[0][:-1]} {lines[1]}", *lines[2:]]
    words = shlex.split(lines[0], comments=True)
    commands: list[list[str]] = [[]]
    for word in words:
        if word == "&&":
            commands.append([])
        else:
            commands[-1].append(word)
    return Step(lines[0], tuple(map(tuple, commands)), tuple(lines[1:]))


def shows(shown: tuple[str, ...], said: str) -> bool:
    """Whether a document shows what was said: `...` stands for any lines, and wall times are as they may be."""
    parts = [".*" if line.strip() == "..." else re.escape(_steady(line)) + "\n" for line in shown]
    pattern = "".join(parts) if shown else ".*"
    return re.fullmatch(pattern, "".join(f"{_steady(line)}\n" for line in said.splitlines()), re.DOTALL) is not None


def _steady(line: str) -> str:
    return re.sub(r" +\d+(\.\d+)? ?m?s$", " wall", line.rstrip())

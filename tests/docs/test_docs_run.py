"""Every block of code in the README and in docs/ runs and shows what is said, or says in front of it why not."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import tomllib

import pytest
from tests.docs.pages import PAGES, ROOT, blocks, shows, steps
from typer.testing import CliRunner

import turnstile
from turnstile.cli.app import app
from turnstile.report.codes import HOME
from turnstile.yaml import read_yaml

FILES = ROOT / "tests" / "cases" / "docs"
FILES_AT = f"{HOME}/blob/main/"
"""Where the files of this repository are for readers of a package index."""
LESSONS = ("cross-account-lambda", "data-onboarding", "hub-and-spoke")
"""The scenarios that the pages name, in a folder with few of them, as all run elsewhere."""
RUN_BY = {
    ("scenario-files.md", "yaml"): "tests/scenario/test_guide.py",
    ("pytest.md", "python test"): "tests/plugin/test_pytest_page.py",
    ("pytest.md", "python test scenario"): "tests/plugin/test_pytest_page.py",
}
"""Languages of pages whose blocks have a test of their own."""
SLOW = "-j auto"
"""Of a block that starts processes."""
LANGUAGES = {"console", "python", "yaml", "json", "toml", "ini", "text", "diff"}
BLOCKS = [block for page in PAGES if page.name != "tutorial.md" for block in blocks(page)]


def of(language):
    """The blocks of a language that run here, as parameters with their place."""
    found = [block for block in BLOCKS if block.language == language and not block.mark("not run")]
    return [
        pytest.param(
            block, id=f"{block.page.name}:{block.line}", marks=[pytest.mark.slow] if SLOW in block.text else []
        )
        for block in found
        if (block.page.name, language) not in RUN_BY
    ]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the files that the pages speak of."""
    shutil.copytree(FILES, tmp_path, dirs_exist_ok=True)
    for name in LESSONS:
        shutil.copy(ROOT / "scenarios" / f"{name}.scenario.yaml", _made(tmp_path / "scenarios"))
        shutil.copytree(ROOT / "scenarios" / name, tmp_path / "scenarios" / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _made(folder):
    folder.mkdir(exist_ok=True)
    return folder


def command(*words):
    """Run a command in this process; its exit code and what it said."""
    result = CliRunner(env={"CI": "", "NO_COLOR": "1", "COLUMNS": "100"}).invoke(
        app, list(words), prog_name="turnstile"
    )
    return result.exit_code, result.output


def allowed(words):
    """The exit codes that a command of a page may have: questions may be answered with no, and nothing may be left."""
    verb = words[1]
    if "--last-failed" in words:
        return {0, 5}
    return {0, 1} if verb in {"explain", "init", "simulate"} else {0}


@pytest.mark.parametrize("block", of("console"))
def test_the_commands_end_well(folder, block):
    """Each command of a console block, one after the other in one folder."""
    if any("--report report.json" in step.line for step in steps(block.text)):
        command("run", "scenarios/data-onboarding.scenario.yaml", "--format", "json=report.json")
    for step in steps(block.text):
        if block.runs(step.line):
            said = "".join(taken(folder, words) for words in step.commands)
            assert shows(step.shown, said), f"$ {step.line}\n{said}"


def taken(folder, words):
    """What a command of a page prints."""
    if words[0] == "cat":
        return (folder / words[1]).read_text("utf-8")
    assert words[0] == "turnstile"
    force = ("--force",) if words[1] == "init" else ()
    code, said = command(*words[1:], *force)
    assert code in allowed(words), f"{words}\n{said}"
    return said


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "tutorial.md"], ids=lambda page: page.name)
def test_the_python_of_a_page_runs(folder, page):
    """All blocks of a page after each other, as one reads them."""
    names = {"turnstile": turnstile}
    for block in blocks(page):
        if block.language == "python" and not block.mark("not run"):
            exec(compile(block.text, f"{page.name}:{block.line}", "exec"), names)


@pytest.mark.parametrize("language", ["yaml", "json", "toml", "ini"])
def test_the_data_of_the_pages_reads(language):
    """Blocks of data are of their language, also those that nothing can run."""
    readers = {"yaml": lambda text: read_yaml("block", text), "json": json.loads, "toml": _toml, "ini": _ini}
    for block in BLOCKS:
        if block.language == language:
            readers[language](block.text)


def _ini(text):
    reader = configparser.ConfigParser(delimiters=("=",))
    reader.read_string(text)
    return reader["pytest"]


def _toml(text):
    return tomllib.loads(text)["tool"]["turnstile"]


def test_each_block_is_run_or_says_why_not():
    """A language that nothing runs, or a mark without a reason, is noticed."""
    for block in [block for page in PAGES for block in blocks(page)]:
        place = f"{block.page.name}:{block.line}"
        known = block.language in LANGUAGES or (block.page.name, block.language) in RUN_BY
        assert known, f"{place}: nothing runs `{block.language}`"
        told = any(block.mark(kind) for kind in ("not run", "file", "edit"))
        here = block.language not in {"yaml", "text", "diff"} or (block.page.name, block.language) in RUN_BY
        assert here or told, f"{place}: say why it is not run"
    assert all((ROOT / path).is_file() for path in RUN_BY.values())


def test_no_command_hides_outside_of_a_block():
    """A command that is only indented, or a block inside of a list, would be run by nothing."""
    hidden = r"^    (?:\$ |turnstile |make |pytest |pip |\.venv/)|^[ \t]+```|^~~~"
    assert [page.name for page in PAGES if re.search(hidden, page.read_text("utf-8"), re.MULTILINE)] == []
    assert [page.name for page in PAGES if len(blocks(page)) * 2 != page.read_text("utf-8").count("\n```")] == []


def test_other_pages_have_no_blocks():
    """What is looked at above is all that there is to look at."""
    others = [ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*/**/*.md"), *(ROOT / "scenarios").glob("**/*.md")]
    assert [page.name for page in others if "```" in page.read_text("utf-8")] == []


def test_a_page_has_one_title():
    """One heading of the first level, on the first line."""
    for page in PAGES:
        prose = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
        assert [line for line in prose.splitlines() if line.startswith("# ")] == prose.splitlines()[:1], page.name


def test_the_house_is_drawn_as_it_stands():
    """The floors in docs/architecture.md are those that import-linter holds."""
    (block,) = blocks(ROOT / "docs" / "architecture.md")
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    floors = [re.sub(r"turnstile\.|[()]", "", layer) for layer in layers]
    assert [re.split(r"  +", line)[0] for line in block.text.splitlines()] == floors


def test_no_relative_link_is_broken():
    """Each link of a page leads to a file, and to a heading of it."""
    broken = [
        f"{page.name}: {target}"
        for page in [*PAGES, *(ROOT / "docs" / "codes").glob("*.md"), *(ROOT / "docs" / "decisions").glob("*.md")]
        for target in _targets(page)
        if not _leads(page, target)
    ]
    assert broken == []


def _targets(page):
    """Relative links, and those to files of this repository."""
    return [
        target if relative else _local(target)
        for target in _links(page)
        if (relative := not re.match(r"[a-z]+:", target)) or target.startswith(FILES_AT)
    ]


def _links(page):
    """Those in the line, and those told below the text."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
    return [*re.findall(r"\]\(([^)\s]+)\)", prose), *re.findall(r"^\[[^\]]+\]: (\S+)$", prose, re.MULTILINE)]


def test_the_readme_reads_the_same_on_a_package_index():
    """It has no relative link, every label of a link is told, and what the index links to are files of ours too."""
    page = ROOT / "README.md"
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
    assert [target for target in _links(page) if not target.startswith("https://")] == []
    labels = set(re.findall(r"^\[([^\]]+)\]: ", prose, re.MULTILINE))
    assert {label or text for text, label in re.findall(r"\[([^\]]+)\](?:\[([^\]]+)\])?(?!:)", prose)} == labels
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
    assert {"Changelog", "Documentation", "Issues", "Source"} <= urls.keys()
    assert all(url.startswith(HOME) for url in urls.values())
    assert [url for url in urls.values() if url.startswith(FILES_AT) and not _leads(page, _local(url))] == []


def _local(url):
    return str(ROOT / url.removeprefix(FILES_AT))


def _leads(page, target):
    path, _, heading = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    return file.exists() and (not heading or file.suffix != ".md" or heading in _anchors(file))


def _anchors(file):
    headings = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_every_page_is_linked_from_the_readme_or_from_a_page_that_is():
    """A reader who starts at the README finds every page."""
    found, todo = set(), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        links = [target.partition("#")[0] for target in _targets(page)]
        new = {path for link in links if (path := (page.parent / link).resolve()).suffix == ".md"} - found
        found |= new
        todo += new
    assert [page.name for page in PAGES[1:] if page not in found] == []

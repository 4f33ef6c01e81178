"""`probe`: what is wrong with handler files, said before anything runs."""

import pytest

from turnstile.backends.handlers import prepared
from turnstile.backends.handlers.probe import probe
from turnstile.faults import Unsupported

GOOD = "def handler(event, context):\n    return event\n"
FAULTS = {
    "a syntax error": ("def handler(event, context)\n", "handler-syntax", 1, 28, "is not valid Python: expected ':'"),
    "no Python at all": ("<html>\n", "handler-syntax", 1, 1, "is not valid Python: invalid syntax"),
    "a null byte": (
        "\0\n",
        "handler-syntax",
        0,
        0,
        "is not valid Python: source code string cannot contain null bytes",
    ),
    "a missing module": (
        "import os\nimport no_such\n",
        "handler-import",
        2,
        1,
        "cannot be imported: ModuleNotFoundError: No module named 'no_such'",
    ),
    "an error at import": (
        "import json\ndef deep():\n    json.loads('-')\n\ndeep()\n",
        "handler-import",
        3,
        1,
        "cannot be imported: JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
    ),
    "an import that ends": ("import os\nos._exit(0)\n", "handler-import", 0, 0, "ended its process"),
    "another name": ("def handle(event, context): ...\n", "handler-not-found", 0, 0, "has no function `handler`"),
    "no function": ("handler = 1\n", "handler-not-callable", 0, 0, "is not a function"),
}


@pytest.mark.parametrize(("code", "kind", "line", "column", "words"), FAULTS.values(), ids=FAULTS)
async def test_a_fault_stands_in_the_handlers_file(aws_lambda, code, kind, line, column, words):
    """Each fault has its code, its place in the file and the reason."""
    function = aws_lambda.declare(code)
    (fault,) = await probe(aws_lambda.handlers, [function])
    assert (fault.code, fault.where.line, fault.where.column) == (kind, line, column)
    assert fault.where.file == str(function.code.path)
    assert words in fault.message


async def test_good_handlers_have_no_fault_and_are_prepared(aws_lambda):
    """What was probed is not imported again."""
    functions = [aws_lambda.declare(GOOD, "f"), aws_lambda.declare(GOOD, "g"), aws_lambda.declare(repr, "h")]
    assert await probe(aws_lambda.handlers, functions) == ()
    (aws_lambda.folder / "f.py").unlink()
    assert await aws_lambda.invoke(1) == 1


async def test_an_import_error_stands_in_the_deepest_file_of_the_user(aws_lambda):
    """A fault in a module that the handler imports is said there."""
    (aws_lambda.folder / "lib.py").write_text("\n\nvalue = {}['key']\n")
    (fault,) = await probe(aws_lambda.handlers, [aws_lambda.declare("import lib\n" + GOOD)])
    assert str(fault.where) == f"{aws_lambda.folder}/lib.py:3:1"


@pytest.mark.parametrize(("file", "kind"), [("gone.py", "handler-missing"), ("index.rb", "handler-language")])
async def test_a_file_that_is_none_is_a_fault_of_the_declaration(aws_lambda, file, kind):
    """Without a Python file the fault stands where the function is declared."""
    function = aws_lambda.declare(GOOD)
    object.__setattr__(function.code, "path", aws_lambda.folder / file)
    (fault,) = await probe(aws_lambda.handlers, [function])
    assert fault.code == kind
    assert fault.where.file == "<test>"
    assert file in fault.message


async def test_an_endless_import_is_ended(aws_lambda, monkeypatch):
    """An import that takes longer than Lambda's init phase is a fault, and its invocations time out."""
    monkeypatch.setattr(prepared, "INIT_SECONDS", 0.2)
    function = aws_lambda.declare("while True: print('flood' * 1000)")
    (fault,) = await probe(aws_lambda.handlers, [function])
    assert fault.code == "handler-import"
    assert "took more than" in fault.message
    assert (await aws_lambda.fail())["errorType"] == "Sandbox.Timedout"


async def test_a_system_without_fork_is_refused_by_name(aws_lambda, monkeypatch):
    """Where processes cannot fork, Python handlers are not supported, and that is said."""
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(Unsupported, match=r"Python handlers without os\.fork"):
        await probe(aws_lambda.handlers, [aws_lambda.declare(GOOD)])


async def test_a_message_names_files_without_the_folders_above_them(aws_lambda):
    """Python's own words hold the whole path of the module; the user sees its name."""
    (aws_lambda.folder / "other.py").write_text("y = 1")
    function = aws_lambda.declare("from other import x\ndef handler(event, context): pass")
    (fault,) = await probe(aws_lambda.handlers, [function])
    assert "other.py" in fault.message
    assert str(aws_lambda.folder) not in fault.message

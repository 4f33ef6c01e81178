"""JavaScript handlers in Node.js: answers, errors as its runtime words them, both kinds of modules, calls."""

import json
import shutil

import pytest

from turnstile.backends.handlers.probe import probe
from turnstile.faults import Unsupported
from turnstile.world.function import HandlerFile

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="Node.js is not installed")

ANSWERS = {
    "an async function": "exports.handler = async (event) => ({ twice: event.n * 2 });",
    "a plain value's promise": "exports.handler = (event) => Promise.resolve({ twice: event.n * 2 });",
    "a callback": "exports.handler = (event, c, done) => setTimeout(() => done(null, { twice: event.n * 2 }), 1);",
    "context.succeed": "exports.handler = (event, context) => context.succeed({ twice: event.n * 2 });",
}
FAILURES = {
    "an error": (
        "exports.handler = async () => { throw new TypeError('no'); };",
        {"errorType": "TypeError", "errorMessage": "no"},
    ),
    "a callback's error": (
        "exports.handler = (event, context, done) => done(new Error('late'));",
        {"errorType": "Error", "errorMessage": "late"},
    ),
    "no error object": (
        "exports.handler = async () => { throw 'text'; };",
        {"errorType": "string", "errorMessage": "text", "trace": []},
    ),
    "an error that nobody caught": (
        "exports.handler = () => { setTimeout(() => { throw new Error('lost'); }, 1); return new Promise(() => {}); };",
        {"errorType": "Runtime.UncaughtException", "errorMessage": "Error: lost"},
    ),
    "an exit": (
        "exports.handler = async () => process.exit(3);",
        {"errorType": "Runtime.ExitError"},
    ),
}
FAULTS = {
    "a syntax error": ("exports.handler = async () => {\n  return 1 +;\n};", "handler-syntax", 2),
    "a missing module": ("require('no-such-module');", "handler-import", 1),
    "an error at import": ("\nnull.x;", "handler-import", 2),
    "another name": ("exports.other = async () => 1;", "handler-not-found", 0),
    "no function": ("exports.handler = 1;", "handler-not-callable", 0),
}


@pytest.fixture
def script(aws_lambda):
    """Declares `f` with JavaScript in a file of the name."""

    def write(code, file="index.js", **facts):
        path = aws_lambda.folder / file
        path.write_text(code)
        return aws_lambda.declare(HandlerFile(path, "handler"), **{"timeout": 10, **facts})

    return write


@pytest.mark.parametrize("code", ANSWERS.values(), ids=ANSWERS)
async def test_every_way_to_answer_works(aws_lambda, script, code):
    """Promises, callbacks and the old methods of the context."""
    script(code)
    assert await aws_lambda.invoke({"n": 21}) == {"twice": 42}
    assert await aws_lambda.invoke({"n": 4}) == {"twice": 8}


@pytest.mark.parametrize(("code", "expected"), FAILURES.values(), ids=FAILURES)
async def test_errors_have_the_shape_of_node(aws_lambda, script, code, expected):
    """Type, message and trace; what ends the process is told as Lambda tells it, and the next event finds a new one."""
    script(code)
    payload = await aws_lambda.fail()
    assert expected.items() <= payload.items()
    assert str(aws_lambda.folder) not in json.dumps(payload)
    assert expected.items() <= (await aws_lambda.fail()).items()


async def test_modules_of_both_kinds_load(aws_lambda, script):
    """`.mjs`, and `.js` below a package of type module."""
    script("import path from 'node:path';\nexport const handler = async () => path.basename('/a/b');", "index.mjs")
    assert await aws_lambda.invoke() == "b"
    (aws_lambda.folder / "package.json").write_text('{"type": "module"}')
    script("export const handler = async () => import.meta.url.length > 0;")
    other = aws_lambda.again()
    assert await other.invoke() is True
    await other.functions.close()


async def test_the_context_and_the_variables_are_lambdas(aws_lambda, script):
    """Names as in the guide."""
    script(
        "exports.handler = async (event, c) => [c.functionName, c.functionVersion, c.memoryLimitInMB,"
        " c.awsRequestId.length, c.getRemainingTimeInMillis() > 0, process.env.TABLE, process.env.AWS_EXECUTION_ENV];",
        environment={"TABLE": "orders"},
    )
    assert await aws_lambda.invoke() == ["f", "$LATEST", "128", 36, True, "orders", "AWS_Lambda_nodejs"]


async def test_state_is_warm_inside_one_world_only(aws_lambda, script):
    """A process per environment and world."""
    script("let n = 0; exports.handler = async () => ++n;")
    other = aws_lambda.again()
    assert [await aws_lambda.invoke(), await aws_lambda.invoke()] == [1, 2]
    assert await other.invoke() == 1
    await other.functions.close()


@pytest.mark.parametrize("hang", ["while (true) {}", "return new Promise(() => setInterval(() => {}, 1000))"])
async def test_a_hanging_handler_is_killed(aws_lambda, script, hang):
    """At its timeout, as a Python one."""
    script(f"exports.handler = () => {{ {hang} }};", timeout=0.3)
    assert (await aws_lambda.fail())["errorMessage"].endswith("Task timed out after 0.30 seconds")


@pytest.mark.parametrize(("code", "kind", "line"), FAULTS.values(), ids=FAULTS)
async def test_what_cannot_be_loaded_is_a_fault(aws_lambda, script, code, kind, line):
    """With the line, where Node.js tells it."""
    (fault,) = await probe(aws_lambda.handlers, [script(code)])
    assert (fault.code, fault.where.line) == (kind, line)


async def test_without_node_it_is_said_what_is_missing(aws_lambda, script, monkeypatch):
    """Not emulated, by name and with the remedy."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unsupported, match="install `node`"):
        await probe(aws_lambda.handlers, [script(ANSWERS["an async function"])])

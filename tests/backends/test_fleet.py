"""Python handlers in their processes: answers, errors as Lambda words them, timeouts, crashes, what is left behind."""

import asyncio
import contextlib
import json
import os
import re
import sys
from pathlib import Path

import pytest

from turnstile.backends.functions import Functions
from turnstile.backends.handlers.pool import Handlers
from turnstile.clock import DAWN

CASES = json.loads((Path(__file__).parents[1] / "cases/backends/handler_failures.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["says"] for case in CASES])
async def test_failures_are_worded_as_lambda_words_them(aws_lambda, case):
    """Each case: a handler file, and the payload of its error without the request's id."""
    aws_lambda.declare(case["code"], "handler", timeout=5)
    payload = await aws_lambda.fail(case.get("event"), "handler")
    request_id = payload.pop("requestId", "-")
    payload["errorMessage"] = re.sub("^RequestId: .{36} ", "", payload["errorMessage"])
    stack = payload.get("stackTrace", [])[case.get("from", 0) :]
    assert {**payload, "stackTrace": stack} == {"stackTrace": [], **case["payload"]}
    assert len(request_id) == case.get("id", 36)


async def test_frames_of_libraries_are_named_as_in_lambda(aws_lambda):
    """No path of this machine stands in a payload: the standard library has Lambda's place."""
    aws_lambda.declare("import json\ndef handler(event, context):\n    json.loads('-')")
    version = "python{}.{}".format(*sys.version_info)
    deep = (await aws_lambda.fail())["stackTrace"][1]
    assert deep.startswith(f'  File "/var/lang/lib/{version}/json/__init__.py", line ')


async def test_a_handler_sees_its_function_in_the_context(aws_lambda):
    """The context object describes the function and the invocation."""
    aws_lambda.declare(
        "def handler(event, c):\n"
        "    left = c.get_remaining_time_in_millis()\n"
        "    return [c.function_name, c.function_version, c.invoked_function_arn, c.memory_limit_in_mb,\n"
        "            c.log_group_name, c.log_stream_name[:20], len(c.aws_request_id), 0 < left <= 7000]",
        timeout=7,
        memory=256,
    )
    arn = "arn:aws:lambda:us-east-1:123456789012:function:f"
    stream = "2026/01/01/[$LATEST]"
    assert await aws_lambda.invoke() == ["f", "$LATEST", arn, "256", "/aws/lambda/f", stream, 36, True]


async def test_a_handler_starts_with_little_imported(aws_lambda):
    """Neither Turnstile nor costly modules are in a handler's process before its own imports."""
    aws_lambda.declare("import sys\ndef handler(event, context):\n    return sorted(sys.modules)")
    modules = await aws_lambda.invoke()
    assert not {"asyncio", "dataclasses", "typing", "subprocess", "turnstile"} & set(modules)


async def test_a_module_stays_warm_inside_one_world_only(aws_lambda):
    """Module state lasts from call to call, and is another in another world and in another function."""
    counter = "calls = []\ndef handler(event, context):\n    calls.append(event)\n    return calls"
    aws_lambda.declare(counter)
    aws_lambda.declare(counter, "g")
    other = aws_lambda.again()
    assert await aws_lambda.invoke(1) == [1]
    assert await aws_lambda.invoke(2) == [1, 2]
    assert await aws_lambda.invoke(3, "g") == [3]
    assert await other.invoke(4) == [4]
    assert await aws_lambda.invoke(5) == [1, 2, 5]
    await other.functions.close()


async def test_a_module_with_threads_runs_as_well(aws_lambda):
    """Threads that an import starts are alive in every environment, and worlds stay apart."""
    aws_lambda.declare(
        "import queue, threading\n"
        "jobs, done = queue.Queue(), queue.Queue()\n"
        "def work():\n"
        "    while True:\n"
        "        done.put(jobs.get() + 1)\n"
        "threading.Thread(target=work, daemon=True).start()\n"
        "def handler(event, context):\n"
        "    jobs.put(event)\n"
        "    return done.get()"
    )
    other = aws_lambda.again()
    assert await aws_lambda.invoke(1) == 2
    assert await other.invoke(2) == 3
    await other.functions.close()


async def test_results_of_one_instant_come_in_the_order_of_their_start(aws_lambda):
    """The slowest of three handlers started first, and is delivered first."""
    aws_lambda.declare("import time\ndef handler(event, context):\n    time.sleep(event)\n    return event")
    order = []

    async def ask(seconds):
        order.append(await aws_lambda.invoke(seconds))

    await asyncio.gather(*map(ask, (0.06, 0.03, 0)))
    assert order == [0.06, 0.03, 0]


async def test_more_invocations_than_environments_all_get_an_answer(aws_lambda):
    """Thirty invocations at once share ten environments."""
    aws_lambda.declare("import os\ndef handler(event, context):\n    return [event, os.getpid()]")
    answers = await asyncio.gather(*(aws_lambda.invoke(number) for number in range(30)))
    assert [number for number, _ in answers] == list(range(30))
    assert len({pid for _, pid in answers}) == 10


async def test_time_stands_still_while_a_handler_runs(aws_lambda):
    """Only the declared duration passes."""
    aws_lambda.declare("import time\ndef handler(event, context):\n    time.sleep(0.01)", takes=60)
    await aws_lambda.invoke()
    assert aws_lambda.world.clock.now() == DAWN + 60


@pytest.mark.parametrize(
    "hang",
    [
        "while True: pass",
        "import signal, time\n    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n    time.sleep(60)",
        "while True: print('flood' * 1000)",
        "import os, signal\n    os.kill(os.getpid(), signal.SIGSTOP)",
    ],
)
async def test_a_hanging_handler_is_killed_at_its_timeout(aws_lambda, hang):
    """The clock moves by the timeout, the loop goes on meanwhile, and the next call finds a fresh environment."""
    aws_lambda.declare(f"def handler(event, context):\n    if event: return event\n    {hang}", timeout=0.15)
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0.005)
            ticks += 1

    ticking = asyncio.ensure_future(tick())
    payload = await aws_lambda.fail()
    ticking.cancel()
    assert payload["errorType"] == "Sandbox.Timedout"
    assert payload["errorMessage"].endswith(" Error: Task timed out after 0.15 seconds")
    assert aws_lambda.world.clock.now() == DAWN + 0.15
    assert ticks > 5
    assert await aws_lambda.invoke(1) == 1


async def test_the_end_of_the_output_is_kept(aws_lambda):
    """Of what a killed process wrote, at any level, the last part remains."""
    function = aws_lambda.declare(
        "import os, time\n"
        "def handler(event, context):\n"
        "    print('x' * 1_000_000)\n"
        "    print('last words')\n"
        "    os.system('echo of a child')\n"
        "    time.sleep(60)",
        timeout=0.5,
    )
    await aws_lambda.fail()
    written = aws_lambda.functions.written(function)
    assert written.endswith("xxx\nlast words\nof a child\n")
    assert len(written) == 65_536


LEAVERS = {
    "a fork that lives on": "if os.fork() == 0:\n        time.sleep(60)",
    "a fork that returns from the handler": "pid = os.fork()",
    "a process of its own session": "subprocess.Popen(['sleep', '60'], start_new_session=True)",
    "a daemon": "if os.fork() == 0:\n        os.setsid()\n        os.fork() or time.sleep(60)\n        os._exit(0)",
    "a thread": "threading.Thread(target=time.sleep, args=(60,)).start()",
}


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found by /proc, which only Linux has")
@pytest.mark.parametrize("leave", LEAVERS.values(), ids=LEAVERS)
async def test_nothing_is_left_running(aws_lambda, leave):
    """Whatever a handler starts, its answer comes once, and all is gone when its world is closed."""
    aws_lambda.declare(
        f"import os, subprocess, threading, time\ndef handler(event, context):\n    {leave}\n    return event"
    )
    assert await aws_lambda.invoke(1) == 1
    assert await aws_lambda.invoke(2) == 2
    assert len(_below(os.getpid())) >= 3
    await aws_lambda.functions.close()
    assert len(_below(os.getpid())) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found by /proc, which only Linux has")
async def test_what_a_crash_leaves_dies_with_it(aws_lambda):
    """A daemon of a handler that crashes is gone when the error is there."""
    aws_lambda.declare(
        "import os, subprocess\n"
        "def handler(event, context):\n"
        "    subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
        "    os._exit(3)"
    )
    assert (await aws_lambda.fail())["errorMessage"].endswith("Error: Runtime exited with error: exit status 3")
    assert len(_below(os.getpid())) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found by /proc, which only Linux has")
@pytest.mark.parametrize("processes", [0, 1, 2, 3])
async def test_a_cancelled_invocation_leaves_nothing(aws_lambda, processes):
    """Cancelled at any stage of its start, an invocation ends, and closing in its task ends the pool and its files."""
    aws_lambda.declare("import time\ndef handler(event, context):\n    time.sleep(60)")

    async def run():
        try:
            await aws_lambda.invoke()
        finally:
            await aws_lambda.functions.close()
            await aws_lambda.handlers.close()

    task = asyncio.ensure_future(run())
    await asyncio.sleep(0)
    folder = Path(aws_lambda.handlers._folder.name)
    await _until(lambda: len(_below(os.getpid())) >= processes)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert _below(os.getpid()) == []
    assert not _exists(folder)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found by /proc, which only Linux has")
async def test_a_killed_pool_takes_everything_along(aws_lambda):
    """When the root of a pool dies, so does all below it, and invocations fail instead of hanging."""
    aws_lambda.declare("def handler(event, context):\n    return 1")
    await aws_lambda.invoke()
    below = _below(os.getpid())
    assert len(below) == 3
    aws_lambda.handlers._python.kill()
    await _until(lambda: not any(map(_runs, below)))
    payload = await aws_lambda.fail()
    assert payload["errorType"] == "Runtime.ExitError"


async def test_seven_worlds_of_two_functions_share_one_import(aws_lambda):
    """The import happens once per function, however many worlds follow, and each world starts from it."""
    counter = aws_lambda.folder / "imports"
    code = (
        f"open({str(counter)!r}, 'a').write('x')\nn = 0\n"
        "def handler(event, context):\n    global n\n    n += 1\n    return n"
    )
    aws_lambda.declare(code)
    aws_lambda.declare(code, "g")
    for _ in range(7):
        world = aws_lambda.again()
        assert await asyncio.gather(world.invoke(), world.invoke(name="g")) == [1, 1]
        await world.functions.close()
    assert counter.read_text() == "xx"


def test_a_pool_is_not_bound_to_a_loop(aws_lambda_sources):
    """A pool may be started before any loop runs and used in one loop after another."""
    here = aws_lambda_sources
    here.declare("def handler(event, context):\n    return event")

    async def once(number):
        world = here.again()
        answer = await world.invoke(number)
        await world.functions.close()
        return answer

    assert [asyncio.run(once(number)) for number in range(3)] == [0, 1, 2]
    asyncio.run(here.handlers.close())


async def test_an_unused_pool_starts_nothing():
    """A pool of which nothing was asked has nothing to close."""
    handlers = Handlers()
    await Functions(None, handlers).close()
    await handlers.close()
    assert handlers._python is None


async def _until(true):
    """Wait for other processes; the test's own limit ends it."""
    while not true():  # noqa: ASYNC110 - nothing tells of processes that are no children
        await asyncio.sleep(0.001)


def _below(pid):
    """The processes below one, that are no zombies."""
    found = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
            found += [child, *_below(child)] if _runs(child) else []
    return found


def _exists(path):
    return path.exists()


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False

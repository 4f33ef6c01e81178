"""A headless Chromium driven by the DevTools protocol, for tests of pages.

https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_CODES = {"Tab": 9, "Enter": 13, "Escape": 27, "End": 35, "Home": 36, "PageUp": 33, "PageDown": 34}
_CODES |= {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}


@contextlib.contextmanager
def started(folder: Path) -> Iterator[str]:
    """A browser with a profile in the folder; where it listens, as `host:port`."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0"]
    command = [PROGRAM, *options, f"--user-data-dir={folder}", "about:blank"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            found = (re.search(r"ws://([^/]+)/", line) for line in process.stderr)
            yield next(one[1] for one in found if one)
        finally:
            process.terminate()


@contextlib.asynccontextmanager
async def opened(browser: str, address: str, size=(1400, 900), dark=None) -> AsyncIterator[Tab]:
    """A page in a tab of its own, loaded and drawn; `dark` as the system would have it."""
    async with aiohttp.ClientSession() as session:
        async with session.put(f"http://{browser}/json/new?about:blank") as answer:
            told = await answer.json(content_type=None)
        async with session.ws_connect(told["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            tab = Tab(socket)
            for domain in ("Page", "Network", "Runtime", "Log"):
                await tab.send(f"{domain}.enable")
            await tab.resize(*size)
            if dark is not None:
                wish = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
                await tab.send("Emulation.setEmulatedMedia", features=[wish])
            await tab.send("Page.navigate", url=address)
            await tab.event("Page.loadEventFired")
            yield tab
        async with session.get(f"http://{browser}/json/close/{told['id']}"):
            pass


class Tab:
    """One page: scripts run in it, keys go to it, and what it asked for and complained of is kept."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self._events: list[dict] = []

    async def send(self, method: str, **parameters):
        """The answer to a command."""
        self._number += 1
        number = self._number
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            message = await self._socket.receive_json()
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]
            self._events.append(message)

    async def event(self, method: str):
        """The first event of this name, whenever it was."""
        while not (found := self.events(method)):
            self._events.append(await self._socket.receive_json())
        return found[0]

    def events(self, method: str) -> list[dict]:
        """The parameters of all events of this name until now."""
        return [one["params"] for one in self._events if one["method"] == method]

    @property
    def requests(self) -> list[str]:
        """What the page asked the network, or files, for."""
        return [one["request"]["url"] for one in self.events("Network.requestWillBeSent")]

    @property
    def complaints(self) -> list[str]:
        """Errors of scripts, and what the policy of the page kept out."""
        thrown = [one["exceptionDetails"]["text"] for one in self.events("Runtime.exceptionThrown")]
        return thrown + [one["entry"]["text"] for one in self.events("Log.entryAdded")]

    async def run(self, script: str):
        """What a script returns; it may wait."""
        code = f"(async () => {{ {script} }})()"
        told = await self.send("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    async def press(self, *keys: str, modifiers: int = 0) -> None:
        """Press keys as a person would; what has the focus gets them."""
        for key in keys:
            told = {"key": key, "code": key, "windowsVirtualKeyCode": _CODES.get(key, 0), "modifiers": modifiers}
            if key == "Enter":
                told["text"] = "\r"
            await self.send("Input.dispatchKeyEvent", type="keyDown", **told)
            await self.send("Input.dispatchKeyEvent", type="keyUp", **told)
        await self.drawn()

    async def write(self, text: str) -> None:
        """Type a text into what has the focus."""
        await self.send("Input.insertText", text=text)
        await self.drawn()

    async def click(self, selector: str) -> None:
        """Click in the middle of an element, which is scrolled to."""
        place = await self.run(
            f"const one = document.querySelector({selector!r}); one.scrollIntoView({{ block: 'center' }});"
            " const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2];"
        )
        for kind in ("mousePressed", "mouseReleased"):
            at = {"x": place[0], "y": place[1], "button": "left", "clickCount": 1}
            await self.send("Input.dispatchMouseEvent", type=kind, **at)
        await self.drawn()

    async def go(self, hash_: str) -> None:
        """Follow an address behind `#`."""
        await self.run(f"location.hash = {hash_!r};")
        await self.drawn()

    async def drawn(self) -> None:
        """Wait until the page has been drawn again."""
        await self.run("for (let at = 0; at < 3; at += 1) await new Promise((done) => requestAnimationFrame(done));")

    async def resize(self, width: int, height: int) -> None:
        """Give the window a size."""
        told = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await self.send("Emulation.setDeviceMetricsOverride", **told)

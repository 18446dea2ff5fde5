"""Chromium without a screen, driven over two pipes by the DevTools protocol; for tests of pages."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FOUND = next((path for path in map(shutil.which, NAMES) if path), None)
needs_browser = pytest.mark.skipif(FOUND is None, reason="there is no Chromium here")
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--hide-scrollbars",
    "--mute-audio",
    "--remote-debugging-pipe",
]
PATIENCE = 60.0  # seconds for an answer
CODES = {" ": ("Space", 32), "ArrowLeft": ("ArrowLeft", 37), "ArrowRight": ("ArrowRight", 39),
         "Home": ("Home", 36), "End": ("End", 35), "Tab": ("Tab", 9)}  # fmt: skip


class Page:
    """A page in a browser; what it loads is counted."""

    def __init__(self, send: int, receive: int) -> None:
        self._send, self._receive = send, receive
        self._number, self._session, self._rest = 0, "", b""
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """What a command answers.

        Raises:
            RuntimeError: it does not want to.
        """
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": arguments}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._send, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(answer["error"]["message"])
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            if not select.select([self._receive], [], [], PATIENCE)[0]:
                raise RuntimeError("the browser does not answer")
            more = os.read(self._receive, 1 << 20)
            if not more:
                raise RuntimeError("the browser is gone")
            self._rest += more
        answer, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(answer)
        return found

    def open(
        self, file: Path, *, width: int = 1280, height: int = 900, script: bool = True, still: bool = True
    ) -> None:
        """Open a file; `still`: the reader wants no motion."""
        preference = {"name": "prefers-reduced-motion", "value": "reduce" if still else "no-preference"}
        self.call("Emulation.setEmulatedMedia", features=[preference])
        self.call("Emulation.setScriptExecutionDisabled", value=not script)
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.events.clear()
        self.call("Page.navigate", url=file.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._next())

    def value(self, expression: str) -> Any:
        """What JavaScript makes of an expression, waited for.

        Raises:
            RuntimeError: it fails.
        """
        made = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in made:
            raise RuntimeError(str(made["exceptionDetails"]))
        return made["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait, frame by frame, until something holds.

        Raises:
            RuntimeError: it does not within 600 frames.
        """
        held = self.value(
            f"new Promise(function (r) {{ var n = 0; (function f() {{ if ({condition}) r(true);"
            " else if (++n > 600) r(false); else requestAnimationFrame(f); }()); })"
        )
        if not held:
            raise RuntimeError(f"never: {condition}")

    def press(self, key: str) -> None:
        """A key, down and up."""
        code, number = CODES[key]
        text = {"text": " "} if key == " " else {}
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=code, windowsVirtualKeyCode=number,
                **(text if kind == "keyDown" else {}),
            )  # fmt: skip

    def click(self, selector: str) -> None:
        """The mouse, in the middle of an element."""
        box = self.value(
            f"(function () {{ var e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center'}); var b = e.getBoundingClientRect();"
            " return [b.x + b.width / 2, b.y + b.height / 2]; }())"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def picture(self, file: Path) -> Path:
        """What is seen, as a PNG."""
        file.write_bytes(b64decode(self.call("Page.captureScreenshot")["data"]))
        return file

    @property
    def asked_for(self) -> list[str]:
        """What was loaded, but for what is in the page itself."""
        asked = [
            e["params"]["request"]["url"]
            for e in self.events
            if e.get("method") == "Network.requestWillBeSent"
        ]
        return [url for url in asked if not url.startswith("data:")]

    @property
    def complaints(self) -> list[str]:
        """What scripts threw, and what a policy forbade."""
        said = [str(e["params"]) for e in self.events if e.get("method") == "Runtime.exceptionThrown"]
        logged = [e["params"]["entry"] for e in self.events if e.get("method") == "Log.entryAdded"]
        return [*said, *(entry["text"] for entry in logged if entry["level"] in ("error", "warning"))]


@contextmanager
def browser() -> Iterator[Page]:
    """A browser with one page."""
    assert FOUND is not None
    (to_read, to_send), (from_read, from_send) = os.pipe(), os.pipe()
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:

        def connect() -> None:  # it reads from 3 and writes to 4
            os.dup2(to_read, 13)
            os.dup2(from_send, 14)
            os.dup2(13, 3)
            os.dup2(14, 4)

        process = subprocess.Popen(
            [FOUND, *FLAGS, f"--user-data-dir={folder}"],
            preexec_fn=connect,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(from_send)
        try:
            yield Page(to_send, from_read)
        finally:
            process.kill()
            process.wait()
            os.close(to_send)
            os.close(from_read)

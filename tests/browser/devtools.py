"""A headless Chromium, driven through its DevTools protocol: no driver beside the browser."""

import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

SECONDS = 20
NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-sandbox",  # it cannot be had as root, and only our own pages are opened
)


@contextmanager
def chromium(folder: Path) -> Iterator[str]:
    """Start the browser with a profile in `folder`; yield the address of its DevTools."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    assert program, "The browser tests need Chromium: apt-get install chromium"
    command = [program, *OPTIONS, f"--user-data-dir={folder}", "about:blank"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{_port(folder / 'DevToolsActivePort')}"
    finally:
        process.terminate()
        process.wait(SECONDS)


def _port(file: Path) -> str:
    deadline = time.monotonic() + SECONDS
    while not (file.exists() and (lines := file.read_text().splitlines())):
        assert time.monotonic() < deadline, f"Chromium did not start: see {file.parent / 'log'}"
        time.sleep(0.05)
    return lines[0]


class Page:
    """One tab with cookies of its own; `faults` holds what went wrong in its scripts."""

    def __init__(self, browser: ClientConnection, target: str, session: str) -> None:
        self._browser = browser
        self._target = target
        self._session = session
        self._number = 0
        self.faults: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.command(f"{domain}.enable")

    def command(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and return its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        self._browser.send(json.dumps(message | {"sessionId": self._session}))
        while True:
            answer = json.loads(self._browser.recv(SECONDS))
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                result: dict[str, Any] = answer["result"]
                return result
            self._note(answer)

    def open(self, url: str) -> None:
        """Go to an address and wait until its page is loaded."""
        self.command("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def resize(self, width: int, height: int = 800) -> None:
        """Take the size of another device, in CSS pixels."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 700,
        )

    def value(self, script: str) -> Any:
        """Return what an expression comes to."""
        answer = self.command("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, script: str) -> Any:
        """Return what an expression comes to as soon as that is true."""
        deadline = time.monotonic() + SECONDS
        while not (found := self.value(script)):
            assert time.monotonic() < deadline, f"never true: {script}"
            time.sleep(0.05)
        return found

    def text(self, selector: str) -> str:
        """Return the text that is seen in an element."""
        return str(self.value(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    def type(self, selector: str, text: str) -> None:
        """Replace what a field holds, by the keyboard."""
        self.value(f"document.querySelector({json.dumps(selector)}).select()")
        self.command("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        """Press a button."""
        self.value(f"document.querySelector({json.dumps(selector)}).click()")

    def _note(self, event: dict[str, Any]) -> None:
        params = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            self.faults.append(str(params["exceptionDetails"]))
        entry = params.get("entry", {})
        # Answers that are no successes are the page's business, and shown there in words.
        if entry.get("level") == "error" and entry.get("source") != "network":
            self.faults.append(entry["text"])


@contextmanager
def new_page(devtools: str) -> Iterator[Page]:
    """Open a tab that shares nothing with the others."""
    with urllib.request.urlopen(f"{devtools}/json/version", timeout=SECONDS) as answer:
        address = json.load(answer)["webSocketDebuggerUrl"]
    with connect(address, max_size=None) as browser:
        context = _browser_command(browser, "Target.createBrowserContext")["browserContextId"]
        target = _browser_command(
            browser, "Target.createTarget", url="about:blank", browserContextId=context
        )["targetId"]
        session = _browser_command(browser, "Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        yield Page(browser, target, session)
        _browser_command(browser, "Target.disposeBrowserContext", browserContextId=context)


def _browser_command(browser: ClientConnection, method: str, **params: Any) -> dict[str, Any]:
    browser.send(json.dumps({"id": 0, "method": method, "params": params}))
    while True:
        answer = json.loads(browser.recv(SECONDS))
        if answer.get("id") == 0 and "sessionId" not in answer:
            result: dict[str, Any] = answer["result"]
            return result

"""The dashboard's server as a process, and a visitor who notes everything that goes wrong."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

SCREENS = os.environ.get("TOWNSQUARE_SCREENS", "")
"""Folder for screenshots, read before tests clear the environment; none are written where it is empty."""
CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
_OWN = re.compile(r"/\w+/_stcore/(health|host-config)$")
"""Streamlit looks for the base of its own addresses below the page that is opened before it asks at the top: these
two are not found, as they must not be, whenever a page is opened by its address."""
_PATIENCE = 60_000
_LARGEST = 150_000
"""Bytes of a screenshot before its colours are counted out."""


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@contextmanager
def serving(root: Path, *options: str) -> Iterator[str]:
    """Where `townsquare view` shows ``root``; it ends with the block."""
    port = free_port()
    words = [sys.executable, "-m", "townsquare", "view", str(root), "--port", str(port), "--no-browser", *options]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TOWNSQUARE_")}
    process = subprocess.Popen(
        words, cwd=root.parent, env={**environment, "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, 15)
        process.wait(timeout=30)


@contextmanager
def at_work(run: Path, out: Path) -> Iterator[Callable[..., None]]:
    """A copy of a finished run as if a process wrote it: what is given says how many ticks are finished by now."""
    shutil.copytree(run, out)
    info = json.loads((out / "run.json").read_text())

    def write(done: int, status: str = "running") -> None:
        made = out / "run.json.new"
        made.write_text(json.dumps({**info, "status": status, "ticks_done": done, "digest": f"{done:064d}"}))
        made.replace(out / "run.json")

    with (out / "lock").open("a") as handle:
        flock(handle, LOCK_EX)
        yield write


def _wait(address: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "the dashboard's server ended"
        try:
            with urllib.request.urlopen(address, timeout=2) as reply:
                if reply.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} does not answer")


class Visitor:
    """A page of a browser, and what went wrong on it."""

    def __init__(self, browser: Any, base: str, *, dark: bool = False, height: int = 1000) -> None:
        self.base = base
        context = browser.new_context(
            viewport={"width": 1300, "height": height}, color_scheme="dark" if dark else "light", locale="en-GB"
        )
        self.page = context.new_page()
        self.wrong: list[str] = []
        self.elsewhere: list[str] = []
        self.clicks = 0
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error in the page: {error}"))
        self.page.on("dialog", self._dialog)
        self.page.on("request", self._request)

    def _said(self, message: Any) -> None:
        address = str(message.location.get("url", ""))
        if message.type == "error" and not _OWN.search(address):
            self.wrong.append(f"console: {message.text} {address}")

    def _dialog(self, dialog: Any) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:", "blob:", self.base.replace("http", "ws"))):
            self.elsewhere.append(request.url)

    def opens(self, address: str) -> "Visitor":
        self.page.goto(self.base + address)
        return self.rests()

    def rests(self) -> "Visitor":
        """Once nothing is being computed or drawn any more."""
        still = "[data-testid=stApp][data-test-script-state=notRunning]"
        self.page.wait_for_selector("h1, input[type=password]", timeout=_PATIENCE)
        for _ in range(2):
            self.page.wait_for_selector(still, timeout=_PATIENCE)
            self.page.wait_for_timeout(400)
        return self

    def clicks_on(self, what: Any) -> "Visitor":
        (self.page.get_by_text(what).first if isinstance(what, str) else what).click()
        self.clicks += 1
        self.page.wait_for_timeout(500)
        return self.rests()

    def clicks_on_cell(self, table: Any, row: int, along: int = 30) -> "Visitor":
        """A cell of a table, which is a picture: rows count from 0, ``along`` is how far from the left."""
        table.scroll_into_view_if_needed()
        box = table.bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + along, box["y"] + 35 * row + 52)
        self.clicks += 1
        self.page.wait_for_timeout(800)
        return self.rests()

    def words(self) -> str:
        return str(self.page.locator("body").inner_text())

    def fine(self) -> None:
        """Nothing went wrong: no box of an error, no traceback, nothing in the console, nobody else was asked."""
        assert self.page.locator("[data-testid=stException]").count() == 0, self.words()
        assert "Traceback" not in self.words()
        assert self.wrong == []
        assert self.elsewhere == []

    def keeps(self, name: str, height: int = 0) -> None:
        """A screenshot for the documentation, where one is wanted."""
        if not SCREENS:
            return
        from io import BytesIO

        from PIL import Image

        if height:
            self.page.set_viewport_size({"width": 1300, "height": height})
            self.page.wait_for_timeout(1_500)
        self.page.mouse.move(5, 5)
        self.page.wait_for_timeout(300)
        picture = Image.open(BytesIO(self.page.screenshot())).convert("RGB")
        Path(SCREENS).mkdir(parents=True, exist_ok=True)
        path = Path(SCREENS) / f"{name}.png"
        picture.save(path, optimize=True)
        if path.stat().st_size > _LARGEST:
            picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)

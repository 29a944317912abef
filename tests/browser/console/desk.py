"""What tests of the console do at a browser besides using it: sign in, make pictures, and look for barriers."""

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.cli.processes import Served, edgewise

DEADLINE_MS = 20_000
ROOT = Path(__file__).parents[3]
AXE = ROOT / "loader" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "artifacts" / "console"
"""Git-ignored; look at them after a change."""
GRAVE = ("serious", "critical")
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 375, "height": 760}


class Desk:
    """``complaints`` are errors of scripts and refusals of the pages' policy; failed requests are the tests' own to
    look at."""

    def __init__(self, page: Page, edge: Served) -> None:
        self.page = page
        self.edge = edge
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._heard(message.type, message.text))

    def sign_in(self) -> None:
        done = edgewise("--data-dir", self.edge.said["data_dir"], "console", "link", "--json")
        assert done.returncode == 0, done.stderr
        self.page.goto(json.loads(done.stdout)["url"])
        expect(self.page.get_by_role("heading", level=1)).not_to_have_text("Sign in with a link")

    def open(self, path: str) -> None:
        """``path`` is beneath ``/console``."""
        self.page.goto(f"/console{path}")

    def look(self, name: str) -> None:
        """Pictures and barriers of the page as it is: light, dark and on a phone."""
        shot(self.page, name)
        axe(self.page)

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.complaints.append(text)


def shot(page: Page, name: str) -> None:
    """``artifacts/console/<name>-{light,dark,phone}.png``. On the phone nothing may stick out sideways."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=PICTURES / f"{name}-{scheme}.png", full_page=True, animations="disabled")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.screenshot(path=PICTURES / f"{name}-phone.png", full_page=True, animations="disabled")
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    assert width <= PHONE["width"], f"{name} is {width} px wide on a phone"


def axe(page: Page) -> None:
    """Fails where axe-core finds what keeps somebody out, in light or in dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        # Not as a script element: the page's policy would refuse it, and it is the policy that users get.
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
        grave = {one["id"]: [node["html"] for node in one["nodes"]] for one in found if one["impact"] in GRAVE}
        assert grave == {}, f"{scheme}: {grave}"
    page.emulate_media(color_scheme="light")

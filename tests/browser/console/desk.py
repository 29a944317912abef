"""What tests of the console do at a browser: open its pages, copy, and go from one field to the next by keyboard."""

import re
from functools import cached_property

import httpx
from playwright.sync_api import Locator, Page, expect

from edge.console.session import COOKIE
from tests.browser.console.colleague import Colleague
from tests.browser.console.sight import axe, shot
from tests.cli.processes import Served

DEADLINE_MS = 60_000
"""Until something is given up, as for every process that these tests wait for; reached only by a failure."""
LIVE = re.compile(r"Live on 1 node after [\d.]+ m?s")
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


class Desk:
    """``complaints`` are errors of scripts and refusals of the pages' policy; failed requests are the tests' own to
    look at. What a test changes is in a workspace of its own, so that none counts on what another left."""

    def __init__(self, page: Page, edge: Served, colleague: Colleague) -> None:
        self.page = page
        self.edge = edge
        self.colleague = colleague
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._heard(message.type, message.text))

    @cached_property
    def workspace(self) -> str:
        """The slug of the test's own workspace; it is called Demo, and has what the demo's has but the keys."""
        slug = self.colleague.workspace()
        self.keys = self.colleague.furnish(slug)
        return slug

    def open(self, path: str) -> None:
        """``path`` is beneath ``/console``."""
        self.page.goto(f"/console{path}")

    def at(self, path: str) -> None:
        """``path`` is beneath the test's own workspace."""
        self.open(f"/w/{self.workspace}{path}")

    def look(self, name: str) -> None:
        """Barriers of the page as it is, and pictures where they are asked for: light, dark and on a phone."""
        shot(self.page, name)
        axe(self.page)

    def went_live(self) -> None:
        expect(self.page.locator(".live")).to_contain_text(LIVE)

    def copied_by(self, button: str) -> str:
        """What a press of the button so called puts into the clipboard."""
        self.page.evaluate("navigator.clipboard.writeText('')")
        self.page.get_by_role("button", name=button).click()
        there = self.page.wait_for_function("() => navigator.clipboard.readText()", timeout=DEADLINE_MS)
        text: str = there.json_value()
        return text

    def reach(self, wanted: Locator) -> None:
        """Press Tab until it has the focus, as somebody without a mouse does."""
        for _ in range(80):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {wanted}")

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.complaints.append(text)


def session_cookie(console: str, token: str) -> str:
    """The cookie of somebody who signed in with ``token`` at ``console``, the address before ``/console``."""
    with httpx.Client(base_url=console, trust_env=False, timeout=60, headers={"Origin": console}) as visitor:
        found = _CSRF.search(visitor.get("/console/sign-in").text)
        assert found, "the sign-in form has no CSRF token"
        answer = visitor.post("/console/sign-in", data={"csrf_token": found[1], "token": token, "next": ""})
        assert answer.status_code == 303, answer.text
        return visitor.cookies.get(COOKIE, path="/console") or ""


def seat(desk: Desk, cookie: str) -> None:
    """Let a browser go on with a session that began elsewhere."""
    desk.page.context.add_cookies([{"name": COOKIE, "value": cookie, "domain": "127.0.0.1", "path": "/console"}])

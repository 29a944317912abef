"""Somebody at a browser: a profile of their own, the pages they open, and what their browser asked for."""

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Request

WAIT_SECONDS = 60.0
LOOK_MS, SELDOM_MS, LESS_OFTEN = 20, 100, 1.2
"""Between two looks at first and at last, and the growth: each look costs three processes some milliseconds."""

MAX_AGE, REVALIDATE = 1, 2
"""The browser's share of the freshness budget, in seconds, as the edge of these tests has it."""

SEGMENT = ("segment.io", "segment.com", "segment.build")

MANIFEST = """() => {
  const { settings } = window.analytics.instance ?? window.analytics;
  return settings?.cdnSettings ?? null;
}"""
"""The manifest that the page's client uses; the npm build keeps the client itself in ``instance``."""


def user_agent(version: str) -> str:
    """That of a browser with a window: Mixpanel's script ignores browsers that call themselves headless."""
    major = version.partition(".")[0]
    return f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Safari/537.36"


class Visitor:
    """A profile (cookies, storage and HTTP cache of its own) with one page open."""

    def __init__(self, browser: Browser) -> None:
        # The world outside is played by a server whose certificate nobody has signed.
        self.context = browser.new_context(ignore_https_errors=True, user_agent=user_agent(browser.version))
        self.requests: list[Request] = []
        self.errors: list[str] = []
        self._over: dict[str, str] = {}
        self.context.on("request", self._asks)
        self.context.on("requestfinished", lambda request: self._ended(request, ""))
        self.context.on("requestfailed", lambda request: self._ended(request, request.failure or "failed"))
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _asks(self, request: Request) -> None:
        self.requests.append(request)

    def _ended(self, request: Request, failure: str) -> None:
        self._over[request.url] = failure

    def visits(self, url: str) -> None:
        """Open a page; returns when its own scripts have run, which is before those that they ask for."""
        self.page.goto(url, wait_until="domcontentloaded")

    def calls(self, method: str, *arguments: Any, client: str = "analytics") -> None:
        """Call the client as the page's own code does, and do not wait for its promise."""
        given = ",".join(json.dumps(argument) for argument in arguments)
        self.page.evaluate(f"() => {{ void {client}.{method}({given}); }}")

    def manifest(self) -> dict[str, Any]:
        """What the client of this page reads its destinations from, once it has started."""
        found: dict[str, Any] = self.page.wait_for_function(MANIFEST, timeout=WAIT_SECONDS * 1000).json_value()
        return found

    def destinations(self) -> set[str]:
        """Creation names of the device-mode destinations in the manifest that this page uses."""
        return {entry["creationName"] for entry in self.manifest()["remotePlugins"]}

    def until(self, holds: Callable[[], Any], what: str, seconds: float = WAIT_SECONDS) -> None:
        """Look again and again, letting the browser's messages in; AssertionError names ``what`` did not come."""
        deadline, pause = time.monotonic() + seconds, float(LOOK_MS)
        while not holds():
            assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}; {self._trouble()}"
            self.page.wait_for_timeout(pause)
            pause = min(pause * LESS_OFTEN, SELDOM_MS)

    def hosts(self) -> set[str]:
        """Every host that this browser asked for anything, without ports."""
        return {urlsplit(request.url).hostname or "" for request in self.requests} - {""}

    def asked(self, text: str) -> list[Request]:
        return [request for request in self.requests if text in request.url]

    def over(self, text: str) -> bool:
        """Whether every request for such an address has ended, well or not, and there was one."""
        urls = {request.url for request in self.asked(text)}
        return bool(urls) and urls <= self._over.keys()

    def _trouble(self) -> str:
        failed = {url: failure for url, failure in self._over.items() if failure}
        open_ = [request.url for request in self.requests if request.url not in self._over]
        return f"page errors: {self.errors}; requests that failed: {failed}; that did not end: {open_}"

    def close(self) -> None:
        self.context.close()
        asked = {host for host in self.hosts() if host.endswith(SEGMENT)}
        assert not asked, f"a client that is configured by Edgewise asked {asked}"

"""This machine's Chromium, without a window, for tests."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-mock-keychain",
)


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """One browser for as long as the block runs; ``more`` are further arguments of its command line."""
    program = next((found for found in map(shutil.which, BROWSERS) if found), None)
    assert program, "these tests need Chromium: run `make system`, or install one of " + ", ".join(BROWSERS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*FLAGS, *more])
        yield browser
        browser.close()

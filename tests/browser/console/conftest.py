"""The console of a running edge with the demo's data, and somebody signed in at a browser."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.conftest import BROWSERS, FLAGS
from tests.browser.console.desk import DEADLINE_MS, Desk
from tests.cli.processes import Served, served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next((found for found in map(shutil.which, BROWSERS) if found), None)
    assert program, "these tests need Chromium: run `make system`, or install one of " + ", ".join(BROWSERS)
    expect.set_options(timeout=DEADLINE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("console") / "data", command="demo") as running:
        yield running


@pytest.fixture
def visitor(browser: Browser, edge: Served) -> Iterator[Desk]:
    """A browser at the console that nobody is signed in at. Whatever a page complains of fails the test at its end."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, base_url=edge.url)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk = Desk(context.new_page(), edge)
    yield desk
    context.close()
    assert desk.complaints == []


@pytest.fixture
def desk(visitor: Desk) -> Desk:
    """The same, signed in with every scope, by a link as an admin would."""
    visitor.sign_in()
    return visitor


@pytest.fixture
def page(desk: Desk) -> Page:
    return desk.page

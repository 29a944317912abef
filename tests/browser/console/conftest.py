"""The console of a running edge with the demo's data, and somebody signed in at a browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.console.desk import DEADLINE_MS, Desk
from tests.cli.processes import Served, served
from tests.support.chromium import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=DEADLINE_MS)
    with chromium() as running:
        yield running


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

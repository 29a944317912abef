"""The console of a running edge with the demo's data, and somebody signed in at a browser.

Edge, session and colleague are shared by all tests; what a test changes is in a workspace of its own (``Desk.at``).
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.console.colleague import Colleague, colleague_of
from tests.browser.console.desk import DEADLINE_MS, Desk, seat, session_cookie
from tests.browser.console.sight import WIDE
from tests.cli.processes import Served, served


@pytest.fixture(scope="session", autouse=True)
def _patient() -> None:
    expect.set_options(timeout=DEADLINE_MS)


@pytest.fixture(scope="session")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("console") / "data", command="demo") as running:
        yield running


@pytest.fixture(scope="session")
def colleague(edge: Served) -> Iterator[Colleague]:
    with colleague_of(edge) as somebody:
        yield somebody


@pytest.fixture(scope="session")
def session(edge: Served, colleague: Colleague) -> str:
    """The cookie of a session with every scope. A test that signs out makes its own, by ``visitor``."""
    return session_cookie(edge.url, colleague.token)


@pytest.fixture
def visitor(browser: Browser, edge: Served, colleague: Colleague) -> Iterator[Desk]:
    """A browser at the console that nobody is signed in at. Whatever a page complains of fails the test at its end."""
    context = browser.new_context(viewport=WIDE, base_url=edge.url)  # type: ignore[arg-type]
    context.set_default_timeout(DEADLINE_MS)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk = Desk(context.new_page(), edge, colleague)
    yield desk
    context.close()
    assert desk.complaints == []


@pytest.fixture
def desk(visitor: Desk, session: str) -> Desk:
    """The same, signed in."""
    seat(visitor, session)
    return visitor


@pytest.fixture
def page(desk: Desk) -> Page:
    return desk.page

"""One browser, one edge with a browser share of 1 s + 2 s, one world outside and one collector for all these tests.

Each test makes a source of its own (``admin.site``), so that none sees another's destinations or events.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from loadtest.fleet.certificate import self_signed
from tests.browser.admin import Admin, administering
from tests.browser.collector import Collector
from tests.browser.faulty import RECORDS, publish_faulty
from tests.browser.loopback import serving
from tests.browser.outside import Outside
from tests.browser.pages import INSECURE_HOST, Pages
from tests.browser.recording import publish_recorders
from tests.browser.visitor import MAX_AGE, REVALIDATE, Visitor
from tests.cli.processes import Served, served
from tests.support.chromium import chromium

pytest.register_assert_rewrite("tests.browser.shop")

HERE = Path(__file__).parent
BROWSER: pytest.StashKey[Browser] = pytest.StashKey()


@pytest.fixture(scope="session")
def outside_port(outside: Outside, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with serving(outside.recorder, tls=self_signed(tmp_path_factory.mktemp("outside"))) as port:
        yield port


@pytest.fixture(scope="session")
def outside() -> Outside:
    return Outside()


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest, outside_port: int) -> Browser:
    """The same for all tests of this directory, and ended with the last of them.

    Not for the session: while Playwright runs, it holds this thread's event loop, and no asynchronous test could run.
    """
    directory = next(node for node in request.node.iter_parents() if node.path == HERE)
    if BROWSER not in directory.stash:
        names = (
            "EXCLUDE localhost",
            "EXCLUDE 127.0.0.1",
            f"MAP {INSECURE_HOST} 127.0.0.1",
            f"MAP * 127.0.0.1:{outside_port}",
        )
        running = ExitStack()
        directory.stash[BROWSER] = running.enter_context(chromium(f"--host-resolver-rules={', '.join(names)}"))

        def end() -> None:
            del directory.stash[BROWSER]
            running.close()

        directory.addfinalizer(end)
    shared: Browser = directory.stash[BROWSER]
    return shared


@pytest.fixture(scope="session")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    share = {"EDGE_BROWSER_MAX_AGE": str(MAX_AGE), "EDGE_BROWSER_REVALIDATE": str(REVALIDATE)}
    with served(tmp_path_factory.mktemp("edge") / "data", env={**share, "EDGE_RATE_LIMIT": "0"}) as process:
        yield process


@pytest.fixture(scope="session")
def admin(edge: Served) -> Iterator[Admin]:
    with administering(edge) as someone:
        yield someone


@pytest.fixture(scope="session")
def recorders(admin: Admin) -> None:
    """The definitions ``recorder-one`` and ``recorder-two``."""
    publish_recorders(Path(admin.edge.said["data_dir"]))


@pytest.fixture(scope="session")
def faultless(admin: Admin) -> None:
    """The definition ``faulty-not``."""
    publish_faulty(Path(admin.edge.said["data_dir"]), RECORDS)


@pytest.fixture(scope="session")
def pages() -> Iterator[Pages]:
    site = Pages()
    with serving(site.recorder) as port:
        site.listen(port)
        yield site


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    api = Collector()
    with serving(api.recorder) as port:
        api.api_host = f"http://127.0.0.1:{port}/collect"
        yield api


@pytest.fixture
def new_visitor(browser: Browser) -> Iterator[Callable[[], Visitor]]:
    """Makes visitors who were never here before: each call is a new profile."""
    visitors: list[Visitor] = []

    def make() -> Visitor:
        visitors.append(Visitor(browser))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.close()


@pytest.fixture
def visitor(new_visitor: Callable[[], Visitor]) -> Visitor:
    return new_visitor()

"""The console of two nodes behind a real nginx: what it says of each, and who is missing when one is."""

import os
import re
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from edge.cli.listeners import bind_tcp, port_of
from tests.browser.console.colleague import Colleague, colleague_of
from tests.browser.console.desk import DEADLINE_MS, Desk, seat, session_cookie
from tests.browser.console.sight import WIDE
from tests.cli.processes import Served, children, served, until
from tests.support.nginx import Nginx, nginx

LIVE = re.compile(r"Live on 2 nodes of 1 host, nginx included after [\d.]+ m?s")


@dataclass(slots=True)
class Pair:
    edge: Served
    nginx: Nginx
    console: str
    colleague: Colleague
    workspace: str
    _running: ExitStack

    def start_nginx(self) -> None:
        """Once more, where it was, after its end."""
        self.nginx = self._running.enter_context(nginx(self.nginx.directory))

    def workers(self) -> list[int]:
        found = children(self.edge.process.pid)
        return [pid for pid in found if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def nodes(self) -> int:
        """Those that have come as far as the journal."""
        return sum(node["lag"] == 0 for node in self.colleague.do("GET", "/status")["nodes"])


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    # Not pytest's directory: a socket's path has 107 bytes.
    with tempfile.TemporaryDirectory(prefix="edge-") as name:
        data_dir = Path(name) / "data"
        with bind_tcp("127.0.0.1", 0, "a test's port") as free:
            admin = f"127.0.0.1:{port_of(free)}"
        environment = {"EDGE_HOST_ID": "web", "EDGE_PUBLIC_URL": "http://edge.test", "EDGE_ADMIN_BIND": admin}
        with (
            nginx(data_dir / "front") as front,
            served(data_dir, "--workers", "2", "--front", "nginx", env=environment, well=None) as edge,
            colleague_of(edge) as colleague,
            ExitStack() as running,
        ):
            workspace = colleague.workspace()
            made = Pair(edge, front, f"http://{admin}", colleague, workspace, running)
            until(lambda: made.nodes() == 2, "both workers follow")
            colleague.furnish(workspace)
            yield made


@pytest.fixture
def desk(pair: Pair, browser: Browser) -> Iterator[Desk]:
    """Signed in at the pair."""
    with signed_in(pair, browser) as desk:
        yield desk


@contextmanager
def signed_in(pair: Pair, browser: Browser) -> Iterator[Desk]:
    context = browser.new_context(viewport=WIDE, base_url=pair.console)  # type: ignore[arg-type]
    context.set_default_timeout(DEADLINE_MS)
    desk = Desk(context.new_page(), pair.edge, pair.colleague)
    seat(desk, session_cookie(pair.console, pair.colleague.token))
    yield desk
    context.close()
    assert desk.complaints == []


def purge(desk: Desk, pair: Pair) -> Page:
    """A purge of the site, by the form, as far as its receipt."""
    page = desk.page
    desk.open(f"/w/{pair.workspace}/purge")
    page.get_by_label("Demo site").check()
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Invalidate in Demo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Purge \d+"))
    return page


def test_the_strip_and_the_receipt_say_how_many_nodes_and_that_nginx_shows_it(desk: Desk, pair: Pair) -> None:
    page = purge(desk, pair)
    expect(page.locator(".live")).to_contain_text(LIVE)
    host = page.get_by_role("row", name=re.compile("^web-"))
    expect(host).to_contain_text(re.compile(r"shows it after [\d.]+"))
    expect(host.get_by_role("listitem")).to_have_count(2)
    desk.look("fleet-receipt")
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(page.locator(".live")).to_contain_text(LIVE)


def test_propagation_lists_both_nodes_and_the_nginx_of_their_host(desk: Desk, pair: Pair) -> None:
    page = desk.page
    desk.open(f"/w/{pair.workspace}/propagation")
    expect(page.get_by_text("2 of 2", exact=True)).to_be_visible()
    expect(page.get_by_role("table", name="Nodes of the fleet").get_by_text("Live", exact=True)).to_have_count(2)
    front = page.get_by_role("table", name="nginx of each host").get_by_role("row", name=re.compile("^web-"))
    expect(front).to_contain_text(re.compile(r"^\s*web-\S+\s+2\s+[\d,]+\s+none\s+none\s*$"))
    desk.look("fleet-propagation")


def test_i13_while_nginx_is_down_the_strip_names_it_and_goes_on_when_it_is_back(desk: Desk, pair: Pair) -> None:
    pair.nginx.end()
    page = purge(desk, pair)
    strip = page.locator(".live")
    expect(strip).to_contain_text("Going live: confirmed by 2 of 2 nodes and 0 of 1 host")
    missing = page.get_by_role("region", name="Who is missing")
    expect(missing).to_contain_text(re.compile(r"nginx of host web-\S+: .*nginx cannot be reached"))
    desk.look("fleet-nginx-down")
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(strip).to_contain_text(
        re.compile(r"Waiting for .* nginx of host web-\S+: .*nginx cannot be reached", re.DOTALL)
    )
    expect(strip).to_have_attribute("data-state", "pending")
    desk.look("pending-strip")
    desk.open(f"/w/{pair.workspace}/propagation")
    expect(page.get_by_role("table", name="nginx of each host")).to_contain_text("nginx cannot be reached")
    desk.look("fleet-propagation-nginx-down")
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(strip).to_contain_text("Going live")
    pair.start_nginx()
    expect(strip).to_contain_text(LIVE)


def test_i13_a_node_that_stands_still_is_missing_by_name_until_it_is_silent(pair: Pair, browser: Browser) -> None:
    # Its supervisor would end what does not answer it, and start another.
    still = [pair.edge.process.pid, pair.workers()[0]]
    for pid in still:
        os.kill(pid, signal.SIGSTOP)
    try:
        # What is connected from now on is taken up by the other.
        with signed_in(pair, browser) as desk:
            page = purge(desk, pair)
            page.get_by_role("link", name="Overview", exact=True).click()
            strip = page.locator(".live")
            expect(strip).to_contain_text("Going live: confirmed by 1 of 2 nodes and 0 of 1 host")
            expect(strip).to_contain_text(re.compile(r"node \w{8} of host web-\S+: it has come to position \d+"))
            expect(strip).to_contain_text("Live on 1 node of 1 host, nginx included")
            expect(strip).to_contain_text("It will be settled when these can have nothing older left:")
            expect(strip).to_contain_text(
                re.compile(r"node \w{8} of host web-\S+: it is silent, and answers nothing older after \d\d:\d\d")
            )
            desk.look("fleet-silent-strip")
            page.get_by_role("link", name="Propagation", exact=True).click()
            expect(page.get_by_role("table", name="Nodes of the fleet")).to_contain_text("Silent")
            expect(page.get_by_text("1 of 2", exact=True)).to_be_visible()
            desk.look("fleet-silent-propagation")
    finally:
        for pid in still:
            os.kill(pid, signal.SIGCONT)
    until(lambda: pair.nodes() == 2, "both workers follow again")

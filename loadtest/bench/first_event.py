"""From opening a page to the first event at a destination, and its bytes: ``python -m loadtest.bench.first_event``.

The same page with each way of serving it, from the same edge, with nothing in the browser's caches: our client with
destinations' code inline, separate, and separate in a page whose snippet does not ask for it; the official client as
this edge serves it, and as npm ships it. In every round each is opened once, so that a machine whose speed drifts
drifts for all; in an order of its own, since whichever comes after the heaviest page has the end of that one on the
same cores.

``slow 4G`` is Chromium's own emulation: 150 ms for each request, 1.6 Mbit/s down, 750 kbit/s up. Setting up connections
is not slowed. nginx stands before the edge, with TLS and HTTP/2: a page has one connection to it, as in earnest.

An edge compresses a loader anew about a second after somebody asked for it (brotli 11 in place of 5). What is counted
begins when that is done for every loader: as it is for nearly every visitor, and not as right after a change.
"""

import argparse
import asyncio
import functools
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
import httpx
from playwright.sync_api import Browser, sync_playwright

from edge.app import local_api
from edge.publish.publication import PATHS, SCRIPTS
from edge.publish.variants import ASSET_BROTLI
from edge.settings import Settings
from loadtest.bench.demo_edge import edge_app, settings_for
from loadtest.bench.loader_edge import FIRST_EVENT, INLINE, NPM, SCENARIOS, UNASKED, WAYS, Scenario, Way, pages, seed
from loadtest.bench.process import served
from loadtest.fleet.ports import free_port
from loadtest.fleet.tls import missing, tls_front

NETWORKS: dict[str, dict[str, float] | None] = {
    "slow 4G": {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8},
    "unthrottled": None,
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_MS = 30_000
POLISHED_SECONDS = 600.0
"""An edge takes seconds for each loader: it works at them for a tenth of its time."""
LOOK = 0.5
ORDERS = 1
"""The seed of the orders in which ways are opened."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Milliseconds from navigation to the first event; bytes on the wire of all that came from the edge until then."""

    first_event: float
    size: int
    requests: int


def visit(browser: Browser, url: str, edge_url: str, network: dict[str, float] | None) -> Visit:
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    session = context.new_cdp_session(page)
    wanted: set[str] = set()
    sizes: dict[str, int] = {}

    def asked(event: dict[str, Any]) -> None:
        request = event["request"]
        if request["method"] == "GET" and request["url"].startswith(edge_url):
            wanted.add(event["requestId"])

    session.on("Network.requestWillBeSent", asked)
    session.on(
        "Network.loadingFinished", lambda done: sizes.update({done["requestId"]: int(done["encodedDataLength"])})
    )
    session.send("Network.enable")
    if network is not None:
        session.send("Network.emulateNetworkConditions", {"offline": False, **network})
    # The page says it by itself: asking it again and again would take of the processor time that is measured.
    with page.expect_console_message(lambda said: said.text.startswith(FIRST_EVENT), timeout=PATIENCE_MS) as said:
        page.goto(url, wait_until="commit")
    first = said.value.text.removeprefix(FIRST_EVENT)
    context.close()
    come = [sizes[one] for one in wanted if one in sizes]
    return Visit(float(first), sum(come), len(come))


def wait_until_polished(address: str, paths: Sequence[str]) -> None:
    """Ask for each until it has no more bytes than brotli 11 makes of it; TimeoutError after POLISHED_SECONDS."""
    deadline = time.monotonic() + POLISHED_SECONDS
    with httpx.Client(base_url=address, headers={"Accept-Encoding": "br"}, trust_env=False) as http:

        def asked(path: str) -> httpx.Response:
            return http.get(path).raise_for_status()

        least = {path: len(brotli.compress(asked(path).content, quality=ASSET_BROTLI)) for path in paths}
        for path in paths:
            while int(asked(path).headers["content-length"]) > least[path]:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{path}: not polished within {POLISHED_SECONDS:g} s")
                time.sleep(LOOK)


async def snippets(settings: Settings, keys: Sequence[str]) -> dict[str, str]:
    """By key, as ``edgewise snippet`` prints it."""
    async with local_api(settings) as (app, token):
        headers = {"Authorization": f"Bearer {token}"}
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://local", headers=headers) as api:
            found = {key: (await api.get(f"/v1beta/snippets/{key}")).raise_for_status().json() for key in keys}
    return {key: said["snippet"] for key, said in found.items()}


@contextmanager
def chromium() -> Iterator[Browser]:
    program = next((found for found in map(shutil.which, BROWSERS) if found), None)
    if program is None:
        sys.exit("this bench needs Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--headless", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors"]
        )
        yield browser
        browser.close()


def row(way: Way, visits: list[Visit], npm: list[Visit]) -> str:
    time, size = (statistics.median([getattr(one, name) for one in visits]) for name in ("first_event", "size"))
    its_time, its_size = (statistics.median([getattr(one, name) for one in npm]) for name in ("first_event", "size"))
    times = [one.first_event for one in visits]
    spread = f"{time:.0f} [{min(times):.0f} .. {max(times):.0f}]"
    requests = max(one.requests for one in visits)
    return f"{way.name:14} {spread:24} {time / its_time:8.2f} {size:8.0f} {size / its_size:8.2f} {requests:8}"


def table(found: dict[tuple[str, Scenario, Way], list[Visit]]) -> str:
    head = f"{'':14} {'first event, ms':24} of npm's    bytes of npm's requests"
    lines: list[str] = []
    for network in NETWORKS:
        for scenario in SCENARIOS:
            lines += ["", f"{network}, {scenario}", head]
            lines += [row(way, found[network, scenario, way], found[network, scenario, NPM]) for way in WAYS]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    if (problem := missing()) is not None:
        sys.exit(problem)
    found: dict[tuple[str, Scenario, Way], list[Visit]] = {}
    with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
        port, public = free_port(), free_port()
        data, front = Path(directory) / "data", Path(directory) / "front"
        data.mkdir()
        front.mkdir()
        settings = settings_for(data, port, f"https://127.0.0.1:{public}")
        seed(settings)
        stack.enter_context(served(functools.partial(edge_app, settings), port, "/readyz"))
        every = [way.key(scenario) for way in WAYS for scenario in SCENARIOS]
        wait_until_polished(
            f"http://127.0.0.1:{port}", [PATHS[kind].format(key=key) for key in every for kind in SCRIPTS]
        )
        edge_url = stack.enter_context(tls_front(front, public, port))
        texts = asyncio.run(snippets(settings, every))
        # What asks for the loader alone is the same for every source but for its key.
        texts |= {
            UNASKED.key(one): texts[INLINE.key(one)].replace(INLINE.key(one), UNASKED.key(one)) for one in SCENARIOS
        }
        site = stack.enter_context(pages(texts))
        browser = stack.enter_context(chromium())
        orders = random.Random(ORDERS)
        for number in range(-1, options.rounds):
            for name, network in NETWORKS.items():
                for scenario in SCENARIOS:
                    for way in orders.sample(WAYS, len(WAYS)):
                        one = visit(browser, f"{site}/{way.key(scenario)}", edge_url, network)
                        # The first round is for the edge's caches and the browser's own start.
                        if number >= 0:
                            found.setdefault((name, scenario, way), []).append(one)
    sys.stdout.write(f"{options.rounds} rounds, median [least .. greatest]\n{table(found)}")


if __name__ == "__main__":
    main()

"""What one read of a document costs, from the store to its encoded variants: ``python -m loadtest.bench.fill``.

Without ``--database-url`` the store is a new SQLite file; with one, a database that may be written to and is empty.
Each round reads every kind of document in turn, so that a machine whose speed drifts drifts for all. Reported in
milliseconds: the median of all rounds, the spread of the middle half, and the fastest twentieth, which a busy machine
lengthens least. To compare two versions, run them in turn.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import uvloop

from edge.compose.ground import lay_ground
from edge.model.destination import Destination
from edge.model.instant import system_clock
from edge.model.outcome import Found
from edge.model.source import Source, Workspace
from edge.publish.publication import KINDS, Publisher, Wanted
from edge.publish.wire import Origin
from edge.settings import Settings
from edge.store.documents import Document
from edge.store.store import Draft
from edge.store.view import View

KEY = "bench_write_key"
DEVICE = ("amplitude", "mixpanel", "actions-google-analytics-4-web")
CLOUD = ("webhooks", "slack")
ORIGIN = Origin("https://cdn.example.com", "events.example.com/v1")


def destinations(source: Source, settings_of: Callable[[str], dict[str, str]]) -> list[Destination]:
    """A typical source's: three whose code the page loads, two that a server delivers to."""
    return [
        Destination(
            id=f"bench_{slug}",
            source_id=source.id,
            source_name=source.name,
            slug=slug,
            definition=slug,
            display_name=slug,
            enabled=True,
            mode="device" if slug in DEVICE else "cloud",
            created_at=0.0,
            updated_at=0.0,
            settings=settings_of(slug),
        )
        for slug in (*DEVICE, *CLOUD)
    ]


async def read(publisher: Publisher, wanted: Wanted) -> float:
    begun = time.perf_counter()
    outcome = await publisher.read(wanted)
    took = time.perf_counter() - begun
    assert isinstance(outcome, Found), outcome
    return took * 1000


def spread(values: list[float]) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    fastest = statistics.quantiles(values, n=20)[0]
    return f"{middle:7.3f} [{low:.3f} .. {high:.3f}]   fastest twentieth {fastest:.3f}"


async def measure(settings: Settings, rounds: int) -> None:
    ground = lay_ground(settings, system_clock)
    await ground.prepare()
    source = Source("bench_source", "bench", "site", "javascript", "Site", (KEY,), 0.0)

    def settings_of(slug: str) -> dict[str, str]:
        wanted = ground.release.definitions[slug].settings
        return {setting.name: "0123456789abcdef" for setting in wanted if setting.required}

    async def plan(_view: View) -> Draft:
        workspace = Workspace("bench", "bench", "Bench", 0.0)
        puts: tuple[Document, ...] = (workspace, source, *destinations(source, settings_of))
        return Draft(puts=puts, reason="bench")

    await ground.store.commit(plan, actor="bench")
    publisher = Publisher(ground.store, ORIGIN, 10.0)
    took: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for kind in KINDS:
        await read(publisher, Wanted(kind, KEY))
    for _ in range(rounds):
        for kind in KINDS:
            took[kind].append(await read(publisher, Wanted(kind, KEY)))
    print(f"{len(DEVICE)} device-mode and {len(CLOUD)} cloud-mode destinations, {rounds} rounds, milliseconds")
    for kind in KINDS:
        print(f"{kind:13} {spread(took[kind])}")
    await ground.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", help="the store; default: SQLite in a directory that is removed")
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(data_dir=Path(directory), database_url=options.database_url)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(measure(settings, options.rounds))


if __name__ == "__main__":
    main()

"""What a changed definition costs where many sources use it: ``python -m loadtest.bench.definition --sources 2000``.

Every source has five destinations of five definitions. One commit changes the published part of one definition; its
duration is that of the write lock, for which every other writer waits. In milliseconds, with the spread of the rounds,
and the same in this process's time on the processor, which a busy machine does not lengthen.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from edge.compose.ground import lay_ground
from edge.model.instant import system_clock
from edge.model.source import Source, Workspace
from edge.settings import Settings
from edge.store.documents import Document
from edge.store.store import Draft, Store
from edge.store.view import View
from loadtest.bench.fill import DEVICE, destinations

WRITTEN_AT_ONCE = 200


async def commit(store: Store, *puts: Document) -> tuple[float, float]:
    async def plan(_view: View) -> Draft:
        return Draft(puts=puts, reason="bench")

    begun, worked = time.perf_counter(), time.process_time()
    await store.commit(plan, actor="bench")
    return (time.perf_counter() - begun) * 1000, (time.process_time() - worked) * 1000


async def measure(settings: Settings, sources: int, rounds: int) -> None:
    ground = lay_ground(settings, system_clock)
    await ground.prepare()
    await commit(ground.store, Workspace("bench", "bench", "Bench", 0.0))
    for first in range(0, sources, WRITTEN_AT_ONCE):
        puts: list[Document] = []
        for number in range(first, min(first + WRITTEN_AT_ONCE, sources)):
            source = Source(f"s{number}", "bench", f"site-{number}", "javascript", "", (f"bench_key_{number:06}",), 0.0)
            own = destinations(source, lambda _slug: {"apiKey": "0123456789abcdef"})
            puts += [source, *(replace(one, id=f"{source.id}_{one.slug}") for one in own)]
        await commit(ground.store, *puts)
    definition = ground.release.definitions[DEVICE[0]]
    took = [await commit(ground.store, replace(definition, category=f"Category {number}")) for number in range(rounds)]
    for name, values in zip(("elapsed", "processor"), zip(*took, strict=True), strict=True):
        print(
            f"{sources} sources, {name:9} {statistics.median(values):8.0f} [{min(values):.0f} .. {max(values):.0f}] ms"
        )
    await ground.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", help="the store; default: SQLite in a directory that is removed")
    parser.add_argument("--sources", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(data_dir=Path(directory), database_url=options.database_url)
        asyncio.run(measure(settings, options.sources, options.rounds))


if __name__ == "__main__":
    main()

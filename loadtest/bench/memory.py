"""Memory of a node whose every source is hot: ``python -m loadtest.bench.memory``.

Each document is asked for once, which makes the node keep it in all encodings. Reported: resident memory before and
after, and what the node counts for a document (its variants, and a fixed sum for what is around them).
"""

import argparse
import asyncio
import re
import statistics
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import uvloop

from edge.cache.memory import OVERHEAD
from edge.publish.variants import encode
from loadtest.bench.reader import Place, Reader
from loadtest.documents import PATHS, Kind, path_of
from loadtest.fleet.edgewise import Node
from loadtest.fleet.fleet import running
from loadtest.fleet.plan import SMALL
from loadtest.sources import load_source

AT_ONCE = 8
SAMPLE = 100
MIB = 1024 * 1024


def resident(node: Node) -> float:
    """MiB (proc(5), status: VmRSS)."""
    text = Path(f"/proc/{node.process.pid}/status").read_text()
    found = re.search(r"^VmRSS:\s+(\d+) kB", text, re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024


async def warm(node: Node, kind: Kind, sources: int) -> None:
    """Ask for ``kind`` of every source."""
    place = Place(node.name, port=node.options.port, uds=node.options.uds)

    async def ask(numbers: Sequence[int]) -> None:
        for number in numbers:
            reader = await Reader(place, load_source(number).key, kind, "br").open()
            reader.close()

    await asyncio.gather(*(ask(range(start, sources, AT_ONCE)) for start in range(AT_ONCE)))


def counted(node: Node, kind: Kind, sources: int) -> float:
    """Bytes that the node counts for one document as it was read, by its own rule, from a sample.

    A loader that was polished meanwhile is a little less.
    """
    sizes = []
    with httpx.Client(base_url=node.url, headers={"Accept-Encoding": "identity"}, trust_env=False) as http:
        for number in range(0, sources, max(1, sources // SAMPLE)):
            body = http.get(path_of(kind, load_source(number).key)).raise_for_status().content
            sizes.append(OVERHEAD + sum(len(variant.body) for variant in encode(body).values()))
    return statistics.mean(sizes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--memory", type=int, default=4096, help="EDGE_MEMORY_BYTES in MiB; enough for all of it")
    options = parser.parse_args()
    settings = {"EDGE_MEMORY_BYTES": str(options.memory * MIB)}
    with running(replace(SMALL, alone=1, sources=options.sources, settings=settings)) as fleet:
        (node,) = fleet.nodes
        before = resident(node)
        sys.stdout.write(f"{options.sources} sources; a node that was just started: {before:.1f} MiB\n")
        for kind in PATHS:
            uvloop.run(warm(node, kind, options.sources))
            after, counts = resident(node), counted(node, kind, options.sources)
            grown = (after - before) * MIB / options.sources
            sys.stdout.write(
                f"all {kind:13} hot too: {after:8.1f} MiB, {grown:8.0f} bytes more for each document; "
                f"counted {counts:8.0f} ({counts * options.sources / MIB:.1f} MiB)\n"
            )
            before = after


if __name__ == "__main__":
    main()

"""A steady load behind a measurement: ``python -m loadtest.bench.background PORT,PORT SOURCES RATE``.

It goes on until it is ended, in a process of its own, so that neither waits for the other. It asks for all documents of
all sources in all encodings, in an order drawn by a fixed seed, ``RATE`` times a second.
"""

import asyncio
import random
import sys
import time
from collections.abc import Sequence

import uvloop

from edge.publish.variants import ENCODINGS
from loadtest.bench.reader import Place, Reader
from loadtest.documents import PATHS
from loadtest.sources import load_source

CONNECTIONS = 16
SEED = 20250101


async def load(ports: Sequence[int], sources: int, rate: float) -> None:
    choice = random.Random(SEED)
    interval = CONNECTIONS / rate

    async def ask(number: int) -> None:
        place = Place("background", port=ports[number % len(ports)])
        due = time.perf_counter() + number * interval / CONNECTIONS
        while True:
            source = load_source(choice.randrange(sources))
            reader = await Reader(place, source.key, choice.choice(list(PATHS)), choice.choice(ENCODINGS)).open()
            # A few answers on each connection, as a visitor has them.
            for _ in range(4):
                due += interval
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                await reader.ask()
            reader.close()

    async with asyncio.TaskGroup() as everybody:
        for number in range(CONNECTIONS):
            everybody.create_task(ask(number))


if __name__ == "__main__":
    uvloop.run(load([int(port) for port in sys.argv[1].split(",")], int(sys.argv[2]), float(sys.argv[3])))

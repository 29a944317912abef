"""Many who ask for one document at the same moment: connected first, then all let go at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from edge.publish.variants import ENCODINGS, Encoding, decoded
from loadtest.checks import ACCEPTED
from tests.fleet.watch import Target

PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Came:
    target: str
    encoding: Encoding
    status: int
    body: bytes

    def document(self) -> bytes | None:
        """Decoded: a loader's brotli has two forms, of which each node comes to the shorter in its own time."""
        return decoded(self.body, self.encoding)


def stampede(targets: Sequence[Target], path: str, count: int) -> list[Came]:
    """``count`` requests, spread evenly over targets and encodings; raises OSError where a connection fails."""
    return asyncio.run(_stampede(targets, path, count))


async def _stampede(targets: Sequence[Target], path: str, count: int) -> list[Came]:
    go = asyncio.Event()
    lines = [
        await _Line(targets[number % len(targets)], ENCODINGS[number // len(targets) % len(ENCODINGS)]).open()
        for number in range(count)
    ]
    asking = [asyncio.create_task(line.ask(path, go)) for line in lines]
    go.set()
    async with asyncio.timeout(PATIENCE):
        return list(await asyncio.gather(*asking))


class _Line:
    def __init__(self, target: Target, encoding: Encoding) -> None:
        self._target = target
        self._encoding = encoding

    async def open(self) -> "_Line":
        if self._target.uds is not None:
            self._reader, self._writer = await asyncio.open_unix_connection(str(self._target.uds))
        else:
            self._reader, self._writer = await asyncio.open_connection(self._target.host, self._target.port)
        return self

    async def ask(self, path: str, go: asyncio.Event) -> Came:
        head = f"GET {path} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n"
        request = f"{head}Accept-Encoding: {ACCEPTED[self._encoding]}\r\n\r\n".encode()
        await go.wait()
        self._writer.write(request)
        answer = await self._reader.read(-1)
        self._writer.close()
        said, _, body = answer.partition(b"\r\n\r\n")
        return Came(self._target.name, self._encoding, int(said.split()[1]), body)

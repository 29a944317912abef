"""From a write's answer to the first new manifest: ``python -m loadtest.bench.propagation``.

Several workers on one machine, reached by keep-alive connections. After each write every connection asks for the
manifest until it shows the change; the time of the first connection and of the last one are reported. The client is
part of what is measured, on the same cores as the edge.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from edge.app import local_api
from loadtest.bench.demo_edge import KEY, seed, settings_for
from loadtest.bench.process import free_port, wait_for

DESTINATION = "/v1beta/workspaces/bench/sources/site/destinations/amplitude"
CONNECTIONS = 8
PATIENCE = 10.0


@contextmanager
def serving(data_dir: Path, port: int, workers: int) -> Iterator[str]:
    """``edgewise serve`` as a person would start it."""
    edgewise = Path(sys.executable).parent / "edgewise"
    command = [str(edgewise), "serve", "--port", str(port), "--workers", str(workers)]
    environment = {**os.environ, "EDGE_DATA_DIR": str(data_dir), "EDGE_RATE_LIMIT": "0", "EDGE_LOG_LEVEL": "error"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}"
        wait_for(f"{base}/readyz")
        yield base
    finally:
        process.terminate()
        process.wait(20)


async def token_for(data_dir: Path, port: int) -> str:
    async with local_api(settings_for(data_dir, port)) as (app, token):
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://local", headers=headers
        ) as api:
            body = {"workspace_names": ["bench"], "scopes": ["workspace"]}
            answer = await api.post("/v1beta/access-tokens", json=body)
            return str(answer.raise_for_status().json()["token"])


async def change(api: httpx.AsyncClient, value: str) -> None:
    config = [{"name": "apiKey", "value": value}]
    body = {"destination": {"config": config}, "update_mask": {"paths": ["destination.config"]}}
    (await api.patch(DESTINATION, json=body)).raise_for_status()


class Reader:
    """One keep-alive connection, with as little client around it as HTTP/1.1 allows."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._request = f"GET /v1/projects/{KEY}/settings HTTP/1.1\r\nHost: edge\r\n\r\n".encode()

    async def open(self) -> "Reader":
        self._answers, self._requests = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    def close(self) -> None:
        self._requests.close()

    async def body(self) -> bytes:
        self._requests.write(self._request)
        head = await self._answers.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        return await self._answers.readexactly(int(length))

    async def seen(self, value: bytes, since: float) -> float:
        """Milliseconds from ``since`` until this connection's answer holds ``value``."""
        while time.perf_counter() - since < PATIENCE:
            if value in await self.body():
                return (time.perf_counter() - since) * 1000
        raise TimeoutError(f"a change was not seen within {PATIENCE} s")


async def measure(base: str, token: str, changes: int) -> tuple[list[float], list[float]]:
    readers = [await Reader(int(base.rpartition(":")[2])).open() for _ in range(CONNECTIONS)]
    first, last = [], []
    async with httpx.AsyncClient(base_url=base, headers={"Authorization": f"Bearer {token}"}) as api:
        for number in range(changes):
            value = f"counter-{number:08d}"
            await change(api, value)
            since = time.perf_counter()
            times = await asyncio.gather(*(reader.seen(value.encode(), since) for reader in readers))
            first.append(min(times))
            last.append(max(times))
    for reader in readers:
        reader.close()
    return first, last


def percentiles(times: list[float]) -> str:
    cuts = statistics.quantiles(times, n=100)
    return f"p50 {cuts[49]:8.2f} ms   p99 {cuts[98]:8.2f} ms   max {max(times):8.2f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        data_dir, port = Path(directory), free_port()
        seed(settings_for(data_dir, port))
        token = asyncio.run(token_for(data_dir, port))
        with serving(data_dir, port, options.workers) as base:
            first, last = asyncio.run(measure(base, token, options.changes))
    print(f"{options.changes} changes, {options.workers} workers, {CONNECTIONS} connections")
    print(f"first connection  {percentiles(first)}")
    print(f"every connection  {percentiles(last)}")


if __name__ == "__main__":
    main()

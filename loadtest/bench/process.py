"""Servers as processes of their own, on free ports, ended by their own process id."""

import functools
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from starlette.types import ASGIApp

READY_SECONDS = 60.0


def _serve(make: Callable[[], ASGIApp], port: int) -> None:
    config = uvicorn.Config(make, factory=True, host="127.0.0.1", port=port, access_log=False, log_level="warning")
    uvicorn.Server(config).run()


@contextmanager
def served(make: Callable[[], ASGIApp], port: int, ready_path: str) -> Iterator[int]:
    """Run ``make()`` under uvicorn on ``port`` until the block ends."""
    process = multiprocessing.get_context("spawn").Process(target=functools.partial(_serve, make, port), daemon=True)
    process.start()
    try:
        wait_for(f"http://127.0.0.1:{port}{ready_path}")
        yield port
    finally:
        process.terminate()
        process.join(10)
        if process.is_alive() and process.pid is not None:
            os.kill(process.pid, 9)


def wait_for(url: str) -> httpx.Response:
    """Poll ``url`` until it answers 200; TimeoutError after READY_SECONDS."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            response = httpx.get(url)
        except httpx.TransportError:
            continue
        if response.status_code == 200:
            return response
    raise TimeoutError(f"{url} did not become ready within {READY_SECONDS} s")

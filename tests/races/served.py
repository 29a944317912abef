"""An edge on a data directory, asked for one document: in this process, or in one of its own."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from edge.app import create_app
from edge.observe.asking import NO_TLS
from edge.publish.publication import Wanted
from edge.settings import Settings
from tests.support.forked import Forked
from tests.support.polling import DEADLINE, until_async
from tests.support.postgres import url_in

PUBLIC_URL = "https://edge.example"
PATHS = {
    "settings": "/v1/projects/{}/settings",
    "integrations": "/v1/projects/{}/integrations",
    "loader": "/analytics.js/v1/{}/analytics.min.js",
    "manifest": "/analytics.js/v1/{}/manifest.js",
    "code": "/analytics.js/v1/{}/code.js",
}


@dataclass(frozen=True)
class Served:
    """Body and ``Edge-Revision`` of each document; ``None`` for a 404."""

    documents: dict[Wanted, tuple[bytes, int] | None]


def path_of(wanted: Wanted) -> str:
    return PATHS[wanted.kind].format(wanted.write_key)


def answer_of(response: httpx.Response) -> tuple[bytes, int] | None:
    if response.status_code == 404:
        return None
    assert response.status_code == 200, response.text
    return response.content, int(response.headers["Edge-Revision"])


async def serve_here(directory: Path, asked: list[Wanted]) -> Served:
    """Start the application as a server would, ask, and stop it."""
    app = create_app(Settings(data_dir=directory, public_url=PUBLIC_URL, database_url=url_in(directory)))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC_URL) as client,
    ):

        async def ready() -> bool:
            return (await client.get("/readyz")).status_code == 200

        await until_async(ready, "the edge is ready")
        return Served({wanted: answer_of(await client.get(path_of(wanted))) for wanted in asked})


def serve_in_a_process(directory: Path, socket: Path, asked: list[Wanted]) -> Served:
    """Run ``edgewise serve`` on a Unix socket, ask, and end it."""
    command = [sys.executable, "-c", "from edge.cli.main import run; run()", "serve"]
    options = ["--uds", str(socket), "--data-dir", str(directory), "--public-url", PUBLIC_URL]
    url = url_in(directory)
    process = Forked(
        [*command, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | {"NO_COLOR": "1"} | ({"EDGE_DATABASE_URL": url} if url is not None else {}),
    )
    try:
        with httpx.Client(
            transport=httpx.HTTPTransport(uds=str(socket), verify=NO_TLS), base_url="http://edge"
        ) as client:
            _wait_until_ready(client, process)
            return Served({wanted: answer_of(client.get(path_of(wanted))) for wanted in asked})
    finally:
        process.terminate()
        process.communicate(timeout=DEADLINE)


def _wait_until_ready(client: httpx.Client, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 2 * DEADLINE
    while True:
        assert process.poll() is None, "edgewise serve ended by itself"
        assert time.monotonic() < deadline, "edgewise serve did not become ready"
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.02)

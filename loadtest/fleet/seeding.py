"""Fills a store with sources and makes its first tokens: ``python -m loadtest.fleet.seeding N``.

A process of its own: it runs with the environment of the node that serves the store, and prints the tokens as JSON.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from edge.app import local_api
from edge.ground import lay_ground
from edge.model.instant import system_clock
from edge.model.token import EVERY_WORKSPACE
from edge.settings import Settings
from edge.store.documents import Document
from edge.store.store import Draft
from edge.store.view import View
from loadtest.sources import LoadSource, documents, load_source

BATCH = 250
"""Sources in one transaction."""
SECONDS = 600.0

ADMIN_SCOPES = ("workspace:read", "workspace:write", "cache:purge", "tokens:admin", "distribution:read")
ORIGIN_SCOPES = ("origin:read",)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Instance tokens: for admins and purgers, and for edge nodes."""

    admin: str
    origin: str


def seed(count: int, environment: Mapping[str, str], directory: Path) -> Tokens:
    """Run this module with ``environment``, in ``directory`` (a checkout). Raises RuntimeError with what it said."""
    words = [sys.executable, "-m", "loadtest.fleet.seeding", str(count)]
    done = subprocess.run(
        words, env=dict(environment), cwd=directory, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    if done.returncode != 0:
        raise RuntimeError(f"seeding ended with {done.returncode}:\n{done.stderr.strip()}")
    return Tokens(**json.loads(done.stdout.splitlines()[-1]))


async def fill(settings: Settings, sources: Sequence[LoadSource]) -> None:
    """Put ``sources`` into the store, and bring its tables up to date before."""
    ground = lay_ground(settings, system_clock)
    await ground.prepare()
    for start in range(0, len(sources), BATCH):
        batch = tuple(documents(sources[start : start + BATCH]))

        async def plan(_view: View, batch: tuple[Document, ...] = batch) -> Draft:
            return Draft(puts=batch, reason="load test")

        await ground.store.commit(plan, actor="load test")
    await ground.close()


async def make_tokens(settings: Settings) -> Tokens:
    async with local_api(settings) as (app, local):
        transport = httpx.ASGITransport(app)
        headers = {"Authorization": f"Bearer {local}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://local", headers=headers) as api:

            async def make(scopes: Sequence[str]) -> str:
                body = {"workspace_names": [EVERY_WORKSPACE], "scopes": list(scopes)}
                answer = await api.post("/v1beta/access-tokens", json=body)
                return str(answer.raise_for_status().json()["token"])

            return Tokens(await make(ADMIN_SCOPES), await make(ORIGIN_SCOPES))


async def _main(count: int) -> None:
    settings = Settings()
    await fill(settings, [load_source(number) for number in range(count)])
    sys.stdout.write(json.dumps(asdict(await make_tokens(settings))) + "\n")


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))

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
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from edge.app import local_api
from edge.compose.ground import lay_ground
from edge.compose.keys import secret_keys
from edge.model.instant import system_clock
from edge.model.source import Source
from edge.model.token import EVERY_WORKSPACE
from edge.settings import Settings
from edge.store import schema as tables
from edge.store.documents import Codec, Document, kind_of
from edge.store.engine import open_engine, writing
from edge.store.keyring import Keyring
from edge.store.store import Draft
from edge.store.view import View
from loadtest.sources import LoadSource, documents, load_source

BATCH = 1000
"""Documents in one transaction."""
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
    """Bring the tables of an empty store up to date, and put ``sources`` into it.

    The first by a commit like any other; the rest in bulk, as rows of the same commit. Ten thousand sources by commits
    would take minutes, and no node runs yet that could have read of them in the journal.
    """
    ground = lay_ground(settings, system_clock)
    await ground.prepare()
    first = tuple(documents(sources[:1]))

    async def plan(_view: View) -> Draft:
        return Draft(puts=first, reason="load test")

    entry = await ground.store.commit(plan, actor="load test")
    assert entry is not None, "the store was not empty"
    await ground.close()
    codec, engine = Codec(Keyring(secret_keys(settings))), open_engine(settings.database())
    made = [one for one in documents(sources) if one not in first]
    for start in range(0, len(made), BATCH):
        await _insert(engine, codec, made[start : start + BATCH], entry.position)
    await engine.dispose()


async def _insert(engine: AsyncEngine, codec: Codec, made: Sequence[Document], position: int) -> None:
    current, versions, keys = [], [], []
    for one in made:
        kind = kind_of(one)
        place = {"kind": kind.kind, "id": kind.id(one), "name": kind.name(one), "parent": kind.parent(one)}
        version = {**place, "position": position, "body": codec.encode(one)}
        versions.append(version)
        current.append({**version, "revision": position, "uses": kind.uses(one)})
        if isinstance(one, Source):
            row = {"source_id": one.id, "retired": False, "position": position}
            keys += [{**row, "key": key} for key in one.write_keys]
    async with writing(engine) as connection:
        await connection.execute(insert(tables.documents), current)
        await connection.execute(insert(tables.document_versions), versions)
        if keys:
            await connection.execute(insert(tables.write_keys), keys)


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

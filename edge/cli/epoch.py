"""`edgewise new-epoch`: tell every node that the store is another one than it followed (DESIGN section 4.2).

A database server is restored with its own tools, which know nothing of the journal: where the copy's numbers go on as
those of the lost store did, a cache that compares only numbers would take old for new.
"""

import asyncio
from typing import Any

import typer

from edge.cli.options import AsJson, Yes, confirm, place_of
from edge.cli.output import emit, remark, say
from edge.compose.ground import Ground, lay_ground
from edge.model.instant import system_clock
from edge.model.position import AsOf
from edge.settings import Settings
from edge.store.documents import is_lost
from edge.store.keyring import SecretUnreadableError
from edge.store.lookup import Page
from edge.store.view import View


def new_epoch(ctx: typer.Context, yes: Yes = False, as_json: AsJson = False) -> None:
    """Begin a new epoch, after the store was restored with its database's own tools.

    Its tables are brought up to this release, and its credentials must open
    with the keys at hand. Then every node drops what it holds and reads anew.
    """
    place_of(ctx).local_only("new-epoch")
    settings = place_of(ctx).settings()
    confirm("Begin a new epoch? Every node and every nginx drops what it holds.", yes)
    as_of = asyncio.run(renew(settings))
    if as_json:
        emit({"epoch": as_of.epoch, "position": as_of.position})
        return
    say(f"epoch {as_of.epoch} begins at position {as_of.position}")
    remark("Running nodes notice by themselves and read everything anew.")


async def renew(settings: Settings) -> AsOf:
    """Bring the store of ``settings`` up to this release and under a new epoch. Raises SecretUnreadableError before."""
    ground: Ground = lay_ground(settings, system_clock)
    try:
        await ground.prepare()
        async with ground.store.view() as view:
            await _open_every_secret(view)
        await ground.store.begin_epoch()
        async with ground.store.view() as view:
            return view.as_of
    finally:
        await ground.close()


async def _open_every_secret(view: View) -> None:
    """Raises SecretUnreadableError when the keys at hand are not those of the store: better now than in production."""
    for workspace in await _all(view, "workspace", ""):
        for source in await _all(view, "source", workspace.name):
            if any(map(is_lost, await view.destinations(source.id))):
                raise SecretUnreadableError


async def _all(view: View, kind: str, parent: str) -> list[Any]:
    found: list[Any] = []
    while page := await view.listed(kind, parent, Page(found[-1].name if found else "")):
        found += [stored.document for stored in page]
    return found

"""Destinations over HTTP."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from edge.api import render
from edge.api.bodies import ConfigItem, DestinationBody, DestinationIn, DestinationPatchBody
from edge.api.call import Call, Reply
from edge.api.names import masked_fields, slug_in
from edge.manage import destinations
from edge.manage.destinations import Described, DestinationPatch
from edge.manage.operation import Done
from edge.manage.paging import cut, page_of
from edge.manage.problem import invalid
from edge.model.definition import ConnectionMode

CHANGEABLE = ("enabled", "config", "connection_mode", "display_name", "consent_categories")
MODES: dict[str, ConnectionMode | None] = {"DEVICE": "device", "CLOUD": "cloud", "UNSPECIFIED": None}


async def index(call: Call) -> Reply:
    page = page_of(call.query)
    found = await destinations.listed(call.deps.manage, call.principal, call.path["w"], call.path["s"], page)
    shown, following = cut(found, page, lambda one: one.destination.name)
    return Reply({"destinations": [render.destination(one) for one in shown], "next_page_token": following})


async def show(call: Call) -> Reply:
    path = call.path
    found = await destinations.show(call.deps.manage, call.principal, path["w"], path["s"], path["d"])
    return Reply(render.destination(found), headers=render.tag(found.position))


async def create(call: Call) -> Reply:
    body: DestinationBody = call.body
    given = body.destination
    definition = slug_in(given.catalog_name, "catalog/destinations", "catalog_name") if given.catalog_name else None
    done = await destinations.create(
        call.deps.manage,
        call.principal,
        call.path["w"],
        call.path["s"],
        slug_in(given.name, _collection(call), "destination.name"),
        definition_slug=definition,
        patch=_patch(given, set(CHANGEABLE)),
    )
    return _changed(done)


async def change(call: Call) -> Reply:
    body: DestinationPatchBody = call.body
    mask = body.update_mask or body.destination.update_mask
    if mask is None or not mask.paths:
        names = ", ".join(f"destination.{name}" for name in CHANGEABLE)
        raise invalid(f"update_mask.paths: name the fields to change; allowed: {names}")
    fields = masked_fields(mask.paths, "destination", CHANGEABLE)
    path = call.path
    done = await destinations.change(
        call.deps.manage,
        call.principal,
        path["w"],
        path["s"],
        path["d"],
        patch=_patch(body.destination, fields),
        expected=call.expected,
    )
    return replace(_changed(done), headers=render.tag(done.document.position))


async def delete(call: Call) -> Reply:
    path = call.path
    done = await destinations.delete(
        call.deps.manage, call.principal, path["w"], path["s"], path["d"], expected=call.expected
    )
    return Reply({}, position=done.position)


def _collection(call: Call) -> str:
    return f"workspaces/{call.path['w']}/sources/{call.path['s']}/destinations"


def _changed(done: Done[Described]) -> Reply:
    return Reply(render.destination(done.document) | render.advice(done.advice), position=done.position)


def _patch(given: DestinationIn, fields: set[str]) -> DestinationPatch:
    """A path without a value empties its field, a value without a path changes nothing; ``config`` merges by name."""
    return DestinationPatch(
        display_name=given.display_name or "" if "display_name" in fields else None,
        enabled=bool(given.enabled) if "enabled" in fields else None,
        mode=MODES[given.connection_mode or "UNSPECIFIED"] if "connection_mode" in fields else None,
        default_mode="connection_mode" in fields and MODES[given.connection_mode or "UNSPECIFIED"] is None,
        settings=_settings(given.config or ()) if "config" in fields else {},
        clear_settings="config" in fields and given.config is None,
        consent_categories=given.consent_categories or () if "consent_categories" in fields else None,
    )


def _settings(items: Sequence[ConfigItem]) -> dict[str, Any]:
    """Setting name -> value. A name may be bare, or whole as we answer it."""
    settings: dict[str, Any] = {}
    for item in items:
        name = item.name.rpartition("/config/")[2]
        if name in settings:
            raise invalid(f"config: {name[:60]!r} is given twice; give each setting once")
        settings[name] = item.value
    return settings

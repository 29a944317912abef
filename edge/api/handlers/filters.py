"""Destination filters over HTTP."""

from dataclasses import replace
from typing import Any

from edge.api import render, render_events
from edge.api.bodies import FilterBody, FilterIn, FilterPatchBody
from edge.api.call import Call, Reply
from edge.api.names import masked_fields
from edge.manage import filters
from edge.manage.filter_rules import read_actions
from edge.manage.filters import FilterPatch, Place
from edge.manage.operation import Done
from edge.manage.paging import cut, page_of
from edge.manage.problem import invalid
from edge.model.filter import Filter

CHANGEABLE = ("if", "actions", "title", "description", "enabled")


async def index(call: Call) -> Reply:
    page = page_of(call.query)
    found = await filters.listed(call.deps.manage, call.principal, _place(call), page)
    shown, following = cut(found, page, lambda one: one.name)
    return Reply({"filters": [render_events.destination_filter(one) for one in shown], "next_page_token": following})


async def show(call: Call) -> Reply:
    found, position = await filters.placed(call.deps.manage, call.principal, _place(call), call.path["f"])
    return Reply(render_events.destination_filter(found), headers=render.tag(position))


async def create(call: Call) -> Reply:
    body: FilterBody = call.body
    patch = _patch(body.filter, {name for name in CHANGEABLE if getattr(body.filter, _attribute(name)) is not None})
    return _changed(await filters.create(call.deps.manage, call.principal, _place(call), patch))


async def change(call: Call) -> Reply:
    body: FilterPatchBody = call.body
    mask = body.update_mask or body.filter.update_mask
    if mask is None or not mask.paths:
        names = ", ".join(f"filter.{name}" for name in CHANGEABLE)
        raise invalid(f"update_mask.paths: name the fields to change; allowed: {names}")
    patch = _patch(body.filter, masked_fields(mask.paths, "filter", CHANGEABLE))
    done = await filters.change(
        call.deps.manage, call.principal, _place(call), call.path["f"], patch, expected=call.expected
    )
    return replace(_changed(done), headers=render.tag(done.own))


async def delete(call: Call) -> Reply:
    done = await filters.delete(call.deps.manage, call.principal, _place(call), call.path["f"], expected=call.expected)
    return Reply({}, position=done.position)


def _place(call: Call) -> Place:
    return Place(call.path["w"], call.path["s"], call.path["d"])


def _changed(done: Done[Filter]) -> Reply:
    return Reply(render_events.destination_filter(done.document) | render.advice(done.advice), position=done.position)


def _attribute(field: str) -> str:
    """``if`` is a word of Python's."""
    return "if_" if field == "if" else field


def _patch(given: FilterIn, fields: set[str]) -> FilterPatch:
    """A path without a value empties its field, which is refused for what must not be empty."""
    actions: list[dict[str, Any]] = [one.model_dump(exclude_none=True) for one in given.actions or ()]
    return FilterPatch(
        title=given.title or "" if "title" in fields else None,
        description=given.description or "" if "description" in fields else None,
        condition=given.if_ or "" if "if" in fields else None,
        actions=read_actions(actions) if "actions" in fields else None,
        enabled=bool(given.enabled) if "enabled" in fields else None,
    )

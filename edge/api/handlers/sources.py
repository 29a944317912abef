"""Sources and their write keys over HTTP."""

from edge.api import render, render_events
from edge.api.bodies import SourceBody, SourceIn, SourcePatchBody, UpdateMask, WriteKeyBody
from edge.api.call import Call, Reply, integer_of, seconds_of
from edge.api.names import masked_fields, slug_in
from edge.manage import distribution, explain, page_needs, sources, write_keys
from edge.manage.loaders import LoaderPatch
from edge.manage.paging import cut, page_of
from edge.manage.problem import invalid
from edge.manage.sources import SourcePatch
from edge.manage.tracking_plan import read_plan

CHANGEABLE = (
    "display_name",
    "api_host",
    "client",
    "client_version",
    "bundle",
    "library_config",
    "library_config.api_host",
    "library_config.metrics_enabled",
    "library_config.retry_queue",
    "library_config.cross_domain_id_enabled",
    "tracking_plan",
)


async def index(call: Call) -> Reply:
    page = page_of(call.query)
    found = await sources.listed(call.deps.manage, call.principal, call.path["w"], page)
    shown, following = cut(found, page, lambda one: one.name)
    return Reply({"sources": [render.source_listed(one) for one in shown], "next_page_token": following})


async def show(call: Call) -> Reply:
    found, position = await sources.placed(call.deps.manage, call.principal, call.path["w"], call.path["s"])
    return Reply(render.source(found), headers=render.tag(position))


async def create(call: Call) -> Reply:
    body: SourceBody = call.body
    given = body.source
    keys = given.write_keys or []
    if len(keys) > 1:
        raise invalid("source.write_keys: a source is created with one write key; add others afterwards")
    done = await sources.create(
        call.deps.manage,
        call.principal,
        call.path["w"],
        slug_in(given.name, f"workspaces/{call.path['w']}/sources", "source.name"),
        slug_in(given.catalog_name, "catalog/sources", "source.catalog_name"),
        patch=_patch(given, set(CHANGEABLE)),
        write_key=keys[0] if keys else None,
    )
    return Reply(render.source(done.document), position=done.position)


async def change(call: Call) -> Reply:
    body: SourcePatchBody = call.body
    fields = masked_fields(_paths(body.update_mask or body.source.update_mask), "source", CHANGEABLE)
    patch = _patch(body.source, fields)
    done = await sources.change(
        call.deps.manage, call.principal, call.path["w"], call.path["s"], patch, expected=call.expected
    )
    answer = render.source(done.document) | render.advice(done.advice)
    return Reply(answer, position=done.position, headers=render.tag(done.own))


async def delete(call: Call) -> Reply:
    done = await sources.delete(
        call.deps.manage, call.principal, call.path["w"], call.path["s"], expected=call.expected
    )
    return Reply({}, position=done.position)


async def add_key(call: Call) -> Reply:
    body: WriteKeyBody = call.body
    done = await write_keys.add(call.deps.manage, call.principal, call.path["w"], call.path["s"], body.key)
    return Reply(render.source(done.document), position=done.position)


async def retire_key(call: Call) -> Reply:
    path = call.path
    done = await write_keys.retire(call.deps.manage, call.principal, path["w"], path["s"], path["key"])
    return Reply({}, position=done.position)


async def distribute(call: Call) -> Reply:
    after, wait = call.query.get("after"), call.query.get("wait")
    found = await distribution.show(
        call.deps.manage,
        call.principal,
        call.path["w"],
        call.path["s"],
        after=integer_of(after, "after") if after is not None else None,
        wait=seconds_of(wait) if wait is not None else 0.0,
        reached=call.deps.reached,
    )
    return Reply(render_events.distribution(found))


async def explained(call: Call) -> Reply:
    found = await explain.explain(call.deps.manage, call.principal, call.path["w"], call.path["s"], call.deps.origin)
    return Reply(render_events.explanation(found))


async def explained_key(call: Call) -> Reply:
    found = await explain.explain_key(call.deps.manage, call.principal, call.path["key"], call.deps.origin)
    return Reply(render_events.explanation(found))


async def snippet(call: Call) -> Reply:
    key, deps = call.path["key"], call.deps
    needs = await page_needs.for_key(
        deps.manage, call.principal, key, deps.origin, snippets=deps.snippets, pieces=deps.pieces
    )
    return Reply(
        {
            "write_key": key,
            "snippet": needs.snippet,
            "csp": {"nonce": needs.policy.by_nonce, "hosts": needs.policy.by_hosts},
        }
    )


def _paths(mask: UpdateMask | None) -> list[str]:
    if mask is None or not mask.paths:
        raise invalid(f"update_mask.paths: name the fields to change; allowed: {', '.join(CHANGEABLE)}")
    return mask.paths


def _patch(given: SourceIn, fields: set[str]) -> SourcePatch:
    """A path without a value empties its field, a value without a path changes nothing."""
    library = given.library_config
    whole = "library_config" in fields

    def flag(name: str, *, default: bool) -> bool | None:
        if not whole and f"library_config.{name}" not in fields:
            return None
        value: bool | None = getattr(library, name) if library is not None else None
        return default if value is None else value

    def text(name: str) -> str | None:
        return getattr(given, name) or "" if name in fields else None

    host: str | None = None
    if whole or fields & {"api_host", "library_config.api_host"}:
        host = given.api_host or (library.api_host if library is not None else None) or ""
    plan = given.tracking_plan.model_dump(exclude_none=True) if given.tracking_plan is not None else {}
    return SourcePatch(
        display_name=given.display_name or "" if "display_name" in fields else None,
        api_host=host,
        metrics_enabled=flag("metrics_enabled", default=False),
        retry_queue=flag("retry_queue", default=True),
        cross_domain_id_enabled=flag("cross_domain_id_enabled", default=False),
        tracking_plan=read_plan(plan) if "tracking_plan" in fields else None,
        loader=LoaderPatch(text("client"), text("client_version"), text("bundle")),
    )

"""Write keys of a source: create, adopt, retire. Rotation is a new key, then the old one retired."""

from dataclasses import replace

from edge.manage.operation import Done, Manage, commit, put, require, seen_source
from edge.manage.problem import conflict, invalid, not_found
from edge.model.source import WRITE_KEY, Source
from edge.model.token import Principal
from edge.store.store import Draft
from edge.store.view import View

MAX_KEYS = 20


def check_new_key(key: str) -> None:
    if WRITE_KEY.match(key) is None:
        raise invalid("write_key: allowed are 8 to 64 characters: A-Z, a-z, 0-9, _ and -")


async def add(manage: Manage, principal: Principal, workspace: str, slug: str, key: str | None) -> Done[Source]:
    """One more live key: a made one, or ``key`` if no source of the instance has or had it."""
    require(principal, "workspace:write")
    added = manage.new_key() if key is None else key
    check_new_key(added)
    result: list[Source] = []

    async def plan(view: View) -> Draft:
        source = await seen_source(view, principal, workspace, slug)
        if len(source.write_keys) >= MAX_KEYS:
            raise invalid(f"{source.name} has {len(source.write_keys)} write keys: retire one first")
        if await view.key_is_known(added):
            raise conflict("key: it is, or was, a source's already; a write key is never used twice")
        result.append(replace(source, write_keys=(*source.write_keys, added)))
        return put(result[0], reason=f"add a write key to {source.name}")

    position, changed = await commit(manage, principal, plan)
    return Done(result[0], position, changed)


async def retire(manage: Manage, principal: Principal, workspace: str, slug: str, key: str) -> Done[Source]:
    """From now on the key is unknown. The last one may be retired too: then nothing is published."""
    require(principal, "workspace:write")
    result: list[Source] = []

    async def plan(view: View) -> Draft:
        source = await seen_source(view, principal, workspace, slug)
        if key not in source.write_keys:
            raise not_found(f"{source.name}/write-keys/{key}")
        live = tuple(one for one in source.write_keys if one != key)
        result.append(replace(source, write_keys=live, retired_keys=(*source.retired_keys, key)))
        return put(result[0], reason=f"retire a write key of {source.name}")

    position, changed = await commit(manage, principal, plan)
    return Done(result[0], position, changed)

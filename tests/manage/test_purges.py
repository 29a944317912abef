import pytest

from edge.manage import purges, sources, write_keys
from edge.manage.problem import ProblemError
from edge.manage.purges import MAX_TAGS, PurgeVerb
from edge.model.token import Principal
from tests.manage.stage import ACME, GLOBEX, INSTANCE, Stage, without
from tests.support.world import KEY, SOURCE

pytestmark = pytest.mark.anyio


async def purge(
    stage: Stage, principal: Principal, *tags: str, names: tuple[str, ...] = (), verb: PurgeVerb = "invalidate"
) -> int:
    return await purges.purge(stage.manage, principal, tags=tags, sources=names, verb=verb, reason="a test")


@pytest.mark.parametrize("verb", ["invalidate", "revoke"])
async def test_a_purge_is_an_entry_with_its_tags_verb_and_reason(stage: Stage, verb: PurgeVerb) -> None:
    entry = await stage.entry(await purge(stage, ACME, f"key:{KEY}", names=(SOURCE.name,), verb=verb))
    assert (entry.verb, entry.reason, entry.actor) == (verb, "a test", ACME.subject)
    assert entry.tags == (f"key:{KEY}", f"source:{SOURCE.id}")
    assert entry.keys == (KEY,)
    assert SOURCE.name in entry.resources


async def test_a_workspace_purges_its_own_source_key_and_workspace_tags(stage: Stage) -> None:
    tags = (f"source:{SOURCE.id}", f"key:{KEY}", "workspace:acme")
    assert (await stage.entry(await purge(stage, ACME, *tags))).tags == tuple(sorted(tags))


async def test_a_retired_key_can_still_be_purged_by_its_owner(stage: Stage) -> None:
    await write_keys.add(stage.manage, ACME, "acme", "site", "the-second-key")
    await write_keys.retire(stage.manage, ACME, "acme", "site", KEY)
    assert (await stage.entry(await purge(stage, ACME, f"key:{KEY}", verb="revoke"))).tags == (f"key:{KEY}",)


@pytest.mark.parametrize(
    "tag", [f"source:{SOURCE.id}", f"key:{KEY}", "workspace:acme", "source:unknown", "key:unknown-key"]
)
async def test_another_workspaces_tags_are_not_found_exactly_as_unknown_ones(stage: Stage, tag: str) -> None:
    before = await stage.head()
    with pytest.raises(ProblemError) as refused:
        await purge(stage, GLOBEX, "workspace:globex", tag)
    assert refused.value.kind == "not_found"
    assert await stage.head() == before


async def test_another_workspaces_source_cannot_be_purged_by_name(stage: Stage) -> None:
    with pytest.raises(ProblemError) as refused:
        await purge(stage, GLOBEX, names=(SOURCE.name,))
    assert refused.value.kind == "not_found"


@pytest.mark.parametrize("tag", ["all", "loader", "definition:tally"])
async def test_what_reaches_beyond_a_workspace_needs_an_instance_token(stage: Stage, tag: str) -> None:
    before = await stage.head()
    with pytest.raises(ProblemError, match="instance token") as refused:
        await purge(stage, ACME, tag)
    assert refused.value.kind == "forbidden"
    assert await stage.head() == before
    assert (await stage.entry(await purge(stage, INSTANCE, tag))).tags == (tag,)


async def test_an_instance_token_purges_what_is_gone_too(stage: Stage) -> None:
    await sources.delete(stage.manage, ACME, "acme", "site")
    tags = (f"key:{KEY}", f"source:{SOURCE.id}")
    assert (await stage.entry(await purge(stage, INSTANCE, *tags, verb="revoke"))).tags == tags


@pytest.mark.parametrize(
    "tags", [(), ("everything",), ("source:",), ("key:a b",), ("all\n",), ("all",) * (MAX_TAGS + 1)]
)
async def test_a_purge_of_no_or_wrong_or_too_many_tags_is_refused(stage: Stage, tags: tuple[str, ...]) -> None:
    before = await stage.head()
    with pytest.raises(ProblemError, match="tags") as refused:
        await purge(stage, INSTANCE, *tags)
    assert refused.value.kind == "invalid"
    assert await stage.head() == before


async def test_a_reason_is_kept_whole_or_refused(stage: Stage) -> None:
    before = await stage.head()
    with pytest.raises(ProblemError, match="reason"):
        await purges.purge(stage.manage, ACME, tags=["workspace:acme"], sources=[], verb="revoke", reason="x" * 501)
    assert await stage.head() == before


async def test_purging_needs_the_scope(stage: Stage) -> None:
    with pytest.raises(ProblemError, match="cache:purge") as refused:
        await purge(stage, without(ACME, "cache:purge"), "workspace:acme")
    assert refused.value.kind == "forbidden"

import pytest

from edge.manage import write_keys
from edge.manage.problem import ProblemError
from edge.manage.purge_reach import Reach, reach
from edge.model.token import Principal
from tests.manage.stage import ACME, GLOBEX, INSTANCE, Stage, without
from tests.support.world import KEY, SOURCE

pytestmark = pytest.mark.anyio


async def reached(stage: Stage, principal: Principal, *tags: str, names: tuple[str, ...] = ()) -> Reach:
    return await reach(stage.manage, principal, tags=tags, sources=names, verb="invalidate", reason="")


@pytest.mark.parametrize("tag", [f"source:{SOURCE.id}", "workspace:acme", ""])
async def test_a_whole_source_has_all_its_keys_and_documents_for_the_live_ones(stage: Stage, tag: str) -> None:
    await write_keys.add(stage.manage, ACME, "acme", "site", "the-second-key")
    await write_keys.retire(stage.manage, ACME, "acme", "site", KEY)
    found = await reached(stage, ACME, *filter(None, [tag]), names=() if tag else (SOURCE.name,))
    assert [part.keys for part in found.parts] == [("the-second-key", KEY)]
    assert (found.keys, found.documents) == (2, 5)


async def test_one_key_is_only_that_key(stage: Stage) -> None:
    await write_keys.add(stage.manage, ACME, "acme", "site", "the-second-key")
    found = await reached(stage, ACME, f"key:{KEY}")
    assert [(part.source.id, part.keys) for part in found.parts] == [(SOURCE.id, (KEY,))]


async def test_what_reaches_further_is_named_and_not_counted(stage: Stage) -> None:
    found = await reached(stage, INSTANCE, "all", "definition:tally", "key:nobodys-key")
    assert (found.broad, found.loose, found.parts) == (("all", "definition:tally"), ("nobodys-key",), ())


async def test_it_is_refused_as_the_purge_would_be(stage: Stage) -> None:
    for principal, tag, kind in (
        (GLOBEX, f"key:{KEY}", "not_found"),
        (ACME, "all", "forbidden"),
        (without(ACME, "cache:purge"), f"key:{KEY}", "forbidden"),
        (ACME, "nonsense", "invalid"),
    ):
        with pytest.raises(ProblemError) as refused:
            await reached(stage, principal, tag)
        assert refused.value.kind == kind

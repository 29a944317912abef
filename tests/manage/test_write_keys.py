import pytest

from edge.manage import write_keys
from edge.manage.problem import ProblemError
from edge.manage.write_keys import MAX_KEYS
from tests.manage.stage import ACME, GLOBEX, Stage
from tests.support.world import KEY

pytestmark = pytest.mark.anyio


async def test_i19_a_rotated_key_is_purged_retired_and_never_used_again(stage: Stage) -> None:
    added = await write_keys.add(stage.manage, ACME, "acme", "site", "the-second-key")
    assert added.document.write_keys == (KEY, "the-second-key")
    retired = await write_keys.retire(stage.manage, ACME, "acme", "site", KEY)
    assert retired.document.write_keys == ("the-second-key",)
    assert retired.document.retired_keys == (KEY,)
    assert f"key:{KEY}" in (await stage.entry(retired.position)).tags
    before = await stage.head()
    for principal, workspace in ((ACME, "acme"), (GLOBEX, "globex")):
        if workspace == "globex":
            await stage.source("site", "javascript", "globex")
            before = await stage.head()
        with pytest.raises(ProblemError, match="never used twice") as refused:
            await write_keys.add(stage.manage, principal, workspace, "site", KEY)
        assert refused.value.kind == "conflict"
        assert await stage.head() == before


async def test_a_key_is_made_where_none_is_given(stage: Stage) -> None:
    done = await write_keys.add(stage.manage, ACME, "acme", "site", None)
    assert len(done.document.write_keys) == 2


async def test_a_key_that_the_source_does_not_have_cannot_be_retired(stage: Stage) -> None:
    before = await stage.head()
    with pytest.raises(ProblemError) as refused:
        await write_keys.retire(stage.manage, ACME, "acme", "site", "not-a-key-of-it")
    assert refused.value.kind == "not_found"
    assert await stage.head() == before


async def test_a_source_has_a_bounded_number_of_keys(stage: Stage) -> None:
    for number in range(MAX_KEYS - 1):
        await write_keys.add(stage.manage, ACME, "acme", "site", f"another-key-{number}")
    with pytest.raises(ProblemError, match="retire one"):
        await write_keys.add(stage.manage, ACME, "acme", "site", None)

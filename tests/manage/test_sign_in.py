import pytest

from edge.manage import sign_in
from edge.manage.problem import ProblemError
from edge.model.token import EVERY_WORKSPACE
from tests.manage.stage import ACME, INSTANCE, Stage, without

pytestmark = pytest.mark.anyio


async def test_a_waiting_row_becomes_a_sessions_with_the_same_scopes(stage: Stage) -> None:
    waiting = await sign_in.offer(stage.manage, INSTANCE, "acme", ["workspace:read"], seconds=60)
    bearer = await sign_in.take(stage.manage, waiting.id, seconds=3600)
    assert (bearer.principal.workspace, bearer.principal.scopes) == ("acme", frozenset({"workspace:read"}))
    assert bearer.expires_at == stage.clock().wall + 3600
    assert bearer.principal.token_id != waiting.id
    entry = await stage.entry(await stage.head())
    assert entry.actor == bearer.principal.subject
    assert entry.tags == ()
    with pytest.raises(ProblemError, match="used already"):
        await sign_in.take(stage.manage, waiting.id, seconds=3600)


async def test_a_link_gives_no_more_than_its_maker_has(stage: Stage) -> None:
    for maker, workspace, kind in (
        (without(INSTANCE, "tokens:admin"), "acme", "forbidden"),
        (without(INSTANCE, "workspace:write"), EVERY_WORKSPACE, "forbidden"),
        (ACME, "globex", "not_found"),
    ):
        with pytest.raises(ProblemError) as refused:
            await sign_in.offer(stage.manage, maker, workspace, ["workspace:write"], seconds=60)
        assert refused.value.kind == kind


async def test_ending_a_session_leaves_a_persons_token(stage: Stage) -> None:
    waiting = await sign_in.offer(stage.manage, INSTANCE, "acme", ["workspace:read"], seconds=60)
    bearer = await sign_in.take(stage.manage, waiting.id, seconds=3600)
    await sign_in.end(stage.manage, bearer.principal)
    async with stage.manage.store.view() as view:
        assert await view.token(bearer.principal.token_id) is None
    assert await stage.unchanged_by(lambda: sign_in.end(stage.manage, ACME))

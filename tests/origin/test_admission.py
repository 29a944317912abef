"""Who may make origin calls, and how often the store is asked about that."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from edge.manage.problem import ProblemError
from edge.origin.admission import MOST
from tests.manage.stage import INSTANCE
from tests.origin.stage import Control, control_node
from tests.support.sqlite import outage

pytestmark = pytest.mark.anyio
DAY = 86_400


@pytest.fixture
async def control(template: Path, tmp_path: Path) -> AsyncIterator[Control]:
    async with control_node(template, tmp_path) as made:
        yield made


async def refusal(control: Control, authorization: str) -> str:
    with pytest.raises(ProblemError) as raised:
        await control.admission.admit(authorization)
    return raised.value.kind


async def test_an_instance_token_with_the_scope_is_let_in(control: Control) -> None:
    principal = await control.admission.admit(f"Bearer {await control.token()}")
    assert principal.workspace == "*"


async def test_everything_else_is_not(control: Control) -> None:
    workspace = (await control.tokens.issue(INSTANCE, "acme", ["origin:read"])).jwt
    other = await control.token("workspace:read", "workspace:write", "cache:purge", "tokens:admin")
    assert await refusal(control, f"Bearer {workspace}") == "forbidden"
    assert await refusal(control, f"Bearer {other}") == "forbidden"
    good = await control.token()
    for given in ("", "Bearer", "Bearer ", f"Basic {good}", f"Bearer {good}x", f"Bearer {'x' * 9000}", good):
        assert await refusal(control, given) == "unauthenticated"


async def test_a_token_that_ended_is_refused_though_it_was_let_in_before(control: Control) -> None:
    token = await control.token()
    await control.follow()
    await control.admission.admit(f"Bearer {token}")
    control.clock.advance(91 * DAY)
    assert await refusal(control, f"Bearer {token}") == "unauthenticated"


async def test_the_store_is_asked_once_whatever_else_is_changed(control: Control) -> None:
    token = await control.token()
    await control.follow()
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(control.world.engine.sync_engine, "before_cursor_execute", note)
    await control.admission.admit(f"Bearer {token}")
    assert asked
    await control.world.configure("second-api-key")
    await control.follow()
    asked.clear()
    for _ in range(10):
        await control.admission.admit(f"Bearer {token}")
    assert asked == []
    event.remove(control.world.engine.sync_engine, "before_cursor_execute", note)


async def test_a_revoked_token_is_refused_as_soon_as_this_node_has_heard_of_it(control: Control) -> None:
    issued = await control.tokens.issue_instance(INSTANCE, ["origin:read"])
    await control.follow()
    await control.admission.admit(f"Bearer {issued.jwt}")
    await control.tokens.revoke(INSTANCE, issued.token.id)
    await control.follow()
    for _ in range(2):
        assert await refusal(control, f"Bearer {issued.jwt}") == "unauthenticated"


async def test_a_node_that_might_not_have_heard_of_it_asks_the_store(control: Control) -> None:
    issued = await control.tokens.issue_instance(INSTANCE, ["origin:read"])
    await control.follow()
    await control.admission.admit(f"Bearer {issued.jwt}")
    await control.tokens.revoke(INSTANCE, issued.token.id)
    control.clock.advance(control.ground.settings.lease)
    assert await refusal(control, f"Bearer {issued.jwt}") == "unauthenticated"


async def test_with_the_store_down_only_who_was_let_in_before_is(control: Control) -> None:
    known, stranger = await control.token(), await control.token()
    await control.follow()
    await control.admission.admit(f"Bearer {known}")
    control.clock.advance(control.ground.settings.lease)
    with outage(control.world.directory / "edgewise.db", "documents"):
        await control.admission.admit(f"Bearer {known}")
        with pytest.raises(OperationalError):
            await control.admission.admit(f"Bearer {stranger}")
        assert await refusal(control, f"Bearer {known}x") == "unauthenticated"


async def test_only_so_many_tokens_are_remembered(control: Control) -> None:
    control.admission._seen.update({f"token-{number}": (INSTANCE, 0) for number in range(MOST)})
    await control.admission.admit(f"Bearer {await control.token()}")
    assert len(control.admission._seen) == MOST

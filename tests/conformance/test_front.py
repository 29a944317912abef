"""What every front guarantees: it says that it shows a position only when it does, and forgets when it is told to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest

from edge.fronts.front import Due, Front, FrontError, Reach
from edge.fronts.null import NullFront
from edge.fronts.recording import RecordingFront
from edge.publish.publication import KINDS
from tests.support.fronted import Fronted, fronted

pytestmark = pytest.mark.anyio
KEY = "wk_front_0001"


@dataclass(frozen=True, slots=True)
class Stage:
    """A front, and what can be done to it: ``behind`` is None for one that fetches from nobody."""

    front: Front
    behind: Fronted | None = None

    def move_on(self, position: int, epoch: str = "e1") -> None:
        if self.behind is not None:
            self.behind.upstream.position, self.behind.upstream.epoch = position, epoch

    async def older_than(self, position: int) -> list[str]:
        """What anybody is shown of KEY that is older, as ``<epoch>.<position>``."""
        if self.behind is None:
            return []
        shown = await self.behind.shown(KEY)
        return [as_of for as_of in shown.values() if as_of.partition(".")[0] != "e1" or int(as_of[3:]) < position]


@asynccontextmanager
async def null() -> AsyncIterator[Stage]:
    yield Stage(NullFront())


@asynccontextmanager
async def recording() -> AsyncIterator[Stage]:
    yield Stage(RecordingFront())


@asynccontextmanager
async def nginx() -> AsyncIterator[Stage]:
    async with fronted() as behind:
        yield Stage(behind.front, behind)


@pytest.fixture(params=[null, recording, nginx], ids=["null", "recording", "nginx"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    open_stage: Callable[[], AbstractAsyncContextManager[Stage]] = request.param
    async with open_stage() as made:
        yield made


def due(position: int, reach: Reach = Reach.EVERY, key: str = KEY) -> Due:
    return Due(key, "e1", position, KINDS, reach)


@pytest.mark.parametrize("reach", list(Reach))
async def test_i15_after_a_refresh_nothing_older_is_shown_in_any_document_or_encoding(
    stage: Stage, reach: Reach
) -> None:
    assert not await stage.older_than(1)
    stage.move_on(7)
    await stage.front.refresh(due(7, reach))
    assert not await stage.older_than(7)


async def test_what_is_newer_than_due_will_do(stage: Stage) -> None:
    stage.move_on(9)
    await stage.front.refresh(due(7))
    assert not await stage.older_than(9)


async def test_many_write_keys_at_once_are_all_refreshed(stage: Stage) -> None:
    stage.move_on(7)
    await asyncio.gather(*(stage.front.refresh(due(7, key=f"wk_many_{number:04}")) for number in range(12)))


async def test_two_that_refresh_the_same_at_once_are_harmless(stage: Stage) -> None:
    stage.move_on(7)
    await asyncio.gather(*(stage.front.refresh(due(7)) for _ in range(4)))
    assert not await stage.older_than(7)


async def test_emptying_leaves_nothing_older_and_can_be_repeated(stage: Stage) -> None:
    await stage.older_than(1)
    stage.move_on(7)
    await stage.front.empty()
    assert not await stage.older_than(7)
    await stage.front.empty()
    assert await stage.front.empty() == 0


async def test_a_closed_front_can_be_closed_again(stage: Stage) -> None:
    await stage.front.refresh(due(1))
    await stage.front.close()
    await stage.front.close()


@pytest.fixture(params=["recording", "nginx"])
async def failing(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Front, Callable[[bool], None]]]:
    """A front that can fail, and a switch."""
    if request.param == "recording":
        made = RecordingFront()

        def fail(on: bool) -> None:
            made.wrong = (lambda _due: "answered 503") if on else (lambda _due: None)

        yield made, fail
        return
    async with fronted() as behind:

        def break_down(on: bool) -> None:
            behind.upstream.status = 503 if on else 200

        yield behind.front, break_down


async def test_i13_a_failure_is_an_error_with_a_short_reason_and_over_when_it_is_healed(
    failing: tuple[Front, Callable[[bool], None]],
) -> None:
    front, fail = failing
    fail(True)
    with pytest.raises(FrontError, match=r"^.{0,120}answered 503$"):
        await front.refresh(due(1))
    fail(False)
    await front.refresh(due(1))

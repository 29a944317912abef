"""Claims about asking together: one question for one turn of the event loop, and for nobody who came after it."""

import asyncio
from collections.abc import Sequence

import pytest

from edge.cache.gathering import Gathering
from tests.support.polling import settle

pytestmark = pytest.mark.anyio


class Questions:
    """Each is kept, and answered when the test says so."""

    def __init__(self) -> None:
        self.sent: list[list[str]] = []
        self.answer = asyncio.Event()
        self.broken = False
        self.gathering: Gathering[str, int] = Gathering(self.several, lambda key: key[0])

    async def several(self, keys: Sequence[str]) -> dict[str, int]:
        self.sent.append([*keys])
        number = len(self.sent)
        await self.answer.wait()
        if self.broken:
            raise LookupError
        return dict.fromkeys(keys, number)

    def ask(self, key: str) -> asyncio.Task[int]:
        return asyncio.create_task(self.gathering.ask(key))


@pytest.fixture
def questions() -> Questions:
    return Questions()


async def test_those_of_one_turn_are_one_question_with_each_key_once(questions: Questions) -> None:
    asked = [questions.ask(key) for key in ("a1", "a2", "a1")]
    await settle()
    questions.answer.set()
    assert await asyncio.gather(*asked) == [1, 1, 1]
    assert questions.sent == [["a1", "a2"]]


async def test_i2_who_comes_when_a_question_is_sent_is_not_given_its_answer(questions: Questions) -> None:
    first = questions.ask("a1")
    await settle()
    second = questions.ask("a1")
    await settle()
    questions.answer.set()
    assert [*await asyncio.gather(first, second)] == [1, 2]


async def test_groups_are_asked_for_apart(questions: Questions) -> None:
    asked = [questions.ask(key) for key in ("a1", "b1", "a2")]
    await settle()
    questions.answer.set()
    await asyncio.gather(*asked)
    assert questions.sent == [["a1", "a2"], ["b1"]]


async def test_i32_one_that_is_cancelled_takes_nobody_with_it(questions: Questions) -> None:
    leaving, staying, other = questions.ask("a1"), questions.ask("a1"), questions.ask("a2")
    await settle()
    leaving.cancel()
    await settle()
    questions.answer.set()
    assert [*await asyncio.gather(staying, other)] == [1, 1]
    assert leaving.cancelled()


async def test_i32_a_failure_is_shared_by_those_of_its_question_and_kept_for_nobody(questions: Questions) -> None:
    questions.broken = True
    questions.answer.set()
    failed = await asyncio.gather(questions.ask("a1"), questions.ask("a2"), return_exceptions=True)
    assert [type(one) for one in failed] == [LookupError, LookupError]
    questions.broken = False
    assert await questions.ask("a1") == 2


async def test_closing_leaves_nobody_waiting(questions: Questions) -> None:
    asked = [questions.ask(key) for key in ("a1", "b1")]
    await settle()
    await questions.gathering.close()
    await asyncio.wait(asked)
    assert all(one.cancelled() for one in asked)

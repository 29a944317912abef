"""Claims about single flight: shared, owned by no caller, and authoritative only for who came before it began."""

import asyncio

import pytest

from edge.cache.flight import Flights
from tests.support.polling import settle

pytestmark = pytest.mark.anyio


class Reads:
    """Reads by key, each ended by the test with a value or an error."""

    def __init__(self) -> None:
        self.begun: list[asyncio.Future[str]] = []

    async def read(self, _key: str) -> str:
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.begun.append(future)
        return await future


@pytest.fixture
def reads() -> Reads:
    return Reads()


def asking(flights: Flights[str, str], key: str = "key") -> asyncio.Task[str]:
    async def ask() -> str:
        return await flights.join(key)[0].result()

    return asyncio.create_task(ask())


async def test_i31_all_who_ask_while_a_read_runs_share_it(reads: Reads) -> None:
    flights = Flights(reads.read)
    callers = [asking(flights) for _ in range(50)]
    await settle()
    reads.begun[0].set_result("word")
    assert await asyncio.gather(*callers) == ["word"] * 50
    assert len(reads.begun) == 1


async def test_different_keys_are_different_flights(reads: Reads) -> None:
    flights = Flights(reads.read)
    one, other = asking(flights, "one"), asking(flights, "other")
    await settle()
    reads.begun[1].set_result("second")
    reads.begun[0].set_result("first")
    assert [await one, await other] == ["first", "second"]


async def test_i32_cancelling_the_first_caller_neither_fails_nor_restarts_the_others(reads: Reads) -> None:
    flights = Flights(reads.read)
    first, *others = [asking(flights) for _ in range(3)]
    await settle()
    first.cancel()
    await settle()
    reads.begun[0].set_result("word")
    assert await asyncio.gather(*others) == ["word", "word"]
    assert first.cancelled()
    assert len(reads.begun) == 1


async def test_i32_a_flight_that_all_callers_left_still_ends_and_makes_room(reads: Reads) -> None:
    flights = Flights(reads.read)
    only = asking(flights)
    await settle()
    only.cancel()
    await settle()
    reads.begun[0].set_result("word")
    await settle()
    assert not flights.join("key")[1]
    await flights.close()


async def test_i32_an_exception_is_shared_once_and_not_kept(reads: Reads) -> None:
    flights = Flights(reads.read)
    callers = [asking(flights) for _ in range(3)]
    await settle()
    reads.begun[0].set_exception(LookupError("broken"))
    outcomes = await asyncio.gather(*callers, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [LookupError] * 3
    later = asking(flights)
    await settle()
    reads.begun[1].set_result("word")
    assert await later == "word"


async def test_i32_an_old_flights_end_never_removes_a_newer_one(reads: Reads) -> None:
    flights = Flights(reads.read)
    newer: list[asyncio.Task[str]] = []

    async def ask_again_at_once() -> None:
        await flights.join("key")[0].result()
        newer.extend(asking(flights) for _ in range(3))

    first = asyncio.create_task(ask_again_at_once())
    await settle()
    reads.begun[0].set_result("old")
    await first
    await settle()
    newer.append(asking(flights))
    await settle()
    assert len(reads.begun) == 2
    reads.begun[1].set_result("new")
    assert await asyncio.gather(*newer) == ["new"] * 4


async def test_i2_a_flight_is_numbered_above_every_mark_made_before_it_began(reads: Reads) -> None:
    flights = Flights(reads.read)
    before = flights.mark()
    flight, _ = flights.join("key")
    after = flights.mark()
    again, joined = flights.join("key")
    assert before < flight.number <= after
    assert (again, joined) == (flight, True)
    await flights.close()


async def test_closing_ends_every_flight(reads: Reads) -> None:
    flights = Flights(reads.read)
    caller = asking(flights)
    await settle()
    await flights.close()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert reads.begun[0].cancelled()

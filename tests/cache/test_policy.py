"""Claims about the pure decisions over an entry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.cache.floors import Floors
from edge.cache.policy import Held, Verdict, confirm, decide, may_serve_stale
from edge.journal.lease import Proof
from edge.model.instant import Instant
from edge.model.outcome import Found, Missing
from edge.model.position import AsOf
from tests.cache.stage import entry_at

LEASE = 10.0
LIMIT = 100.0
TAGS = frozenset({"source:s1", "all"})
AS_OF = AsOf("e1", 5, "5")


def held(at: Instant | None = None, generation: int = 1) -> Held[str]:
    return Held(Found("word", AS_OF, TAGS), at or Instant(0.0, 0.0), generation)


def floors(*purged: int, verb: str = "invalidate") -> Floors:
    made = Floors()
    made.restart(AsOf("e1", 0, "0"), (), {})
    for position in purged:
        made.apply(entry_at(position, "source:s1", verb="revoke" if verb == "revoke" else "invalidate"))
    return made


def proof(at: float = 0.0) -> Proof:
    instant = Instant(at, at)
    return Proof(AS_OF, instant, instant)


def instant(seconds: float) -> Instant:
    return Instant(seconds, seconds)


@pytest.mark.parametrize(
    ("entry", "purged", "age", "verdict"),
    [
        (held(), (), 0.0, Verdict.SERVE),
        (held(), (5,), 0.0, Verdict.SERVE),
        (held(), (6,), 0.0, Verdict.FILL),
        (held(), (), LEASE, Verdict.FILL),
        (held(generation=0), (), 0.0, Verdict.FILL),
        (None, (), 0.0, Verdict.FILL),
    ],
)
def test_an_entry_is_served_only_at_or_above_its_floors_and_under_a_lease(
    entry: Held[str] | None, purged: tuple[int, ...], age: float, verdict: Verdict
) -> None:
    assert decide(entry, floors(*purged), proof(), instant(age), LEASE) is verdict


@pytest.mark.parametrize(("age", "verdict"), [(LEASE - 0.001, Verdict.SERVE), (LEASE, Verdict.FILL)])
def test_i7_at_exactly_the_lease_nothing_is_fresh(age: float, verdict: Verdict) -> None:
    assert decide(held(), floors(), proof(), instant(age), LEASE) is verdict


@pytest.mark.parametrize(("age", "allowed"), [(LIMIT - 0.001, True), (LIMIT, False)])
def test_i7_at_exactly_the_on_error_limit_last_known_good_is_over(age: float, allowed: bool) -> None:
    assert may_serve_stale(held(), floors(), instant(age), LIMIT) is allowed


def test_on_error_a_purged_entry_may_answer_and_a_revoked_one_may_not() -> None:
    assert may_serve_stale(held(), floors(6), instant(1), LIMIT)
    assert not may_serve_stale(held(), floors(6, verb="revoke"), instant(1), LIMIT)


def test_on_error_an_absent_key_is_not_insisted_on() -> None:
    absent: Held[str] = Held(Missing(AS_OF, TAGS), instant(0), 1)
    assert not may_serve_stale(absent, floors(), instant(1), LIMIT)
    assert not may_serve_stale(None, floors(), instant(1), LIMIT)


def test_a_purge_after_a_first_look_is_seen_at_the_next_look() -> None:
    entry, known = held(), floors()
    assert decide(entry, known, proof(), instant(0), LEASE) is Verdict.SERVE
    known.apply(entry_at(6, "source:s1"))
    assert decide(entry, known, proof(), instant(0), LEASE) is Verdict.FILL


steps = st.lists(
    st.tuples(st.sampled_from(["confirm", "purge", "purge another", "restart", "look"]), st.floats(0.0, 50.0)),
    max_size=20,
)


@given(steps)
def test_i8_once_below_a_floor_nothing_moves_confirmed_at(taken: list[tuple[str, float]]) -> None:
    known, entry = floors(), held()
    now, position = 0.0, 5
    fell_at: Instant | None = None
    for step, seconds in taken:
        now += seconds
        position += 1
        match step:
            case "confirm":
                confirm(entry, known, instant(now))
            case "purge":
                known.apply(entry_at(position, "source:s1"))
            case "purge another":
                known.apply(entry_at(position, "source:other"))
            case "restart":
                known.restart(AsOf("e1", position, str(position)), (), {})
            case _:
                decide(entry, known, proof(now), instant(now), LEASE)
        if fell_at is None and step in ("purge", "restart"):
            fell_at = entry.confirmed_at
        if fell_at is not None:
            assert entry.confirmed_at == fell_at
        elif step == "confirm":
            assert entry.confirmed_at == instant(now)


def test_i8_an_older_proof_never_takes_confirmed_at_back() -> None:
    entry = held(instant(50))
    confirm(entry, floors(), instant(20))
    confirm(entry, floors(), None)
    assert entry.confirmed_at == instant(50)

"""Claims about the memory tier: bounded in bytes, number and time, and never a step back."""

from hypothesis import given
from hypothesis import strategies as st

from edge.cache.memory import MISSING_MAX, MISSING_SECONDS, OVERHEAD, Memory
from edge.cache.policy import Held
from edge.model.outcome import Found, Missing
from edge.model.position import AsOf
from tests.support.clock import HandClock

DOCUMENT = 1000


def memory(clock: HandClock | None = None, documents: int = 100) -> Memory[str, str]:
    return Memory(documents * (DOCUMENT + OVERHEAD), lambda _value: DOCUMENT, clock or HandClock())


def found(position: int, value: str = "") -> Held[str]:
    as_of = AsOf("e1", position, str(position))
    return Held(Found(value or str(position), as_of, frozenset({"all"})), HandClock()(), 1)


def missing(position: int) -> Held[str]:
    return Held(Missing(AsOf("e1", position, str(position)), frozenset({"all"})), HandClock()(), 1)


def position_of(held: Held[str] | None) -> int | None:
    return held.known.as_of.position if held is not None else None


admissions = st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=8)


@given(admissions)
def test_i5_any_order_of_admissions_leaves_the_highest_as_of(
    admitted: list[tuple[int, bool]],
) -> None:
    kept = memory()
    for position, is_found in admitted:
        kept.put("key", found(position) if is_found else missing(position))
    assert position_of(kept.get("key")) == max(position for position, _ in admitted)


def test_i5_another_life_of_the_journal_replaces_whatever_its_number() -> None:
    kept = memory()
    kept.put("key", found(9))
    restored = Held(Found("restored", AsOf("e2", 1, "1"), frozenset({"all"})), HandClock()(), 2)
    kept.put("key", restored)
    assert kept.get("key") is restored


def test_i7_an_absent_key_is_forgotten_at_exactly_its_time() -> None:
    clock = HandClock()
    kept = memory(clock)
    kept.put("key", missing(1))
    clock.advance(MISSING_SECONDS - 0.001)
    assert kept.get("key") is not None
    clock.advance(0.001)
    assert kept.get("key") is None


def test_a_step_of_the_wall_clock_does_not_change_how_long_a_key_is_absent() -> None:
    clock = HandClock()
    kept = memory(clock)
    kept.put("key", missing(1))
    clock.step_wall(-3600)
    clock.advance(MISSING_SECONDS)
    assert kept.get("key") is None


def test_memory_is_bounded_in_bytes_and_keeps_what_was_used_last() -> None:
    kept = memory(documents=3)
    for key in ("a", "b", "c"):
        kept.put(key, found(1))
    assert kept.get("a") is not None
    kept.put("d", found(1))
    assert [key for key in "abcd" if kept.get(key) is not None] == ["a", "c", "d"]
    assert kept.bytes() <= 3 * (DOCUMENT + OVERHEAD)


def test_absent_keys_are_bounded_in_number_and_push_no_document_out() -> None:
    kept = memory(documents=1)
    kept.put("document", found(1))
    for number in range(MISSING_MAX + 5):
        kept.put(f"guessed-{number}", missing(1))
    assert kept.get("document") is not None
    assert sum(kept.get(f"guessed-{number}") is not None for number in range(MISSING_MAX + 5)) == MISSING_MAX


def test_a_document_larger_than_the_memory_is_not_kept_and_neither_is_what_it_replaces() -> None:
    small: Memory[str, str] = Memory(OVERHEAD + 10, len, HandClock())
    small.put("key", found(1, "short"))
    small.put("key", found(2, "much too long for this"))
    assert small.get("key") is None


def test_a_document_that_appears_ends_the_absence_of_its_key_and_the_other_way_round() -> None:
    kept = memory()
    kept.put("key", missing(1))
    kept.put("key", found(2))
    held = kept.get("key")
    assert held is not None
    assert isinstance(held.known, Found)
    kept.put("key", missing(3))
    held = kept.get("key")
    assert held is not None
    assert isinstance(held.known, Missing)
    assert len(kept) == 0


def test_what_is_exchanged_weighs_what_it_weighs_now() -> None:
    kept: Memory[str, str] = Memory(10 * OVERHEAD, len, HandClock())
    held = found(1, "many letters")
    kept.put("key", held)
    assert kept.exchange("key", held, Found("few", held.known.as_of, held.known.tags))
    assert (kept.bytes(), len(kept)) == (OVERHEAD + len("few"), 1)


def test_an_exchange_pushes_no_other_document_out() -> None:
    kept: Memory[str, str] = Memory(2 * (OVERHEAD + 10), len, HandClock())
    held = found(1, "x" * 10)
    kept.put("key", held)
    kept.put("other", found(1, "y" * 10))
    assert kept.exchange("key", held, Found("z" * 10, held.known.as_of, held.known.tags))
    assert kept.get("other") is not None


def test_only_what_is_kept_still_is_exchanged_and_for_nothing_that_does_not_fit() -> None:
    kept: Memory[str, str] = Memory(OVERHEAD + 10, len, HandClock())
    held, same = found(1, "word"), found(1, "word")
    better = Found("WORD", held.known.as_of, held.known.tags)
    assert not kept.exchange("key", held, better)
    kept.put("key", held)
    assert not kept.exchange("key", same, better)
    assert not kept.exchange("key", held, Found("much too long for this", held.known.as_of, held.known.tags))
    assert kept.get("key") is held
    kept.put("key", missing(2))
    assert not kept.exchange("key", held, better)
    assert len(kept) == 0

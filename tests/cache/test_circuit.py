"""The table of when something that failed is asked again."""

from edge.cache.circuit import Circuit


def test_what_never_failed_is_always_asked() -> None:
    circuit = Circuit(5)
    assert all(circuit.allows(now) for now in (0, 0, 1, 100))


def test_after_a_failure_it_is_left_alone_until_the_pause_is_over() -> None:
    circuit = Circuit(5)
    circuit.failed(10)
    assert [circuit.allows(now) for now in (10, 14.999, 15)] == [False, False, True]


def test_after_the_pause_one_asks_and_the_others_wait_for_what_comes_of_it() -> None:
    circuit = Circuit(5)
    circuit.failed(10)
    assert [circuit.allows(15) for _ in range(3)] == [True, False, False]
    circuit.answered()
    assert [circuit.allows(15) for _ in range(3)] == [True, True, True]


def test_a_second_failure_begins_a_second_pause() -> None:
    circuit = Circuit(5)
    circuit.failed(10)
    assert circuit.allows(16)
    circuit.failed(17)
    assert [circuit.allows(now) for now in (21.999, 22)] == [False, True]


def test_one_that_asks_and_never_hears_does_not_keep_the_others_from_asking_for_ever() -> None:
    circuit = Circuit(5)
    circuit.failed(10)
    assert circuit.allows(15)
    assert [circuit.allows(now) for now in (19.999, 20)] == [False, True]

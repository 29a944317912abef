"""Claims about a walk over write keys: each is tried, what failed again, and nothing before ``safe`` is left."""

from hypothesis import given
from hypothesis import strategies as st

from edge.fronts.front import Due
from edge.fronts.passage import MOST_FAILED, Passage


def due(number: int) -> Due:
    return Due(f"wk_walk_{number:05}", "e1", 1)


@given(
    count=st.integers(0, 30),
    page=st.integers(1, 7),
    most=st.integers(1, 9),
    failures=st.lists(st.sets(st.integers(0, 29)), max_size=6),
)
def test_every_key_is_done_once_it_does_not_fail_and_safe_never_passes_one_that_is_not(
    count: int, page: int, most: int, failures: list[set[int]]
) -> None:
    passage, done = Passage(), set[str]()
    keys = [due(number) for number in range(count)]
    turns = 0
    while not passage.over():
        turns += 1
        assert turns < 500
        if passage.wants_page():
            following = [one for one in keys if one.key > passage.after]
            passage.add(following[:page], last=len(following[:page]) < page)
        tried = passage.take(most)
        bad = {keys[number].key for number in (failures.pop() if failures else set()) if number < count}
        failed = [one for one in tried if one.key in bad]
        passage.settle(tried, failed)
        done |= {one.key for one in tried if one not in failed}
        assert all(one.key in done for one in keys if one.key <= passage.safe)
    assert done == {one.key for one in keys}
    assert passage.safe == (keys[-1].key if keys else "")


def test_a_walk_that_ends_before_the_end_goes_no_further() -> None:
    passage = Passage(until=due(1).key)
    passage.add([due(number) for number in range(4)], last=False)
    assert ([one.key for one in passage.take(9)], passage.ended) == ([due(0).key, due(1).key], True)


def test_where_too_many_have_failed_they_are_tried_before_others() -> None:
    passage = Passage()
    passage.add([due(number) for number in range(MOST_FAILED)], last=False)
    tried = passage.take(MOST_FAILED)
    passage.settle(tried, tried)
    assert not passage.wants_page()
    assert passage.take(3) == tried[:3]
    passage.settle(tried[:3], [])
    assert passage.wants_page()

"""The table of ``edge/fronts/errand.py``, row by row."""

import pytest

from edge.fronts.errand import AT_ONCE, Errand, errand_of
from edge.model.change import Entry

MANY = tuple(f"wk_many_{number:04}" for number in range(AT_ONCE + 1))


def entry(tags: tuple[str, ...], keys: tuple[str, ...] = ()) -> Entry:
    return Entry(5, "5", "4", "change", tags, keys, (), "tests", "", 7.0, {})


@pytest.mark.parametrize(
    ("tags", "keys", "at_once", "by_page"),
    [
        (("source:s1",), ("wk_1234567", "wk_7654321"), ("wk_1234567", "wk_7654321"), ()),
        (("source:s1", "key:wk_1234567"), ("wk_1234567",), ("wk_1234567",), ()),
        (("key:wk_unknown1",), (), ("wk_unknown1",), ()),
        (("key:short", f"key:{'x' * 65}"), (), (), ()),
        (("definition:tally",), (), (), ("definition:tally",)),
        (("definition:tally", "source:s1"), (), (), ("definition:tally", "source:s1")),
        (("definition:tally", "source:s1"), ("wk_1234567",), ("wk_1234567",), ("definition:tally", "source:s1")),
        (("workspace:acme", "key:wk_1234567"), (), ("wk_1234567",), ("workspace:acme", "key:wk_1234567")),
        (("all",), (), (), ("all",)),
        (("loader",), (), (), ("loader",)),
        (("source:s1",), (), (), ("source:s1",)),
        (("source:s1",), MANY[:-1], MANY[:-1], ()),
        (("source:s1",), MANY, (), ("source:s1",)),
    ],
)
def test_what_an_entry_asks_for(
    tags: tuple[str, ...], keys: tuple[str, ...], at_once: tuple[str, ...], by_page: tuple[str, ...]
) -> None:
    assert errand_of(entry(tags, keys)) == Errand(5, at_once, by_page)


def test_an_entry_without_tags_asks_for_nothing() -> None:
    assert errand_of(entry((), ("wk_1234567",))) is None

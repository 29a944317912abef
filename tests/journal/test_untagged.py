"""Entries without tags are noticed, however they come, and everything is passed on."""

from edge.cache.floors import Floors
from edge.journal.untagged import Untagged
from edge.model.position import AsOf
from tests.cache.stage import entry_at


def test_only_what_has_no_tags_is_counted_and_a_restart_counts_as_some() -> None:
    untagged, floors = Untagged(), Floors()
    applier = untagged.counting(floors)
    applier.restart(AsOf("e1", 2, "2"), (entry_at(2, "all"),), {})
    assert untagged.count == 1
    applier.apply(entry_at(3, "source:s1"))
    assert untagged.count == 1
    applier.apply(entry_at(4))
    assert untagged.count == 2
    assert floors.copy().floors == {"all": 2, "source:s1": 3}
    assert floors.has(AsOf("e1", 4, "4"))

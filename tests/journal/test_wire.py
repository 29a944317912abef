"""An entry on its way to nodes keeps what moves floors, and leaves the rest at home."""

from dataclasses import replace

import orjson
import pytest

from edge.journal.wire import EntryError, dump_entry, entry_from_json, load_entry
from edge.model.change import Entry

ENTRY = Entry(
    position=7,
    id="seven",
    previous_id="six",
    verb="revoke",
    tags=("source:s1",),
    keys=("wk_first_key_0001",),
    resources=("workspaces/acme/sources/site",),
    actor="jane",
    reason="leaked",
    at=1_800_000_000.25,
    diff={"settings.apiKey": ["a", "b"]},
)


def test_what_moves_floors_arrives() -> None:
    assert load_entry(dump_entry(ENTRY)) == replace(ENTRY, resources=(), actor="", reason="", diff={})


@pytest.mark.parametrize("private", ["jane", "leaked", "apiKey", "workspaces/"])
def test_who_changed_what_stays_in_the_store(private: str) -> None:
    assert private not in dump_entry(ENTRY).decode()


@pytest.mark.parametrize("missing", ["position", "id", "previous", "verb", "tags", "keys", "at"])
def test_an_entry_without_a_part_is_refused(missing: str) -> None:
    fields = orjson.loads(dump_entry(ENTRY))
    del fields[missing]
    with pytest.raises(EntryError):
        entry_from_json(fields)


@pytest.mark.parametrize("data", [b"", b"[]", b"7", b'{"verb": "explode"}'])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(EntryError):
        load_entry(data)

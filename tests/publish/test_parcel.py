"""A parcel brings back exactly what was packed, or says that it cannot."""

import orjson
import pytest

from edge.model.outcome import Found, Missing
from edge.model.position import AsOf
from edge.publish.parcel import ParcelError, pack, unpack
from edge.publish.publication import Publication
from edge.publish.variants import encode

AS_OF = AsOf("e1", 7, "entry-7")
FOUND = Found(Publication("settings", 5, encode(b'{"integrations":{}}' * 20)), AS_OF, frozenset({"all", "source:s1"}))
SCRIPT = Publication("loader", 5, encode(b"window.edgewise = {integrations: {}};" * 20))
POLISHED = Found(SCRIPT.polished(), AS_OF, FOUND.tags)
MISSING = Missing(AS_OF, frozenset({"all", "key:wk_first_key_0001"}))


@pytest.mark.parametrize("known", [FOUND, POLISHED, MISSING], ids=["found", "polished", "missing"])
def test_what_is_unpacked_is_what_was_packed(known: Found[Publication] | Missing) -> None:
    assert unpack(pack(known)) == known


def test_a_build_that_knows_nothing_of_polishing_finds_in_a_parcel_what_it_always_found() -> None:
    """By position: encoding, ETag, length, and nothing beside them."""
    parcel = pack(POLISHED)
    head = orjson.loads(parcel[8 : 8 + int.from_bytes(parcel[4:8], "big")])
    assert [len(described) for described in head.pop("variants")] == [3, 3, 3]
    assert set(head) == {"as_of", "tags", "kind", "revision", "replaced"}


def test_the_same_document_always_makes_the_same_parcel() -> None:
    again = Found(FOUND.value, FOUND.as_of, frozenset(["source:s1", "all"]))
    assert pack(again) == pack(FOUND)


@pytest.mark.parametrize("at", range(0, len(pack(FOUND)), 7))
def test_a_flipped_bit_never_becomes_another_document(at: int) -> None:
    damaged = bytearray(pack(FOUND))
    damaged[at] ^= 1
    try:
        found = unpack(bytes(damaged))
    except ParcelError:
        return
    # The head carries no digest of itself: what it says may differ, the bodies may not.
    assert isinstance(found, Found)
    assert found.value.variants == FOUND.value.variants


@pytest.mark.parametrize("length", range(0, len(pack(FOUND)), 11))
def test_a_torn_parcel_is_refused(length: int) -> None:
    with pytest.raises(ParcelError):
        unpack(pack(FOUND)[:length])


@pytest.mark.parametrize("data", [b"", b"{}", b"EWP1", b"EWP1\x00\x00\x00\x02{}", b"EWP1\x00\x00\x00\x02[]"])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ParcelError):
        unpack(data)

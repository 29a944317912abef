"""The judgement over a node's answer, case by case."""

from dataclasses import replace

import pytest

from edge.model.outcome import Found, Missing
from edge.model.position import AsOf
from edge.observe.asking import Answered
from edge.observe.finding import Trouble
from edge.observe.judge import Published, Seen, judge, published_in, seen_in
from edge.publish.publication import KINDS, Kind, Publication
from edge.publish.variants import ENCODINGS, Encoding, encode, etag_of, polished

CURRENT, BEFORE = '"current"', '"before"'
STORE = Published("e1", position=9, revision=7, content=CURRENT, workspace="acme")
RETIRED = Published("e1", position=9, revision=7, content=None)
SAME = Seen(200, "e1", 8, CURRENT)
OLD = Seen(200, "e1", 6, BEFORE)


def trouble(seen: Seen | None, published: Published = STORE, kind: Kind = "settings", same: bool = True) -> str | None:
    found = judge(kind, seen, published, same_build=same)
    return found.trouble if found is not None else None


@pytest.mark.parametrize("position", [6, 7, 8, 9])
def test_the_same_bytes_are_right_at_whatever_position_they_were_read(position: int) -> None:
    assert trouble(replace(SAME, position=position)) is None


@pytest.mark.parametrize(
    ("seen", "published", "expected"),
    [
        (OLD, STORE, "behind"),
        (replace(OLD, position=7), STORE, "wrong"),
        (replace(OLD, position=9), STORE, "wrong"),
        (replace(OLD, position=10), STORE, "ahead"),
        (replace(SAME, position=10), STORE, "ahead"),
        (replace(SAME, epoch="e0"), STORE, "epoch"),
        (replace(SAME, intact=False), STORE, "wrong"),
        (replace(SAME, status=503), STORE, "unavailable"),
        (replace(SAME, status=304), STORE, "unavailable"),
        (None, STORE, "unavailable"),
        (Seen(404, "e1", 6, BEFORE), STORE, "behind"),
        (Seen(404, "e1", 7, BEFORE), STORE, "wrong"),
        (Seen(200, "e1", 6, BEFORE), RETIRED, "behind"),
        (Seen(200, "e1", 7, BEFORE), RETIRED, "wrong"),
        (Seen(404, "e1", 3, BEFORE), RETIRED, None),
    ],
)
def test_a_difference_is_what_both_positions_make_of_it(
    seen: Seen | None, published: Published, expected: Trouble | None
) -> None:
    assert trouble(seen, published) == expected


def test_one_that_is_behind_lacks_the_position_of_the_change() -> None:
    found = judge("settings", OLD, STORE, same_build=True)
    assert found is not None
    assert (found.at, found.lacks) == (6, 7)
    assert "as of position 6" in found.text
    assert "the change at 7" in found.text


def test_what_is_marked_as_stale_says_so() -> None:
    found = judge("settings", replace(OLD, stale=True), STORE, same_build=True)
    assert found is not None
    assert "marked as stale" in found.text


def test_between_builds_only_a_loaders_bytes_may_differ() -> None:
    other = replace(SAME, content='"of another build"')
    assert {kind: trouble(other, kind=kind, same=False) for kind in KINDS} == {
        "settings": "wrong",
        "loader": None,
        "integrations": "wrong",
        "manifest": None,
        "code": None,
    }
    assert trouble(other, kind="loader") == "wrong"


def test_a_loader_of_another_build_has_to_be_made_from_the_current_documents_all_the_same() -> None:
    assert trouble(OLD, kind="loader", same=False) == "behind"
    assert trouble(Seen(404, "e1", 8, BEFORE), kind="loader", same=False) == "wrong"


def answered(encoding: Encoding, body: bytes = b"document" * 50, **headers: str) -> Answered:
    variant = encode(body)[encoding]
    stated = {"edge-as-of": "e1.8", "etag": variant.etag, "content-encoding": encoding}
    return Answered(200, stated | {name.replace("_", "-"): value for name, value in headers.items()}, variant.body)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_answer_is_judged_by_the_document_in_it_whatever_its_encoding(encoding: Encoding) -> None:
    seen = seen_in(answered(encoding))
    assert seen == Seen(200, "e1", 8, etag_of(b"document" * 50))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_node_that_has_polished_a_document_is_no_different_from_one_that_has_not(encoding: Encoding) -> None:
    script = b"window.edgewise = {integrations: {}};" * 50
    rough, better = encode(script), polished(encode(script))
    assert rough["br"].body != better["br"].body
    published = published_in(Found(Publication("loader", 7, rough), AsOf("e1", 9, "x"), frozenset()), None)
    sent = replace(answered(encoding, etag=better[encoding].etag), body=better[encoding].body)
    seen = seen_in(sent)
    assert seen is not None
    assert seen.intact
    assert judge("loader", seen, published, same_build=True) is None


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_bytes_that_are_not_those_of_the_etag_are_noticed(encoding: Encoding) -> None:
    whole = answered(encoding)
    seen = seen_in(replace(whole, body=whole.body[:-1]))
    assert seen is not None
    assert not seen.intact


@pytest.mark.parametrize("as_of", ["", "8", ".8", "e1.", "e1.x", "e1.-1"])
def test_an_answer_without_a_position_is_none_of_a_document(as_of: str) -> None:
    assert seen_in(answered("identity", edge_as_of=as_of)) is None


def test_a_stale_answer_is_known_by_its_cache_status() -> None:
    stale = seen_in(answered("br", cache_status="edgewise; fwd=stale; detail=store-unavailable"))
    fresh = seen_in(answered("br", cache_status="edgewise; hit"))
    assert stale is not None
    assert fresh is not None
    assert (stale.stale, fresh.stale) == (True, False)


def test_what_the_store_publishes_is_its_own_document_and_whose_it_is() -> None:
    publication = Publication("settings", 7, encode(b"document"))
    tags = frozenset({"source:s1", "key:wk", "workspace:acme", "all"})
    found = published_in(Found(publication, AsOf("e1", 9, "x"), tags), None)
    assert found == Published("e1", 9, 7, etag_of(b"document"), "acme")


@pytest.mark.parametrize(("retired_at", "revision"), [(5, 5), (None, 0)])
def test_a_key_that_is_none_counts_from_where_it_was_retired(retired_at: int | None, revision: int) -> None:
    found = published_in(Missing(AsOf("e1", 9, "x"), frozenset()), retired_at)
    assert found == Published("e1", 9, revision, None)

"""What an answer may not be."""

from dataclasses import replace

import pytest

from edge.publish.variants import ENCODINGS, Encoding, encode
from loadtest.checks import (
    Answer,
    Fault,
    copy_of,
    faults_of,
    faults_of_write,
    position_of,
    strong_etag,
)
from loadtest.documents import PATHS, Kind
from loadtest.expected import Floor
from loadtest.sources import load_source
from tests.loadtest.published import POSITION, SOURCE, answer_of, asked_of

KINDS = tuple(PATHS)
COUNTED: tuple[Kind, ...] = ("settings", "loader", "manifest")


def whats(faults: list[Fault]) -> set[str]:
    return {fault.what for fault in faults}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_an_edge_publishes_has_no_fault(kind: Kind, encoding: Encoding) -> None:
    floor = Floor(counter=7, position=POSITION)
    assert faults_of(asked_of(SOURCE, kind, encoding, floor), answer_of(SOURCE, kind, encoding, counter=7)) == []


@pytest.mark.parametrize("kind", COUNTED)
def test_a_counter_below_what_was_live_is_older(kind: Kind) -> None:
    faults = faults_of(asked_of(SOURCE, kind, floor=Floor(counter=8)), answer_of(SOURCE, kind, counter=7))
    assert faults == [Fault("older", "counter 8 or more", "7")]


@pytest.mark.parametrize("kind", KINDS)
def test_an_as_of_below_a_floor_is_older_whatever_the_bytes_say(kind: Kind) -> None:
    floor = Floor(position=POSITION + 1)
    assert whats(faults_of(asked_of(SOURCE, kind, floor=floor), answer_of(SOURCE, kind))) == {"older"}


def test_an_answer_without_an_as_of_is_older_than_anything() -> None:
    answer = answer_of(SOURCE, "settings")
    headers = {name: value for name, value in answer.headers.items() if name != "edge-as-of"}
    assert whats(faults_of(asked_of(SOURCE, "settings"), replace(answer, headers=headers))) == {"older"}


@pytest.mark.parametrize("kind", COUNTED)
def test_the_answer_of_another_source_is_foreign_three_times_over(kind: Kind) -> None:
    faults = faults_of(asked_of(SOURCE, kind), answer_of(load_source(6), kind))
    assert [fault.what for fault in faults] == ["foreign"] * 3
    assert [fault.got for fault in faults[:2]] == ["load_key_00006", "s00006"]


def test_the_list_of_another_source_is_foreign() -> None:
    assert whats(faults_of(asked_of(SOURCE, "integrations"), answer_of(load_source(6), "integrations"))) == {"foreign"}


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_5xx_has_failed(status: int) -> None:
    assert faults_of(asked_of(SOURCE, "settings"), Answer(status)) == [Fault("failed", "an answer", str(status))]


def test_no_answer_has_failed() -> None:
    faults = faults_of(asked_of(SOURCE, "settings"), Answer(error="ConnectionRefusedError: refused"))
    assert faults == [Fault("failed", "an answer", "ConnectionRefusedError: refused")]


@pytest.mark.parametrize("status", [204, 302, 304, 404, 429])
def test_a_status_that_was_not_asked_for_is_a_fault(status: int) -> None:
    assert whats(faults_of(asked_of(SOURCE, "settings"), Answer(status))) == {"status"}


def test_an_answer_that_broke_off_is_torn() -> None:
    broken = replace(answer_of(SOURCE, "loader"), body=b"", error="HTTPParseError: Incomplete response.")
    assert whats(faults_of(asked_of(SOURCE, "loader"), broken)) == {"torn"}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_bytes_that_are_missing_are_noticed_though_length_and_etag_fit(kind: Kind, encoding: Encoding) -> None:
    answer = answer_of(SOURCE, kind, encoding)
    body = answer.body[:-7]
    headers = {**answer.headers, "content-length": str(len(body)), "etag": strong_etag(body)}
    assert whats(faults_of(asked_of(SOURCE, kind, encoding), replace(answer, headers=headers, body=body))) == {"torn"}


def test_a_length_that_is_not_of_the_bytes_is_torn() -> None:
    answer = answer_of(SOURCE, "settings")
    wrong = replace(answer, headers={**answer.headers, "content-length": "1"})
    assert whats(faults_of(asked_of(SOURCE, "settings"), wrong)) == {"torn"}


def test_another_encoding_than_the_best_accepted_is_a_fault() -> None:
    faults = faults_of(asked_of(SOURCE, "settings", "br"), answer_of(SOURCE, "settings", "gzip"))
    assert faults == [Fault("encoding", "br", "gzip")]


def test_an_etag_of_other_bytes_is_a_fault() -> None:
    answer = answer_of(SOURCE, "settings")
    wrong = replace(answer, headers={**answer.headers, "etag": '"00000000000000000000000000000000"'})
    assert whats(faults_of(asked_of(SOURCE, "settings"), wrong)) == {"etag"}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_expected_etag_is_the_one_that_an_edge_makes(encoding: Encoding) -> None:
    variant = encode(b"some document " * 50)[encoding]
    assert strong_etag(variant.body) == variant.etag


def test_a_304_for_a_copy_that_is_new_enough_has_no_fault() -> None:
    kept = copy_of(answer_of(SOURCE, "settings", counter=3))
    asked = replace(asked_of(SOURCE, "settings", floor=Floor(counter=3)), held=kept)
    unchanged = Answer(304, {"etag": kept.etag, "edge-as-of": f"e.{POSITION}"})
    assert faults_of(asked, unchanged) == []


def test_a_304_for_a_copy_that_is_too_old_is_older() -> None:
    kept = copy_of(answer_of(SOURCE, "settings", counter=2))
    asked = replace(asked_of(SOURCE, "settings", floor=Floor(counter=3)), held=kept)
    unchanged = Answer(304, {"etag": kept.etag, "edge-as-of": f"e.{POSITION}"})
    assert faults_of(asked, unchanged) == [Fault("older", "counter 3 or more", "2")]


def test_a_304_with_another_etag_is_a_fault() -> None:
    kept = copy_of(answer_of(SOURCE, "settings"))
    asked = replace(asked_of(SOURCE, "settings"), held=kept)
    unchanged = Answer(304, {"etag": '"00000000000000000000000000000000"', "edge-as-of": f"e.{POSITION}"})
    assert whats(faults_of(asked, unchanged)) == {"etag"}


@pytest.mark.parametrize(("text", "position"), [("0a1b.12", 12), ("0a1b.", None), ("none", None), ("", None)])
def test_the_position_is_read_from_an_as_of(text: str, position: int | None) -> None:
    assert position_of(text) == position


@pytest.mark.parametrize("receipt", ["live", "settled"])
def test_a_write_that_is_live_has_no_fault(receipt: str) -> None:
    assert faults_of_write(Answer(200, {"edge-receipt": receipt, "edge-position": "9"}), 2.0) == []


def test_a_write_that_is_pending_when_its_time_is_over_is_late() -> None:
    faults = faults_of_write(Answer(202, {"edge-receipt": "pending", "edge-position": "9"}), 2.0)
    assert faults == [Fault("late", "live within 2 s", "pending at position 9")]


@pytest.mark.parametrize(("status", "what"), [(503, "failed"), (409, "status"), (429, "status")])
def test_a_write_that_is_refused_is_a_fault(status: int, what: str) -> None:
    assert whats(faults_of_write(Answer(status), 2.0)) == {what}


def test_a_write_without_an_answer_has_failed() -> None:
    assert whats(faults_of_write(Answer(error="timed out"), 2.0)) == {"failed"}

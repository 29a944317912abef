"""The witness of the sink: it counts the demo's events, remembers the last ones, and survives whatever is posted."""

from typing import Any

import orjson
import pytest

from edge.demo.content import SITE_KEY
from edge.demo.recorder import DESTINATIONS, KEPT, KEPT_BYTES, Recorder
from tests.support.clock import MORNING, HandClock


@pytest.fixture
def recorder() -> Recorder:
    return Recorder(SITE_KEY, HandClock())


def body(**fields: Any) -> bytes:
    return orjson.dumps({"writeKey": SITE_KEY} | fields)


def test_an_event_is_remembered_with_its_name_its_time_and_who_is_left_to_a_server(recorder: Recorder) -> None:
    recorder.witness("track", body(event="Order Completed", _metadata={"unbundled": ["Webhooks", "Slack"]}))
    (event,) = recorder.after(0)
    assert (event.number, event.call, event.name) == (1, "track", "Order Completed")
    assert (event.received_at, event.routed) == (MORNING, ("Webhooks", "Slack"))
    assert recorder.by_destination == {"Webhooks": 1, "Slack": 1}


@pytest.mark.parametrize(
    ("call", "fields", "name"),
    [
        ("page", {"name": "Home", "userId": "u1"}, "Home"),
        ("page", {"userId": "u1"}, ""),
        ("identify", {"userId": "u1"}, "u1"),
        ("group", {"groupId": "g1", "userId": "u1"}, "g1"),
        ("track", {"event": 7}, ""),
    ],
)
def test_an_event_is_called_by_what_tells_it_from_others_of_its_kind(
    recorder: Recorder, call: str, fields: dict[str, Any], name: str
) -> None:
    recorder.witness(call, body(**fields))
    assert [event.name for event in recorder.after(0)] == [name]


def test_each_event_of_a_batch_counts_whether_it_repeats_the_write_key_or_not(recorder: Recorder) -> None:
    batch = [{"type": "page"}, {"type": "track", "event": "A", "writeKey": SITE_KEY}, {"type": "page", "writeKey": "x"}]
    recorder.witness("batch", body(batch=batch))
    assert [(event.number, event.call) for event in recorder.after(0)] == [(1, "page"), (2, "track")]


def test_events_of_other_sources_are_neither_counted_nor_shown(recorder: Recorder) -> None:
    recorder.witness("track", orjson.dumps({"event": "A", "writeKey": "somebody_elses_key"}))
    recorder.witness("track", orjson.dumps({"event": "A"}))
    assert (recorder.total, recorder.after(0)) == (0, [])


@pytest.mark.parametrize(
    "posted",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"7",
        b"{",
        body(_metadata=7),
        body(_metadata={"unbundled": {"a": 1}}),
        body(_metadata={"unbundled": [1, None, ""]}),
        body(batch="no list"),
        body(batch=[1, None]),
        b'{"writeKey":"demo_site_write_key","a":' + b"[" * 600 + b"]" * 600 + b"}",
    ],
)
@pytest.mark.parametrize("call", ["track", "batch", "metrics"])
def test_whatever_is_posted_the_witness_does_not_raise(recorder: Recorder, call: str, posted: bytes) -> None:
    recorder.witness(call, posted)
    assert all(not event.routed for event in recorder.after(0))


def test_the_memory_is_bounded_in_events_in_bytes_and_in_names(recorder: Recorder) -> None:
    for number in range(KEPT + 5):
        recorder.witness("track", body(event="n" * 500, _metadata={"unbundled": [f"d{number}"]}))
    recorder.witness("track", body(properties={"text": "x" * KEPT_BYTES}))
    remembered = recorder.after(0)
    assert recorder.total == KEPT + 6
    assert len(remembered) == KEPT
    assert max(len(event.name) for event in remembered) == 100
    assert remembered[-1].payload is None
    assert len(recorder.by_destination) == DESTINATIONS


def test_only_events_after_a_number_are_answered(recorder: Recorder) -> None:
    for name in ("A", "B", "C"):
        recorder.witness("track", body(event=name))
    assert [event.name for event in recorder.after(1)] == ["B", "C"]
    assert recorder.after(3) == []

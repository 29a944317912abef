"""Claims about the few parts of HTTP done by hand."""

import pytest
from starlette.types import Message, Scope

from edge.delivery.http import header_list, read_body, request_header

pytestmark = pytest.mark.anyio


def test_header_lines_of_one_name_are_one_list() -> None:
    scope: Scope = {"headers": [(b"accept", b"a"), (b"if-none-match", b'"x"'), (b"accept", b"b")]}
    assert request_header(scope, b"accept") == "a, b"
    assert request_header(scope, b"cookie") == ""


def test_bytes_of_a_header_that_are_no_text_are_no_error() -> None:
    assert request_header({"headers": [(b"accept-encoding", b"\xff\xfe")]}, b"accept-encoding") == "ÿþ"


def test_names_are_sent_in_lower_case_and_in_order() -> None:
    assert header_list([("B-Name", "Two"), ("A", "One")]) == [(b"b-name", b"Two"), (b"a", b"One")]


@pytest.mark.parametrize(
    ("pieces", "limit", "body"),
    [([b"ab", b"cd"], 4, b"abcd"), ([b"ab", b"cde"], 4, None), ([b""], 0, b""), ([b"a"], 0, None)],
)
async def test_a_body_is_read_up_to_its_limit(pieces: list[bytes], limit: int, body: bytes | None) -> None:
    left = list(pieces)

    async def receive() -> Message:
        piece = left.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(left)}

    assert await read_body(receive, limit) == body


async def test_a_body_beyond_its_limit_is_not_read_to_its_end() -> None:
    asked = 0

    async def endless() -> Message:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    assert await read_body(endless, 2500) is None
    assert asked == 3


async def test_a_client_that_leaves_ends_the_body() -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    assert await read_body(gone, 10) == b""

"""Documents read from their bytes."""

import pytest

from loadtest.documents import UnreadableError, read
from tests.loadtest.published import SOURCE, answer_of


def test_the_same_bytes_are_decoded_and_parsed_once() -> None:
    first, again = (answer_of(SOURCE, "loader", "br", counter=3).body for _ in range(2))
    read.cache_clear()
    assert read("loader", first, "br") is read("loader", again, "br")


def test_bytes_that_were_read_as_one_thing_are_not_readable_as_another() -> None:
    body = answer_of(SOURCE, "settings", "identity").body
    read("settings", body, "")
    for _ in range(2):
        with pytest.raises(UnreadableError):
            read("loader", body, "")
        with pytest.raises(UnreadableError):
            read("settings", body, "gzip")

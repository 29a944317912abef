"""A framed file comes back as it was, or is said to be damaged; there is nothing between."""

import pytest

from edge.cache.frame import DamagedError, frame, unframe

HEAD, BODY = {"key": "wk_first_key_0001"}, b"\x00\x01body" * 20
WHOLE = frame(b"TEST", HEAD, BODY)


def test_what_is_unframed_is_what_was_framed() -> None:
    assert unframe(b"TEST", WHOLE) == (HEAD, BODY)
    assert unframe(b"TEST", frame(b"TEST", {}, b"")) == ({}, b"")


@pytest.mark.parametrize("at", range(len(WHOLE)))
def test_a_flipped_bit_anywhere_is_damage(at: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[at] ^= 1
    with pytest.raises(DamagedError):
        unframe(b"TEST", bytes(damaged))


@pytest.mark.parametrize("length", range(len(WHOLE)))
def test_a_torn_file_is_damage(length: int) -> None:
    with pytest.raises(DamagedError):
        unframe(b"TEST", WHOLE[:length])


@pytest.mark.parametrize("data", [b"", b"TEST", WHOLE + b"x", frame(b"ELSE", HEAD, BODY)])
def test_other_bytes_are_damage(data: bytes) -> None:
    with pytest.raises(DamagedError):
        unframe(b"TEST", data)

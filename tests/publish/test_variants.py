"""Encoded variants: the same bytes everywhere, and what comes out of each is what went in."""

import gzip
import hashlib
import random
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.publish.variants import (
    ASSET_BROTLI,
    DOCUMENT_BROTLI,
    ENCODINGS,
    Encoding,
    Piece,
    encode,
    encode_pieces,
    etag_of,
    polished,
)

DECODERS = {"identity": bytes, "gzip": gzip.decompress, "br": brotli.decompress}


@given(st.binary(max_size=2000), st.sampled_from([DOCUMENT_BROTLI, ASSET_BROTLI]))
def test_every_encoding_decodes_to_the_body(body: bytes, quality: int) -> None:
    variants = encode(body, quality)
    assert set(variants) == set(ENCODINGS)
    for encoding, variant in variants.items():
        assert variant.encoding == encoding
        assert DECODERS[encoding](variant.body) == body


@given(st.lists(st.binary(max_size=2000), max_size=4))
def test_pieces_are_one_document_and_one_member_of_gzip(plains: list[bytes]) -> None:
    """RFC 1952 allows several members; decoders in the wild stop after the first one."""
    variants = encode_pieces([Piece.of(plain) for plain in plains])
    assert {encoding: DECODERS[encoding](variants[encoding].body) for encoding in ENCODINGS} == dict.fromkeys(
        ENCODINGS, b"".join(plains)
    )
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
    decoder.decompress(variants["gzip"].body)
    assert (decoder.eof, decoder.unused_data) == (True, b"")
    assert variants["gzip"].body[:9] == encode(b"".join(plains))["gzip"].body[:9]


def test_a_piece_that_is_compressed_before_costs_hardly_a_byte() -> None:
    head, plain = b'{"settings":{"apiKey":"0123456789abcdef"}}' * 8, random.Random(1).randbytes(300) * 40
    apart, together = encode_pieces([Piece.of(head), Piece.of(plain)])["gzip"].body, encode(head + plain)["gzip"].body
    assert len(apart) < len(together) + 64


def test_gzip_carries_no_time_so_that_every_node_makes_the_same_bytes() -> None:
    """RFC 1952 section 2.3.1: bytes 4 to 7 are the time stamp, 0 for none."""
    assert encode(b"document")["gzip"].body[4:8] == bytes(4)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_etag_is_strong_quoted_and_of_the_encoded_bytes(encoding: Encoding) -> None:
    variant = encode(b"document" * 100)[encoding]
    assert variant.etag == '"' + hashlib.sha256(variant.body).hexdigest()[:32] + '"'


def test_encodings_of_one_body_have_different_etags_and_equal_bodies_equal_ones() -> None:
    first, again, other = encode(b"document"), encode(b"document"), encode(b"documents")
    assert len({variant.etag for variant in first.values()}) == len(ENCODINGS)
    assert first == again
    assert all(first[encoding].etag != other[encoding].etag for encoding in ENCODINGS)


@given(st.binary(max_size=2000))
def test_polished_is_the_same_document_in_no_more_bytes_and_knows_what_it_replaces(body: bytes) -> None:
    rough = encode(body)
    better = polished(rough)
    assert (better["identity"], better["gzip"]) == (rough["identity"], rough["gzip"])
    assert brotli.decompress(better["br"].body) == body
    assert len(better["br"].body) <= len(rough["br"].body)
    assert better["br"].etag == etag_of(better["br"].body)
    assert better["br"].replaces == rough["br"].etag


def test_polishing_a_script_is_worth_it() -> None:
    script = b"".join(b"function f%d(a,b){return a.g%d?b:a.call(b,%d)};" % (n, n % 7, n * n) for n in range(400))
    assert len(polished(encode(script))["br"].body) < 0.97 * len(encode(script)["br"].body)


def test_what_polishing_does_not_shorten_stays_as_it_is() -> None:
    rough = encode(b"")
    assert polished(rough)["br"].etag == polished(rough)["br"].replaces == rough["br"].etag

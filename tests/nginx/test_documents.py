"""A real edge behind a real nginx: what a page gets, whatever it sends."""

import gzip
import json

import brotli
import httpx
import pytest

from edge.delivery.negotiate import choose_encoding
from edge.delivery.routes import CALL
from tests.delivery.paths import ASSET, DOCUMENTS, PATHS, UNKNOWN, method_of
from tests.nginx.conftest import Pair
from tests.nginx.test_refresh import REFRESH
from tests.support.nginx import Raw, get
from tests.support.world import CODE, SECRET

CREDENTIALS = ("Cookie: session=hunter2", "Authorization: Bearer hunter2", "Origin: https://page.example")
FRESH = "public, max-age=60, s-maxage=60, stale-while-revalidate=540, stale-if-error=0"
UNKNOWN_PATH = f"/v1/projects/{UNKNOWN}/settings"
CODINGS = ("identity", "gzip", "br")
CHANGING = {"date", "connection"}


def decoded(answer: Raw) -> bytes:
    match answer.headers["Content-Encoding"]:
        case "br":
            return bytes(brotli.decompress(answer.body))
        case "gzip":
            return gzip.decompress(answer.body)
        case _:
            return answer.body


def fixed(answer: Raw) -> list[tuple[str, str]]:
    return [(name.lower(), value) for name, value in answer.headers.items() if name.lower() not in CHANGING]


@pytest.mark.parametrize("name", PATHS)
def test_every_public_path_is_served_through_nginx(pair: Pair, name: str) -> None:
    method = method_of(name)
    answer = pair.nginx.raw(get(PATHS[name], "Content-Length: 2", method=method) + b"{}")
    assert answer.status == 200
    assert answer.headers.get_all("Access-Control-Allow-Origin") == ["*"]
    assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert answer.headers.get_all("Vary") == ["Accept-Encoding"]
    assert len(answer.headers.get_all("Cache-Control") or []) == 1


def test_the_sink_s_calls_are_those_of_the_nodes(pair: Pair) -> None:
    conf = (pair.nginx.directory / "nginx.conf").read_text(encoding="utf-8")
    _, _, calls = CALL.removesuffix(")").partition(">")
    short, long = [call for call in calls.split("|") if len(call) == 1], [c for c in calls.split("|") if len(c) > 1]
    assert f"(?<edge_call>[{''.join(short)}]|{'|'.join(long)})" in conf


@pytest.mark.parametrize("path", ["/v1beta/workspaces", "/metrics", "/origin/journal", "/console", "/demo"])
def test_the_admin_side_is_not_there(pair: Pair, path: str) -> None:
    assert pair.client.get(path).status_code == 404
    assert pair.client.post(path).status_code == 404


@pytest.mark.parametrize("path", [*DOCUMENTS.values(), ASSET], ids=[*DOCUMENTS, "asset"])
@pytest.mark.parametrize("coding", CODINGS)
def test_each_coding_is_the_same_document_with_a_tag_of_its_own(pair: Pair, path: str, coding: str) -> None:
    plain, encoded = (pair.nginx.raw(get(path, f"Accept-Encoding: {each}")) for each in ("identity", coding))
    assert (encoded.headers["Content-Encoding"] or "identity") == coding
    assert decoded(encoded) == plain.body
    assert (encoded.headers["ETag"] == plain.headers["ETag"]) is (coding == "identity")
    assert int(encoded.headers["Content-Length"]) == len(encoded.body)


@pytest.mark.parametrize(
    "accepted",
    [
        "", "identity", "gzip", "br", "GZIP", "Br", "gzip, br", "br, gzip", "br;q=0, gzip", "br;q=0",
        "gzip;q=0.000, br",
        "gzip;q=0", "br;q=0.0", "br;q=1", "br;q=1.000", "br;q=0.001", "br; q=0.5, gzip", "gzip;q=.5", "gzipx", "brx",
        "xbr", "*", "*;q=0", "deflate, zstd", "gzip;q=0, br;q=0, identity", "br;level=3", "br;level=3;q=0", "br ; q=0",
        "gzip\t,\tbr\t;q=0", ", ,br", "br,,", "gzip;q=0.00001", "br;q=0.", "br;q=1.", "br;q=x", "br;q=", ";br", "b r",
        "x-gzip", "br;q=0;level=3", "gzip, deflate, br, zstd", f"{'x' * 508},br", f"{'x' * 510},br", f"br,{'x' * 600}",
    ],
)  # fmt: skip
def test_nginx_and_the_nodes_choose_the_same_coding(pair: Pair, accepted: str) -> None:
    answer = pair.nginx.raw(get(DOCUMENTS["settings"], f"Accept-Encoding: {accepted}"))
    assert (answer.headers["Content-Encoding"] or "identity") == choose_encoding(accepted)


@pytest.mark.parametrize("path", [*DOCUMENTS.values(), ASSET, UNKNOWN_PATH])
@pytest.mark.parametrize("coding", CODINGS)
def test_i24_whatever_a_request_carries_the_answer_is_the_same_and_sets_no_cookie(
    pair: Pair, path: str, coding: str
) -> None:
    pair.nginx.raw(get(path, f"Accept-Encoding: {coding}"))
    bare = pair.nginx.raw(get(path, f"Accept-Encoding: {coding}"))
    laden = pair.nginx.raw(get(path, f"Accept-Encoding: {coding}", *CREDENTIALS))
    assert (laden.status, fixed(laden), laden.body) == (bare.status, fixed(bare), bare.body)
    assert laden.headers["Set-Cookie"] is None
    assert laden.headers.get_all("Vary") == ["Accept-Encoding"]


@pytest.mark.parametrize("path", [*DOCUMENTS.values(), ASSET])
@pytest.mark.parametrize("coding", CODINGS)
def test_i26_a_304_says_what_the_200_of_its_tag_says(pair: Pair, path: str, coding: str) -> None:
    accepting = f"Accept-Encoding: {coding}"
    pair.nginx.raw(get(path, accepting))
    full = pair.nginx.raw(get(path, accepting))
    content = {"content-type", "content-length", "content-encoding", "accept-ranges"}
    for condition in (full.headers["ETag"], f"W/{full.headers['ETag']}", f'"other", {full.headers["ETag"]}', "*"):
        unchanged = pair.nginx.raw(get(path, accepting, f"If-None-Match: {condition}"))
        assert (unchanged.status, unchanged.body) == (304, b"")
        assert [pair for pair in fixed(unchanged) if pair[0] not in content] == [
            pair for pair in fixed(full) if pair[0] not in content
        ]


@pytest.mark.parametrize("path", [*DOCUMENTS.values(), ASSET])
def test_i26_another_tag_gets_the_whole_document_and_a_date_decides_nothing(pair: Pair, path: str) -> None:
    for condition in ('If-None-Match: "other"', "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"):
        answer = pair.nginx.raw(get(path, condition))
        assert answer.status == 200
        assert answer.headers["Last-Modified"] is None


@pytest.mark.parametrize("path", [*DOCUMENTS.values(), ASSET, "/healthz", "/v1beta"])
def test_a_head_is_the_get_without_its_body(pair: Pair, path: str) -> None:
    for _ in range(2):
        full, head = pair.nginx.raw(get(path)), pair.nginx.raw(get(path, method="HEAD"))
    assert (head.status, fixed(head), head.body) == (full.status, fixed(full), b"")


def test_a_head_fills_the_cache_for_the_get_after_it(pair: Pair) -> None:
    path = "/v1/projects/wk_only_heads_1/settings"
    pair.nginx.raw(get(path, method="HEAD"))
    assert "nginx; hit" in pair.nginx.raw(get(path)).headers.get_all("Cache-Status", [])


def test_ranges_are_of_the_variant_s_bytes(pair: Pair) -> None:
    path = DOCUMENTS["loader"]
    full = pair.nginx.raw(get(path))
    part = pair.nginx.raw(get(path, "Range: bytes=5-9"))
    assert (part.status, part.body) == (206, full.body[5:10])
    assert part.headers["Content-Range"] == f"bytes 5-9/{len(full.body)}"
    assert pair.nginx.raw(get(path, "Range: bytes=5-9", f"If-Range: {full.headers['ETag']}")).status == 206
    assert pair.nginx.raw(get(path, "Range: bytes=5-9", 'If-Range: "other"')).status == 200
    assert pair.nginx.raw(get(path, "Range: bytes=0-1,5-9")).status == 200
    assert pair.nginx.raw(get(path, f"Range: bytes={len(full.body)}-")).status == 416


@pytest.mark.parametrize(
    ("path", "told"),
    [
        *((path, FRESH) for path in DOCUMENTS.values()),
        (UNKNOWN_PATH, "public, max-age=10, stale-if-error=0"),
        (ASSET, "public, max-age=31536000, immutable"),
        ("/healthz", "no-store"),
        ("/nothing", "no-store"),
    ],
)
def test_i28_clients_are_told_the_table_of_docs_http_and_nothing_that_is_for_nginx(
    pair: Pair, path: str, told: str
) -> None:
    for _ in range(2):
        answer = pair.nginx.raw(get(path))
        assert answer.headers.get_all("Cache-Control") == [told]
        private = [name for name in answer.headers if name.lower().startswith(("x-accel", "x-client"))]
        assert private == []
        assert "Age" not in answer.headers


def test_cache_status_names_the_node_and_then_nginx(pair: Pair) -> None:
    path = DOCUMENTS["integrations"]
    with pair.nginx.refreshing() as node:
        node.get(path, headers=REFRESH)
        again = node.get(path, headers=REFRESH)
    assert again.headers.get_list("cache-status") == ["edgewise; hit", "nginx; fwd=bypass"]
    assert pair.client.get(path).headers.get_list("cache-status") == ["edgewise; hit", "nginx; hit"]


def revisions(answers: list[Raw]) -> set[int]:
    return {int(answer.headers["Edge-Revision"]) for answer in answers}


def test_i15_after_a_refresh_every_coding_of_both_spellings_of_each_document_carries_the_new_revision(
    pair: Pair,
) -> None:
    everything = [
        get(spelling, f"Accept-Encoding: {coding}")
        for path in DOCUMENTS.values()
        for spelling in (path, f"/{path}")
        for coding in CODINGS
    ]
    before = [pair.nginx.raw(request) for request in everything]
    position = pair.write("after-the-refresh")
    assert max(revisions(before)) < position
    with pair.nginx.refreshing() as node:
        for path in DOCUMENTS.values():
            for coding in CODINGS:
                show(node, path, coding, position)
    after = [pair.nginx.raw(request) for request in everything]
    assert revisions(after) == {position}
    assert all("nginx; hit" in answer.headers.get_all("Cache-Status", []) for answer in after)
    assert json.loads(decoded(after[2]))["remotePlugins"][0]["settings"] == {"apiKey": "after-the-refresh"}
    assert not any(SECRET.encode() in decoded(answer) for answer in after)


def show(node: httpx.Client, path: str, coding: str, position: int) -> None:
    """Refresh one variant until what is read back is as of ``position``, as a front does."""
    for _ in range(1000):
        node.get(path, headers={"Accept-Encoding": coding, **REFRESH})
        read = node.get(path, headers={"Accept-Encoding": coding})
        if int(read.headers["edge-as-of"].rpartition(".")[2]) >= position:
            return
    raise AssertionError("the node does not follow the journal")


def test_destinations_code_is_served_from_its_own_cache(pair: Pair) -> None:
    answers = [pair.nginx.raw(get(ASSET, "Accept-Encoding: br")) for _ in range(2)]
    assert decoded(answers[1]) == CODE.body
    assert answers[1].headers.get_all("Cache-Status") == ["nginx; hit"]
    assert [
        file for file in (pair.nginx.directory / "assets").rglob("?" * 32) if CODE.hash.encode() in file.read_bytes()
    ]

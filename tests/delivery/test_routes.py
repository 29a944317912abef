"""Claims about every route in the table: lifetimes, privacy, methods, and which paths there are."""

from pathlib import Path

import orjson
import pytest
from starlette.types import Message, Scope
from structlog.testing import capture_logs

from edge.delivery.headers import ALWAYS
from edge.settings import Settings
from tests.delivery.conftest import Edge
from tests.delivery.paths import ASSET, DOCUMENTS, INTEGRATIONS, LOADER, PATHS, SETTINGS, UNKNOWN, method_of, paths_of
from tests.support.asgi import Reply
from tests.support.sqlite import outage
from tests.support.world import CHUNK_NAME, CODE, KEY

pytestmark = pytest.mark.anyio
NO_PATHS = [
    "", "/", "/v1", "/v1/projects", "/v1/projects//settings", "/v1/projects/short/settings",
    f"/v1/projects/{'a' * 65}/settings", f"/v1/projects/{KEY}\n/settings", f"/v1/projects/{KEY}%2fsettings",
    f"/v1%2Fprojects/{KEY}/settings", f"%2Fv1/projects/{KEY}/settings",
    f"/v1/projects/{KEY}/../{KEY}/settings", f"/v1/projects/./{KEY}/settings",
    f"/v1/projects/%2e/{KEY}/settings", f"/v1/projects/{KEY}%0a/settings", f"/v1/projects/{KEY}//settings",
    f"/V1/projects/{KEY}/settings", f"/v1/projects/{KEY[:-1]}é/settings", f"\\v1\\projects\\{KEY}\\settings",
    f"/a/../v1/projects/{KEY}/settings", f"/analytics.js/v1/{KEY}/analytics_min_js",
    f"/analytics.js/v1/{KEY}/analytics.min.js.map", f"/analyticsXjs/v1/{KEY}/analytics.min.js",
    f"/next-integrations/actions/tally/{CODE.hash.upper()}.js", f"/next-integrations/actions/tally/{CODE.hash}",
    f"/next-integrations/actions/tally/{CODE.hash[:-1]}.js", f"/next-integrations/actions/tally/{CODE.hash}0.js",
    f"/next-integrations/actions/../{CODE.hash}.js", f"/next-integrations/actions//{CODE.hash}.js",
    "/analytics-next/bundles/x.js", f"/analytics-next/bundles/../bundles/{CHUNK_NAME}", "/analytics-next/bundles/",
    f"/analytics-next/bundles/{CHUNK_NAME}\n", f"/analytics-next/{CHUNK_NAME}",
    f"/analytics-next/bundles/{CHUNK_NAME}.map",
    f"/analytics-next/bundles/.{CHUNK_NAME}", "/analytics-next/bundles/a.bundle.0123456.js",
    f"/next-integrations/actions/ta/lly/{CODE.hash}.js", "/v1/tt", "/v1/T", "/v1/batch/", "/readyz/x", "/Healthz",
]  # fmt: skip
PRIVATE = (("Cookie", "session=alice"), ("Authorization", "Bearer token"))


@pytest.fixture(params=["none", "nginx"])
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    return Settings(data_dir=tmp_path, read_timeout=30, public_url="http://edge.test", front=request.param)


async def test_there_is_a_path_here_for_every_route(edge: Edge) -> None:
    assert paths_of(edge.node.delivery)


def keeps_its_lifetime(reply: Reply, front: str) -> None:
    """I28, for one answer."""
    assert len(reply.all("cache-control")) == 1, reply
    assert reply["cache-control"]
    if front == "nginx" and "immutable" not in reply["cache-control"]:
        assert reply.names().index("cache-control") < reply.names().index("x-accel-expires")
        assert reply["x-accel-expires"] not in ("0", "@0")
        assert reply["x-client-cache-control"]


async def test_i28_every_answer_of_every_route_says_how_long_it_may_be_kept(edge: Edge) -> None:
    for name in paths_of(edge.node.delivery):
        path, front = PATHS[name], edge.node.ground.settings.front
        seen: set[int] = set()
        for method in ("GET", "HEAD", "POST", "OPTIONS", "DELETE", "PUT", "PATCH", "BREW"):
            reply = await edge.ask(path, method=method)
            keeps_its_lifetime(reply, front)
            seen.add(reply.status)
        assert seen >= {200, 204, 405}


async def test_i28_answers_that_are_no_document_say_so_too(edge: Edge, starting: Edge) -> None:
    front = edge.node.ground.settings.front
    etag = (await edge.get(SETTINGS))["etag"]
    asset_etag = (await edge.get(ASSET))["etag"]
    replies = [
        (304, await edge.get(SETTINGS, ("If-None-Match", etag))),
        (304, await edge.get(ASSET, ("If-None-Match", asset_etag))),
        (404, await edge.get(f"/v1/projects/{UNKNOWN}/settings")),
        (404, await edge.get("/next-integrations/actions/tally/" + "0" * 32 + ".js")),
        (404, await edge.get("/elsewhere")),
        (413, await edge.ask("/v1/b", method="POST", body=b"x" * 600_000)),
    ]
    with outage(edge.database):
        replies.append((503, await edge.get(f"/v1/projects/{UNKNOWN}-2/settings")))
    for status, reply in replies:
        assert reply.status == status
        keeps_its_lifetime(reply, front)


async def test_i28_a_defect_is_a_500_with_a_lifetime_and_without_its_reason(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_arguments: object) -> None:
        raise LookupError("told to nobody")

    for part in ("documents.choose_encoding", "assets.choose_encoding", "sink.read_body", "health.Health._reply"):
        monkeypatch.setattr(f"edge.delivery.{part}", defect)
    for name in paths_of(edge.node.delivery):
        with capture_logs() as logged:
            reply = await edge.ask(PATHS[name], method=method_of(name))
        assert [(line["event"], line["route"]) for line in logged] == [("request failed", name)]
        assert reply.status == 500
        keeps_its_lifetime(reply, edge.node.ground.settings.front)
        assert b"told to nobody" not in reply.body


async def test_i28_before_the_first_sync_documents_are_503_and_not_kept(starting: Edge) -> None:
    for path in DOCUMENTS.values():
        reply = await starting.get(path)
        assert (reply.status, reply["retry-after"]) == (503, "1")
        keeps_its_lifetime(reply, starting.node.ground.settings.front)


async def test_i24_the_same_bytes_whatever_cookies_or_credentials_a_request_carries(edge: Edge) -> None:
    for name in paths_of(edge.node.delivery):
        path, method = PATHS[name], method_of(name)
        await edge.ask(path, method=method)
        for encoding in ((), (("Accept-Encoding", "gzip"),), (("Accept-Encoding", "br"),)):
            plain = await edge.ask(path, method=method, headers=encoding)
            private = await edge.ask(path, method=method, headers=(*encoding, *PRIVATE), query="token=alice")
            assert plain == private
            assert plain.status == 200
            assert "set-cookie" not in plain.names()
            assert {part.strip() for value in plain.all("vary") for part in value.split(",")} <= {"Accept-Encoding"}


async def test_every_answer_may_be_read_by_any_page_and_is_what_it_says(edge: Edge) -> None:
    for name in paths_of(edge.node.delivery):
        for method in (method_of(name), "OPTIONS", "DELETE"):
            reply = await edge.ask(PATHS[name], method=method)
            for header, value in ALWAYS:
                assert reply[header.lower()] == value


async def test_head_has_the_headers_of_get_and_no_body(edge: Edge) -> None:
    for name in paths_of(edge.node.delivery):
        if method_of(name) == "POST":
            continue
        await edge.get(PATHS[name])
        got, head = await edge.get(PATHS[name]), await edge.ask(PATHS[name], method="HEAD")
        assert (head.status, head.headers, head.body) == (got.status, got.headers, b"")
        assert int(head["content-length"]) == len(got.body) > 0


async def test_options_is_a_preflight_and_its_headers_are_on_no_other_answer(edge: Edge) -> None:
    for name in paths_of(edge.node.delivery):
        reply = await edge.ask(PATHS[name], method="OPTIONS")
        assert (reply.status, reply.body) == (204, b"")
        assert "no-store" in (reply["cache-control"], *reply.all("x-client-cache-control"))
        assert "GET" in reply["access-control-allow-methods"]
        assert reply["access-control-max-age"] == "86400"
        other = await edge.ask(PATHS[name], method=method_of(name))
        assert not {"access-control-allow-methods", "access-control-max-age"} & set(other.names())


async def test_any_other_method_is_405_with_those_that_are_allowed(edge: Edge) -> None:
    for name in paths_of(edge.node.delivery):
        allowed = "POST, OPTIONS" if name == "sink" else "GET, HEAD, OPTIONS"
        refused = "GET" if name == "sink" else "POST"
        for method in (refused, "DELETE", "TRACE"):
            reply = await edge.ask(PATHS[name], method=method)
            assert (reply.status, reply["allow"]) == (405, allowed)
            assert allowed in orjson.loads(reply.body)["error"]


async def test_one_doubled_leading_slash_is_accepted_and_no_more(edge: Edge) -> None:
    for name in paths_of(edge.node.delivery):
        assert (await edge.ask(f"/{PATHS[name]}", method=method_of(name))).status == 200
        assert (await edge.ask(f"//{PATHS[name]}", method=method_of(name))).status == 404


async def test_nothing_may_follow_a_path(edge: Edge) -> None:
    for name in paths_of(edge.node.delivery):
        for end in ("\n", "\r\n", "/", "%0a", ".", "\x00", " ", ";a=b"):
            assert (await edge.ask(PATHS[name] + end, method=method_of(name))).status == 404


async def test_a_path_that_is_none_of_the_table_is_404(edge: Edge) -> None:
    for path in NO_PATHS:
        reply = await edge.get(path)
        assert reply.status == 404, path
        assert "error" in orjson.loads(reply.body)


async def test_an_unreserved_character_may_be_encoded_as_any_url_allows(edge: Edge) -> None:
    assert (await edge.get(SETTINGS.replace("wk", "%77%6B"))).status == 200


async def test_a_query_string_changes_nothing(edge: Edge) -> None:
    for path in (SETTINGS, LOADER, INTEGRATIONS, ASSET):
        await edge.get(path)
        assert await edge.get(path) == await edge.ask(path, query="v=2&cachebuster=1")


async def test_a_websocket_is_closed_and_no_error(edge: Edge) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    scope: Scope = {"type": "websocket", "path": SETTINGS, "headers": []}
    await edge.app(scope, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]

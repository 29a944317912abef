"""The origin calls over HTTP: who is answered what, and what is never answered."""

import orjson
import pytest

from edge.origin.app import MAX_BYTES, OPERATIONS, Operation
from edge.origin.wire import MARK
from tests.origin.stage import Control
from tests.support.asgi import Reply, call
from tests.support.sqlite import outage
from tests.support.world import CODE, KEY, SECRET

pytestmark = pytest.mark.anyio

PATHS = {
    "/journal": "/journal?after=1",
    "/documents/{kind}/{key}": f"/documents/settings/{KEY}",
    "/assets/{hash}": f"/assets/{CODE.hash}",
    "/keys": "/keys?tag=all",
    "/keys/count": "/keys/count?tag=all",
    "/roster/acks": "/roster/acks?epoch=e1&position=1",
    "/roster/applied-at": "/roster/applied-at?epoch=e1&position=1",
}
NODE = b'{"node":"n1","host":"h1","build":"1"}'


async def ask(control: Control, path: str, token: str, method: str = "GET", body: bytes = b"") -> Reply:
    plain, _, query = path.partition("?")
    headers = [("Authorization", f"Bearer {token}")]
    return await call(control.app, f"/origin{plain}", method=method, headers=headers, body=body, query=query)


def said(reply: Reply) -> str:
    return str(orjson.loads(reply.body)["error"])


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.path)
async def test_without_the_scope_no_call_is_answered(control: Control, operation: Operation) -> None:
    path, method = PATHS.get(operation.path, operation.path), operation.method
    other = await control.token("workspace:read")
    plain, _, query = path.partition("?")
    nobody = await call(control.app, f"/origin{plain}", method=method, query=query, body=NODE)
    assert (nobody.status, nobody["www-authenticate"]) == (401, "Bearer")
    reply = await ask(control, path, other, method, NODE)
    assert reply.status == 403
    assert "edgewise token create --instance" in said(reply)
    assert await control.ground.roster.rows() == [row for row in await control.ground.roster.rows() if row.node != "n1"]


async def test_what_is_not_there_is_404_and_who_may_not_ask_is_not_told(control: Control, token: str) -> None:
    for path in ("/", "/nothing", "/journal/", "/documents/settings", "/documents/secrets/abcdefgh", "/roster"):
        reply = await ask(control, path, token)
        assert (reply.status, reply["cache-control"], reply[MARK]) == (404, "no-store", "1"), path
        assert (await call(control.app, f"/origin{path}")).status == 401


async def test_another_method_is_405_with_what_is_allowed(control: Control, token: str) -> None:
    reply = await ask(control, "/revokes", token, method="DELETE")
    assert (reply.status, reply["allow"]) == (405, "GET")
    assert (await ask(control, "/roster/join", token))["allow"] == "POST"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/journal", "after: it is required"),
        ("/journal?after=-1", "after: '-1' is no position"),
        ("/journal?after=1e3", "after: '1e3' is no position"),
        ("/journal?after=1&wait=11", "wait: '11' is not allowed; allowed are seconds from 0 to 10"),
        ("/journal?after=1&wait=nan", "wait: 'nan' is not allowed"),
        ("/journal?since=soon", "since: 'soon' is not allowed"),
        (f"/documents/settings/{KEY}?at_least=7", "at_least: '7' is no place in a journal"),
        ("/keys?tag=everything", "tag: 'everything' is no tag"),
        ("/keys?limit=5", "tag: 0 tags are given"),
        ("/roster/acks", "epoch: it is required"),
    ],
)
async def test_a_parameter_that_is_not_allowed_is_named_with_what_is(
    control: Control, token: str, path: str, expected: str
) -> None:
    reply = await ask(control, path, token)
    assert reply.status == 400
    assert expected in said(reply)


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/roster/join", b"", "body: invalid JSON"),
        ("/roster/join", b'{"node":"n1","host":"h1"}', "build: field required"),
        (
            "/roster/beat",
            b'{"node":"n1","cursor":{"epoch":"e1","position":"x","entry_id":""},"moved":true}',
            "position",
        ),
        ("/roster/leave", b"[]", "body: input should be"),
        ("/roster/ack", b'{"ack":{"host":"h1","epoch":"e1","position":1}}', "now: field required"),
    ],
)
async def test_a_body_that_is_not_allowed_is_named(
    control: Control, token: str, path: str, body: bytes, expected: str
) -> None:
    reply = await ask(control, path, token, "POST", body)
    assert reply.status == 400
    assert expected in said(reply)


async def test_a_body_that_is_too_large_is_refused(control: Control, token: str) -> None:
    assert (await ask(control, "/roster/join", token, "POST", bytes(MAX_BYTES + 1))).status == 413


async def test_what_a_newer_edge_node_sends_besides_is_no_error(control: Control, token: str) -> None:
    assert (await ask(control, "/journal?after=1&colour=blue", token)).status == 200
    more = b'{"node":"n1","host":"h1","build":"1","colour":"blue"}'
    assert (await ask(control, "/roster/join", token, "POST", more)).status == 200


async def test_a_store_that_cannot_be_used_is_503_and_says_nothing_else(control: Control, token: str) -> None:
    with outage(control.world.directory / "edgewise.db"):
        reply = await ask(control, "/journal?after=1", token)
    assert (reply.status, reply["retry-after"]) == (503, "1")
    assert "counter" not in said(reply)


async def test_no_answer_holds_a_credential_or_who_did_what(control: Control, token: str) -> None:
    await control.world.configure("second-api-key")
    await control.follow()
    for path in ("/journal?after=0", "/journal?since=0", f"/documents/settings/{KEY}", "/roster/rows"):
        reply = await ask(control, path, token)
        assert reply.status == 200, path
        assert SECRET.encode() not in reply.body
        assert b"diff" not in reply.body
        assert b"tests" not in reply.body, "the actor of an entry"


async def test_every_answer_may_be_kept_by_nobody(control: Control, token: str) -> None:
    for operation in OPERATIONS:
        reply = await ask(control, PATHS.get(operation.path, operation.path), token, operation.method, NODE)
        assert reply["cache-control"] == "no-store"
        assert reply[MARK] == "1"


async def test_a_control_node_is_ready_once_it_has_read_the_journal(control: Control, token: str) -> None:
    assert (await ask(control, "/ready", token)).status == 200
    control.ground.proof.cursor = None
    assert (await ask(control, "/ready", token)).status == 503

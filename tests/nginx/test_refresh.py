"""Purge is refresh: what a node does through the refresh socket, and no client can."""

import hashlib
import threading
from pathlib import Path

import httpx
import pytest

from tests.nginx.conftest import Stage
from tests.nginx.test_paths import FILE, INTEGRATIONS, KEY, LOADER, SETTINGS
from tests.support.nginx import get, nginx
from tests.support.upstream import Say, lifetimes, upstream

REFRESH = {"Edge-Refresh": "1"}
DOCUMENTS = {"settings": SETTINGS, "loader": LOADER, "integrations": INTEGRATIONS}
CODINGS = {"br": "br", "gzip": "gzip", "identity": ""}


def refreshed(stage: Stage, path: str = SETTINGS, coding: str = "identity", *, anew: bool = True) -> httpx.Response:
    with stage.nginx.refreshing() as node:
        return node.get(path, headers={"Accept-Encoding": coding, **(REFRESH if anew else {})})


def shown(stage: Stage, path: str = SETTINGS, coding: str = "identity") -> bytes:
    """What a client is answered; the scripted upstream encodes nothing."""
    return stage.nginx.raw(get(path, f"Accept-Encoding: {coding}")).body


@pytest.mark.parametrize("path", DOCUMENTS.values(), ids=DOCUMENTS)
@pytest.mark.parametrize("coding", CODINGS)
def test_a_refresh_fetches_what_is_kept_anew_and_clients_have_it_at_once(stage: Stage, path: str, coding: str) -> None:
    shown(stage, path, coding)
    stage.upstream.say = Say(b"v2")
    assert shown(stage, path, coding) == b"v1"
    answer = refreshed(stage, path, coding)
    assert (answer.content, answer.headers["cache-status"]) == (b"v2", "nginx; fwd=bypass")
    assert shown(stage, path, coding) == b"v2"
    assert len(stage.upstream.asked) == 2


def test_without_the_header_a_node_reads_back_what_clients_get(stage: Stage) -> None:
    shown(stage)
    stage.upstream.say = Say(b"v2")
    answer = refreshed(stage, anew=False)
    assert (answer.content, answer.headers["cache-status"]) == (b"v1", "nginx; hit")
    refreshed(stage)
    answer = refreshed(stage, anew=False)
    assert (answer.content, answer.headers["cache-status"]) == (b"v2", "nginx; hit")


def test_a_refresh_of_a_cold_key_warms_it(stage: Stage) -> None:
    refreshed(stage)
    assert shown(stage) == b"v1"
    assert len(stage.upstream.asked) == 1


@pytest.mark.parametrize(
    "request_of_a_client",
    [
        get(SETTINGS, "Edge-Refresh: 1"),
        get(SETTINGS, "edge-refresh: 1", "EDGE-REFRESH: 1"),
        get(SETTINGS, "Edge_Refresh: 1"),
        get(SETTINGS, "Edge-Refresh: 1", "Host: unix:run/refresh.sock"),
        get(f"{SETTINGS}?edge_refresh=1", "Edge-Refresh: 1"),
        get(f"http://unix:run/refresh.sock:{SETTINGS}", "Edge-Refresh: 1"),
        get(f"http://refresh.sock{SETTINGS}", "Edge-Refresh: 1"),
        get(SETTINGS, "Edge-Refresh: 1", "X-Forwarded-For: unix:", "X-Real-IP: unix:run/refresh.sock"),
        get(SETTINGS, "Cache-Control: no-cache", "Pragma: no-cache", "Edge-Refresh: 1"),
        get(SETTINGS, "Edge-Refresh: 1", method="HEAD"),
        get(SETTINGS, "Edge-Refresh: 1", "Range: bytes=0-0"),
    ],
)
def test_no_client_can_have_anything_fetched_anew(stage: Stage, request_of_a_client: bytes) -> None:
    shown(stage)
    stage.upstream.say = Say(b"v2")
    stage.nginx.raw(request_of_a_client)
    assert shown(stage) == b"v1"
    assert len(stage.upstream.asked) == 1


def test_a_key_that_is_gone_is_gone_for_clients_after_its_refresh(stage: Stage) -> None:
    shown(stage)
    stage.upstream.say = Say(b"gone", 404, lifetimes("10"))
    assert refreshed(stage).status_code == 404
    answer = stage.nginx.raw(get(SETTINGS))
    assert (answer.status, answer.headers["Cache-Status"]) == (404, "nginx; hit")


@pytest.mark.parametrize("anew", [True, False])
def test_what_a_node_says_is_not_to_be_kept_leaves_what_there_is(stage: Stage, anew: bool) -> None:
    shown(stage)
    stage.upstream.say = Say(b"overtaken", lifetimes=lifetimes("0", "no-store", "no-store"))
    refreshed(stage, anew=anew)
    assert shown(stage) == b"v1"


def test_a_refresh_that_a_node_answers_with_last_known_good_leaves_what_there_is(stage: Stage) -> None:
    """What nginx has may be newer. Without it:

    two nodes refresh, for a moment ── one has read the store: new ── nginx: new ── the other cannot: what it has is old
    """
    shown(stage)
    marked = (*Say().more, ("Cache-Status", "edgewise; fwd=stale; detail=store-unavailable"))
    stale = Say(b"v0", lifetimes=lifetimes("5"), more=marked)
    stage.upstream.say = stale
    answer = refreshed(stage)
    assert (answer.content, answer.headers["cache-status"].split(", ")[-1]) == (b"v0", "nginx; fwd=bypass")
    assert shown(stage) == b"v1"
    # A client that finds nothing gets it as ever, and for the 5 s that it says, the next one too.
    stage.empty()
    stage.upstream.say = stale
    for _ in range(2):
        assert shown(stage) == b"v0"
    assert len(stage.upstream.asked) == 1


def test_a_refresh_of_what_is_revoked_shows_nobody_what_there_was_though_the_store_is_away(stage: Stage) -> None:
    shown(stage)
    stage.upstream.say = Say(b"cannot be read", 503, lifetimes("1", client="no-store"), more=())
    assert refreshed(stage).status_code == 503
    assert stage.nginx.raw(get(SETTINGS)).status == 503


def test_a_refresh_that_fails_leaves_what_there_is(directory: Path) -> None:
    with nginx(directory) as front, front.public() as client:
        with upstream(directory / "run" / "app.sock") as up:
            stage = Stage(up, front, client)
            shown(stage)
        assert refreshed(stage).status_code == 503
        assert shown(stage) == b"v1"


def test_i14_a_second_refresh_repairs_what_a_slow_older_answer_put_back(stage: Stage) -> None:
    released = threading.Event()
    stage.upstream.say = Say(b"v1", hold=released)
    with stage.nginx.connect() as slow:
        slow.sendall(get(SETTINGS))
        stage.upstream.until_asked(1)
        stage.upstream.say = Say(b"v2")
        refreshed(stage)
        assert refreshed(stage, anew=False).content == b"v2"
        released.set()
        while slow.recv(65536):
            pass
    # Why there is a rebound: only the node knows that the slow answer was old, and it had sent it already.
    assert refreshed(stage, anew=False).content == b"v1"
    refreshed(stage)
    assert refreshed(stage, anew=False).content == b"v2"


def test_nodes_are_not_limited_and_clients_are(directory: Path) -> None:
    changes = {"rate=500r/s": "rate=1r/s", "burst=1000 nodelay": "burst=1 nodelay"}
    with (
        upstream(directory / "run" / "app.sock") as up,
        nginx(directory, changes=changes) as front,
        front.public() as client,
        front.refreshing() as node,
    ):
        stage = Stage(up, front, client)
        keys = [f"/v1/projects/wk_backfill_{number:04}/settings" for number in range(40)]
        assert {node.get(path, headers=REFRESH).status_code for path in keys} == {200}
        assert {node.get(path).headers["cache-status"] for path in keys} == {"nginx; hit"}
        assert {stage.client.get(path).status_code for path in keys} == {200}
        assert 429 in {stage.client.get(path.replace("backfill", "unheard")).status_code for path in keys}


def file_of(directory: Path, cache: str, key: str) -> Path:
    """Where nginx keeps the answer for ``key``: levels=1:2 of its MD5."""
    name = hashlib.md5(key.encode()).hexdigest()
    return directory / cache / name[-1] / name[-3:-1] / name


@pytest.mark.parametrize(("kind", "path"), DOCUMENTS.items())
@pytest.mark.parametrize(("coding", "part"), CODINGS.items())
def test_the_file_of_a_copy_is_found_by_kind_write_key_and_coding(
    stage: Stage, kind: str, path: str, coding: str, part: str
) -> None:
    file = file_of(stage.nginx.directory, "cache", f"{kind}/{KEY}|{part}")
    assert not file.exists()
    shown(stage, path, coding)
    assert file.exists()
    file.unlink()
    stage.upstream.say = Say(b"v2")
    assert shown(stage, path, coding) == b"v2"


def test_files_by_content_lie_elsewhere_and_outlive_an_emptied_cache(stage: Stage) -> None:
    stage.upstream.say = Say(b"code", lifetimes=(("Cache-Control", "public, max-age=31536000, immutable"),))
    assert shown(stage, FILE) == b"code"
    assert file_of(stage.nginx.directory, "assets", f"file{FILE}|").exists()
    assert list((stage.nginx.directory / "cache").rglob("?" * 32)) == []

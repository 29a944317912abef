"""What reaches the nodes: a URL made of what the pattern captured, and nothing else that a client sends."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.delivery.sink import CALLS
from tests.nginx.conftest import Stage
from tests.support.nginx import get

KEY = "wk_first_key_0001"
SETTINGS = f"/v1/projects/{KEY}/settings"
LOADER = f"/analytics.js/v1/{KEY}/analytics.min.js"
INTEGRATIONS = f"/v1/projects/{KEY}/integrations"
FILE = f"/next-integrations/actions/tally/{'0123456789abcdef' * 2}.js"
CHUNK = "/analytics-next/bundles/ajs-destination.bundle.71c9b5a2.js"
READ = (SETTINGS, LOADER, INTEGRATIONS, FILE, CHUNK, "/healthz", "/readyz")
HOSTILE = (
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-For: 192.0.2.1",
    "X-Original-URL: /v1beta",
    "X-HTTP-Method-Override: DELETE",
    "Cookie: session=hunter2",
    "Authorization: Bearer hunter2",
    "Accept-Encoding: br",
    "If-None-Match: *",
    "Edge-Client: somebody-else",
    "Edge-Refresh: 1",
)


@pytest.mark.parametrize("path", READ)
def test_a_node_gets_the_path_and_none_of_the_client_s_headers(stage: Stage, path: str) -> None:
    stage.nginx.raw(get(path, *HOSTILE, "Content-Length: 3") + b"abc")
    (asked,) = stage.upstream.asked
    assert (asked.method, asked.target, asked.body) == ("GET", path, b"")
    probe = path in {"/healthz", "/readyz"}
    assert asked.headers == {"host": "edge.internal"} | ({} if probe else {"accept-encoding": "br"})


def test_a_body_that_a_read_brings_is_not_taken_for_the_next_request(stage: Stage) -> None:
    for number in range(20):
        path = f"/v1/projects/wk_with_body_{number:04}/settings"
        assert stage.nginx.raw(get(path, "Content-Length: 3") + b"abc").status == 200
    assert len(stage.upstream.asked) == 20


@pytest.mark.parametrize(
    "target",
    [
        f"{SETTINGS}?x=1",
        f"{SETTINGS}?{'x' * 3000}",
        f"/{SETTINGS}",
        f"/.{SETTINGS}",
        f"/x/..{SETTINGS}",
        SETTINGS.replace("wk", "%77k"),
        f"http://evil.example{SETTINGS}",
    ],
)
def test_other_spellings_of_a_path_are_the_same_entry(stage: Stage, target: str) -> None:
    stage.client.get(SETTINGS)
    answer = stage.nginx.raw(get(target))
    assert (answer.status, answer.headers["Cache-Status"]) == (200, "nginx; hit")
    assert [asked.target for asked in stage.upstream.asked] == [SETTINGS]


@pytest.mark.parametrize(
    "target",
    [
        f"{SETTINGS}%0a",
        f"{LOADER}%0a",
        f"{SETTINGS}/",
        f"//{SETTINGS}",
        f"{SETTINGS};x.css",
        f"{SETTINGS}/x.css",
        f"{SETTINGS}%3fx.js",
        f"{SETTINGS}%20",
        SETTINGS.replace("settings", "Settings"),
        "/v1/projects/short/settings",
        f"/v1/projects/{'k' * 65}/settings",
        "/v1/projects/caf%c3%a9_caf%c3%a9/settings",
        "/v1/projects/..%2f..%2fv1beta/settings",
        f"/v1/projects/{KEY}%0a/settings",
        f"/v1/projects/{KEY}/settings%2f..%2fintegrations%2fx",
        "/next-integrations/actions/tally/../x.js",
        "/analytics-next/../v1beta",
        "/analytics-next/.git/config",
        "/analytics-next/%2e%2e/v1beta",
        "/v1/",
        "/v1/z",
        "/v1/track%0a",
        "/",
        "/v1beta",
        "/v1beta/workspaces",
        "/metrics",
        "/origin/journal",
        "/console",
        "/demo",
        "/favicon.ico",
    ],
)
def test_nothing_else_reaches_a_node_and_the_answer_says_so(stage: Stage, target: str) -> None:
    answer = stage.nginx.raw(get(target))
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/json; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert b'{"error":"nothing is served at this path' in answer.body
    assert stage.upstream.asked == []


PIECES = (
    "/",
    "//",
    ".",
    "..",
    "%2e",
    "%2f",
    "%0a",
    "%00",
    "%",
    "?",
    "#",
    ";",
    " ",
    "v1",
    "projects",
    KEY,
    "settings",
    "x",
)
SERVED = re.compile(rf"/v1/projects/{KEY}/(settings|integrations)|/healthz|/readyz")


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.integers(0, 1000))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_for_only_a_known_path_reaches_a_node(stage: Stage, pieces: list[str], padding: int) -> None:
    stage.nginx.raw(get(f"/{''.join(pieces)}{'x' * padding}"))
    stage.nginx.raw(get(f"{SETTINGS}{''.join(pieces)}{'x' * padding}"))
    assert [asked.target for asked in stage.upstream.asked if not SERVED.fullmatch(asked.target)] == []


@pytest.mark.parametrize("target", [f"{SETTINGS}%00", "/%", "settings", f"/v1/{'x' * 9000}"])
def test_what_is_no_request_is_refused_before_any_path(stage: Stage, target: str) -> None:
    assert stage.nginx.raw(get(target)).status in {400, 414}
    assert stage.upstream.asked == []


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "PURGE", "PROPFIND"])
def test_documents_are_read_only(stage: Stage, path: str, method: str) -> None:
    answer = stage.nginx.raw(get(path, method=method))
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.headers["Cache-Control"] == "no-store"
    assert stage.upstream.asked == []


@pytest.mark.parametrize("path", [*READ, "/v1/t"])
def test_preflights_are_answered_by_nginx_and_only_they_say_what_is_allowed(stage: Stage, path: str) -> None:
    preflight = stage.nginx.raw(get(path, method="OPTIONS"))
    assert (preflight.status, preflight.body) == (204, b"")
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST, OPTIONS"
    assert preflight.headers["Access-Control-Max-Age"] == "86400"
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert preflight.headers["Cache-Control"] == "no-store"
    assert stage.upstream.asked == []
    other = stage.nginx.raw(get(path))
    assert [name for name in other.headers if name.lower().startswith("access-control-allow-")] == [
        "Access-Control-Allow-Origin"
    ]


@pytest.mark.parametrize("call", [*CALLS, *CALLS.values()])
def test_events_are_passed_to_the_sink_and_kept_by_nobody(stage: Stage, call: str) -> None:
    for _ in range(2):
        stage.nginx.raw(get(f"/v1/{call}", "Content-Length: 5", *HOSTILE, method="POST") + b"event")
    assert [(asked.method, asked.target, asked.body) for asked in stage.upstream.asked] == [
        ("POST", f"/v1/{call}", b"event")
    ] * 2
    assert set(stage.upstream.asked[0].headers) == {"host", "content-length"}


def test_the_sink_takes_events_only(stage: Stage) -> None:
    answer = stage.nginx.raw(get("/v1/t"))
    assert (answer.status, answer.headers["Allow"]) == (405, "POST, OPTIONS")


@pytest.mark.parametrize(("path", "size", "status"), [("/v1/b", 512 * 1024, 200), ("/v1/b", 512 * 1024 + 1, 413)])
def test_a_batch_has_a_limit(stage: Stage, path: str, size: int, status: int) -> None:
    answer = stage.nginx.raw(get(path, f"Content-Length: {size}", method="POST") + b"x" * size)
    assert answer.status == status
    assert len(stage.upstream.asked) == (status == 200)
    if status == 413:
        assert b'{"error":' in answer.body
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_read_may_not_bring_a_body_of_any_size(stage: Stage) -> None:
    assert stage.nginx.raw(get(SETTINGS, "Content-Length: 1025") + b"x" * 1025).status == 413
    assert stage.nginx.raw(get(SETTINGS, f"X-Long: {'x' * 9000}")).status == 400
    assert stage.upstream.asked == []


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_asked_each_time(stage: Stage, path: str) -> None:
    assert [stage.client.get(path).status_code for _ in range(3)] == [200] * 3
    assert len(stage.upstream.asked) == 3

"""The limit: on what is not in the cache, for each client, and on nothing else."""

from collections.abc import Iterator

import pytest

from tests.nginx.conftest import Stage
from tests.nginx.test_paths import SETTINGS
from tests.support.nginx import get, nginx, short_directory
from tests.support.upstream import Say, lifetimes, upstream

BEHIND = "#set_real_ip_from 192.0.2.0/24;"
CHANGES = {
    "rate=500r/s": "rate=1r/m",
    "burst=1000 nodelay": "burst=2 nodelay",
    # So that a test can come from several addresses.
    BEHIND: "set_real_ip_from 127.0.0.1;",
    "#real_ip_header X-Forwarded-For;": "real_ip_header X-Forwarded-For;",
}


@pytest.fixture(scope="module")
def standing() -> Iterator[Stage]:
    with (
        short_directory() as made,
        upstream(made / "run" / "app.sock") as up,
        nginx(made, changes=CHANGES) as front,
        front.public() as client,
    ):
        yield Stage(up, front, client)


def asking(stage: Stage, client: str, key: str) -> int:
    return stage.nginx.raw(get(f"/v1/projects/{key}/settings", f"X-Forwarded-For: {client}")).status


def flood(stage: Stage, client: str, times: int = 6) -> list[int]:
    return [asking(stage, client, f"wk_flood_{client.replace('.', '_').replace(':', '_')}_{n}") for n in range(times)]


def test_a_client_that_asks_for_many_keys_that_nobody_has_is_limited(stage: Stage) -> None:
    stage.upstream.say = Say(b"{}", 404, lifetimes("10"))
    assert flood(stage, "192.0.2.1") == [404] * 3 + [429] * 3


def test_hits_are_never_limited(stage: Stage) -> None:
    flood(stage, "192.0.2.2")
    stage.client.get(SETTINGS, headers={"X-Forwarded-For": "192.0.2.3"})
    assert {asking(stage, "192.0.2.2", "wk_first_key_0001") for _ in range(50)} == {200}


def test_the_answer_to_too_many_is_one_client_s_and_kept_for_nobody(stage: Stage) -> None:
    flood(stage, "192.0.2.4")
    refused = stage.nginx.raw(get(SETTINGS, "X-Forwarded-For: 192.0.2.4"))
    assert (refused.status, refused.headers["Cache-Control"]) == (429, "no-store")
    assert refused.headers.get_all("Retry-After") == ["1"]
    assert refused.headers.get_all("Access-Control-Allow-Origin") == ["*"]
    assert refused.headers["Content-Type"] == "application/json; charset=utf-8"
    assert refused.body.startswith(b'{"error":"too many requests')
    assert asking(stage, "192.0.2.5", "wk_first_key_0001") == 200


def test_a_limited_client_still_gets_what_others_have_brought(stage: Stage) -> None:
    flood(stage, "192.0.2.6")
    assert asking(stage, "192.0.2.6", "wk_first_key_0001") == 429
    assert asking(stage, "192.0.2.7", "wk_first_key_0001") == 200
    assert asking(stage, "192.0.2.6", "wk_first_key_0001") == 200


def test_all_addresses_of_one_ipv6_network_are_one_client(stage: Stage) -> None:
    flood(stage, "2001:db8:0:1:a:b:c:d")
    assert asking(stage, "2001:db8:0:1:9:8:7:6", "wk_one_key_more_1") == 429
    assert asking(stage, "2001:db8:0:2:9:8:7:6", "wk_one_key_more_2") == 200


def test_nobody_chooses_whom_they_are_counted_as(stage: Stage) -> None:
    flood(stage, "192.0.2.8")
    path = "/v1/projects/wk_one_key_more_3/settings"
    assert stage.nginx.raw(get(path, "X-Forwarded-For: 192.0.2.8", "Edge-Client: 192.0.2.9")).status == 429


def test_events_are_not_counted(stage: Stage) -> None:
    flood(stage, "192.0.2.10")
    event = get("/v1/t", "X-Forwarded-For: 192.0.2.10", "Content-Length: 2", method="POST") + b"{}"
    assert {stage.nginx.raw(event).status for _ in range(20)} == {200}

"""The access log: one JSON document a line, and nothing in it that is a client's secret."""

import json
from pathlib import Path

from tests.nginx.conftest import Stage
from tests.nginx.test_paths import SETTINGS
from tests.support.nginx import get, nginx
from tests.support.upstream import upstream

SECRET = "hunter2"


def test_a_line_is_json_without_cookies_credentials_or_query(directory: Path) -> None:
    with upstream(directory / "run" / "app.sock") as up, nginx(directory) as front, front.public() as client:
        stage = Stage(up, front, client)
        secrets = (f"Cookie: a={SECRET}", f"Authorization: Bearer {SECRET}", f"Referer: https://x.example/?{SECRET}")
        stage.nginx.raw(get(f"{SETTINGS}?token={SECRET}", *secrets, "Accept-Encoding: br"))
        stage.nginx.raw(get(SETTINGS, "Accept-Encoding: br"))
        stage.nginx.raw(get('/"\\%22', *secrets))
        stage.nginx.raw(get("/caf%e9", *secrets))
        with front.refreshing() as node:
            node.get(SETTINGS, headers={"Edge-Refresh": "1"})
    # One more is of the look whether nginx answers at all, and none of the node's; the order is the workers'.
    lines = stage.nginx.access_log(5)
    assert [line["client"] for line in lines] == ["127.0.0.1"] * 5
    assert SECRET not in json.dumps(lines)
    (miss,) = (line for line in lines if line["cache"] == "MISS")
    (hit,) = (line for line in lines if line["cache"] == "HIT")
    assert {name: miss[name] for name in ("client", "method", "path", "protocol", "status", "cache", "encoding")} == {
        "client": "127.0.0.1",
        "method": "GET",
        "path": SETTINGS,
        "protocol": "HTTP/1.1",
        "status": 200,
        "cache": "MISS",
        "encoding": "br",
    }
    assert (hit["cache"], hit["bytes"], hit["upstream_seconds"]) == ("HIT", 2, "")
    assert {line["path"] for line in lines} == {SETTINGS, "/", '/"\\"', "unprintable"}
    assert isinstance(miss["seconds"], float)

"""nginx before a node that compresses its loader anew: the shorter bytes come with the next fetch, whole."""

from tests.cli.processes import until
from tests.delivery.paths import LOADER
from tests.nginx.conftest import Pair
from tests.nginx.test_documents import decoded
from tests.nginx.test_refresh import REFRESH
from tests.support.nginx import Raw, get

BR = "Accept-Encoding: br"


def etag(answer: Raw) -> str:
    return str(answer.headers["ETag"])


def test_nginx_has_the_shorter_bytes_with_the_next_fetch_and_confirms_no_others(pair: Pair) -> None:
    first = pair.nginx.raw(get(LOADER, BR))
    with pair.nginx.refreshing() as node:
        until(
            lambda: node.get(LOADER, headers={"Accept-Encoding": "br", **REFRESH}).headers["etag"] != etag(first),
            "nginx fetches other bytes than those that it had",
        )
    later = pair.nginx.raw(get(LOADER, BR))
    assert "nginx; hit" in later.headers.get_all("Cache-Status", [])
    assert len(later.body) < len(first.body)
    assert decoded(later) == decoded(first)
    whole, unchanged = (pair.nginx.raw(get(LOADER, BR, f"If-None-Match: {etag(held)}")) for held in (first, later))
    assert (whole.status, whole.body) == (200, later.body)
    assert (unchanged.status, unchanged.body, etag(unchanged)) == (304, b"", etag(later))

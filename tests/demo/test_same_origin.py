"""Who may use the switches: the page at an address of this edge, and no other."""

import pytest
from starlette.datastructures import Headers

from edge.demo.same_origin import own_origins, refusal

ORIGINS = own_origins("https://edge.example/base", 8080)
OWN = {"origin": "http://127.0.0.1:8080", "content-type": "application/json", "sec-fetch-site": "same-origin"}


def refused(**changed: str | None) -> bool:
    headers = {name: value for name, value in (OWN | changed).items() if value is not None}
    return refusal(Headers({name.replace("_", "-"): value for name, value in headers.items()}), ORIGINS) is not None


def test_the_origins_of_an_edge_are_its_public_one_and_this_machines() -> None:
    loopback = {"http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"}
    assert loopback | {"https://edge.example"} == ORIGINS


def test_the_default_port_is_left_out_as_browsers_leave_it_out() -> None:
    assert "http://localhost" in own_origins("http://127.0.0.1:80", 80)
    assert "http://127.0.0.1" in own_origins("http://127.0.0.1:80", 80)


@pytest.mark.parametrize("origin", sorted(ORIGINS))
def test_the_page_at_any_address_of_this_edge_is_heard(origin: str) -> None:
    assert not refused(origin=origin)
    assert not refused(origin=origin, **{"sec-fetch-site": None})
    assert not refused(origin=origin, **{"content-type": "Application/JSON; charset=utf-8"})


@pytest.mark.parametrize(
    "origin",
    [None, "", "null", "http://evil.example", "http://127.0.0.1:8081", "https://127.0.0.1:8080", "http://127.0.0.1"],
)
def test_another_origin_is_refused(origin: str | None) -> None:
    assert refused(origin=origin)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_request_that_the_browser_calls_foreign_is_refused(site: str) -> None:
    assert refused(**{"sec-fetch-site": site})


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_what_a_form_can_send_is_refused(kind: str | None) -> None:
    assert refused(**{"content-type": kind})


def test_a_refusal_says_where_to_open_the_page_and_what_else_there_is() -> None:
    said = refusal(Headers({}), ORIGINS) or ""
    assert "http://127.0.0.1:8080" in said
    assert "Config API" in said

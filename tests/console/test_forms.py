import pytest
from starlette.requests import Request

from edge.console.forms import MAX_BYTES, MAX_FIELDS, Form, read_form
from edge.manage.problem import ProblemError, conflict, invalid

pytestmark = pytest.mark.anyio


def request(body: bytes, content_type: str = "application/x-www-form-urlencoded") -> Request:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", content_type.encode())]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


async def test_values_are_what_somebody_typed() -> None:
    form = await read_form(request(b"name=+Caf%C3%A9+&on=on&text=a%0D%0Ab&list=1&list=2&empty="))
    assert form.text("name") == "Café"
    assert form.text("text") == "a\nb"
    assert form.all("list") == ["1", "2"]
    assert (form.flag("on"), form.flag("off")) == (True, False)
    assert (form.text("empty", "x"), form.text("missing", "x")) == ("", "x")


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (b"a=%ff&b=\xff", "application/x-www-form-urlencoded", "invalid"),
        (b"a=1", "multipart/form-data; boundary=x", "invalid"),
        (b"a=1", "text/plain", "invalid"),
        (b"a=" + b"x" * MAX_BYTES, "application/x-www-form-urlencoded", "too_large"),
        (b"&".join([b"a=1"] * (MAX_FIELDS + 1)), "application/x-www-form-urlencoded", "invalid"),
    ],
)
async def test_what_no_form_of_ours_sends_is_refused(body: bytes, content_type: str, kind: str) -> None:
    with pytest.raises(ProblemError) as refused:
        await read_form(request(body, content_type))
    assert refused.value.kind == kind


def test_a_refusal_stands_at_the_field_that_it_names() -> None:
    form = Form()
    form.take(invalid("workspace.name: 'A b' is no slug"), {"workspace.name": "slug"})
    form.take(conflict("the name or write key is in use: choose another one"), {})
    assert form.errors == {"slug": "'A b' is no slug", "": "The name or write key is in use: choose another one"}


def test_what_is_wrong_with_no_field_is_raised_again() -> None:
    for kind in ("forbidden", "not_found", "unavailable"):
        with pytest.raises(ProblemError):
            Form().take(ProblemError(kind, "no"), {})


def test_a_choice_is_one_of_what_is_allowed() -> None:
    form = Form({"mode": ["device"], "other": ["elsewhere"]})
    assert form.choice("mode", ("device", "cloud")) == "device"
    assert form.choice("other", ("device", "cloud")) is None
    assert form.errors == {"other": "Choose one of: device, cloud."}

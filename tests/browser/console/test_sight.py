"""That the looks of these tests see what is wrong: each is shown a page with one fault, and the same without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.console.sight import PHONE, WIDE, axe, sticking_out

PAGE = """<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>A page</title>
<style>:root {{ color-scheme: light dark }} body {{ margin: 0; background: light-dark(#fff, #111);
  color: light-dark(#111, #eee) }}
  .table-wrap, dialog {{ overflow: auto }} dialog {{ position: fixed; width: 300px }} {style}</style></head>
<body><main><h1>A page</h1>{body}</main></body></html>"""


@pytest.fixture
def sheet(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=WIDE)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def show(page: Page, body: str, style: str = "") -> None:
    page.set_content(PAGE.format(body=body, style=style))


@pytest.mark.parametrize(
    ("fault", "body", "style"),
    [
        ("button-name", "<button></button>", ""),
        ("label", "<input>", ""),
        ("color-contrast", "<p>Hardly read</p>", "p { color: #999; background: #bbb }"),
    ],
)
def test_what_keeps_somebody_out_is_found(sheet: Page, fault: str, body: str, style: str) -> None:
    show(sheet, body, style)
    with pytest.raises(AssertionError, match=fault):
        axe(sheet)
    show(sheet, "<button>Save</button><label>Name <input></label><p>Read</p>")
    axe(sheet)


@pytest.mark.parametrize(
    ("where", "style"),
    [
        ("dark", "p { color: light-dark(#111, #333) }"),
        ("phone", "@media (max-width: 40rem) { p { color: #ddd; background: #eee } }"),
    ],
)
def test_it_is_found_though_only_in_the_dark_or_on_a_phone(sheet: Page, where: str, style: str) -> None:
    show(sheet, "<p>Hardly read</p>", style)
    with pytest.raises(AssertionError, match=f"'{where}': {{'color-contrast'"):
        axe(sheet)


@pytest.mark.parametrize(
    ("named", "body"),
    [
        ("page: 500 px", '<p style="width: 500px">Wide</p>'),
        ("dialog", '<dialog open><p style="width: 500px">Wide</p></dialog>'),
        ("table-wrap", '<div class="table-wrap"><table style="width: 500px"><tr><td>Wide</td></tr></table></div>'),
        ("p.fixed", '<p class="fixed" style="position: fixed; left: -20px; width: 300px">Begins to the left of it</p>'),
    ],
)
def test_what_sticks_out_on_a_phone_is_found(sheet: Page, named: str, body: str) -> None:
    sheet.set_viewport_size(PHONE)  # type: ignore[arg-type]
    show(sheet, body)
    assert any(named in one for one in sticking_out(sheet))
    show(sheet, '<pre style="overflow: auto"><code style="display: block; width: 900px">Scrolls in itself</code></pre>')
    assert sticking_out(sheet) == []

"""What a page looks like, and whom it keeps out: pictures, what sticks out of them, and what axe-core finds."""

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ROOT = Path(__file__).parents[3]
AXE = ROOT / "loader" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES_VARIABLE = "EDGE_TEST_PICTURES"
"""Names a directory for pictures of every page. Without it none are taken: nobody would look at them."""
GRAVE = ("serious", "critical")
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 375, "height": 760}
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  const scrolls = (element) => element && element !== document.body && element !== document.documentElement
    && (/auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  const name = (element) => element.tagName.toLowerCase() + (element.className.baseVal ?? `.${element.className}`);
  const shown = (element) => element.checkVisibility({visibilityProperty: true}) && !element.closest(".unseen");
  const found = [];
  if (document.documentElement.scrollWidth > width) found.push(`page: ${document.documentElement.scrollWidth} px`);
  for (const box of document.querySelectorAll("dialog[open], .menu-panel, .table-wrap, .panel, .ticks")) {
    if (shown(box) && box.scrollWidth > box.clientWidth + 1) found.push(`${name(box)}: ${box.scrollWidth} px`);
  }
  for (const element of document.querySelectorAll("body *")) {
    const {left, right, width: own} = element.getBoundingClientRect();
    const out = own > 1 && (right > width + 1 || left < -1);
    if (out && shown(element) && !scrolls(element.parentElement)) found.push(`${name(element)}: ${left} to ${right}`);
  }
  return found;
}"""
"""What can be seen only by scrolling sideways: the page itself, or what should wrap in a box that would hide it. Code
blocks, and the tabs of a workspace, scroll in themselves."""


def shot(page: Page, name: str) -> None:
    """Pictures, ``<name>-{light,dark,phone}.png``, where asked for. On the phone nothing may stick out sideways."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        _picture(page, f"{name}-{scheme}.png")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    _picture(page, f"{name}-phone.png")
    sticking = sticking_out(page)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    assert sticking == [], f"{name} on a phone of {PHONE['width']} px: {sticking}"


def _picture(page: Page, file: str) -> None:
    directory = os.environ.get(PICTURES_VARIABLE)
    if directory:
        page.screenshot(path=Path(directory) / file, full_page=True, animations="disabled")


def sticking_out(page: Page) -> list[str]:
    found: list[str] = page.evaluate(STICKING_OUT)
    return found


def axe(page: Page) -> None:
    """Fails where axe-core finds what keeps somebody out: in light, on a phone, or by the colours of dark."""
    # Not as a script element: the page's policy would refuse it, and it is the policy that users get.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = {"light": _grave(page)}
    page.emulate_media(color_scheme="dark")
    # Nothing but colours depends on the scheme.
    found["dark"] = _grave(page, "{runOnly: ['color-contrast']}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    found["phone"] = _grave(page)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    assert not any(found.values()), found


def _grave(page: Page, options: str = "{}") -> dict[str, list[str]]:
    run = f"async () => (await axe.run(document, {{resultTypes: ['violations'], ...{options}}})).violations"
    found: list[dict[str, Any]] = page.evaluate(run)
    return {one["id"]: [node["html"] for node in one["nodes"]] for one in found if one["impact"] in GRAVE}

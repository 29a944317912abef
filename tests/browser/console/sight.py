"""What a page looks like, and whom it keeps out: pictures, what sticks out of them, and what axe-core finds."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ROOT = Path(__file__).parents[3]
AXE = ROOT / "loader" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "artifacts" / "console"
"""Git-ignored; look at them after a change."""
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
    """``artifacts/console/<name>-{light,dark,phone}.png``. On the phone nothing may stick out sideways."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=PICTURES / f"{name}-{scheme}.png", full_page=True, animations="disabled")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.screenshot(path=PICTURES / f"{name}-phone.png", full_page=True, animations="disabled")
    sticking = sticking_out(page)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    assert sticking == [], f"{name} on a phone of {PHONE['width']} px: {sticking}"


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

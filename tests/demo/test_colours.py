"""The demo's colours can be read, in light and in dark: WCAG 2.2, success criteria 1.4.3 and 1.4.11."""

import re

import pytest

from edge.demo.page import FILES
from tests.support.contrast import CONTROL, TEXT, contrast

PAIRS = (
    ("ink", "ground", TEXT),
    ("ink", "sheet", TEXT),
    ("ink", "code", TEXT),
    ("ink", "off-ground", TEXT),
    ("quiet", "ground", TEXT),
    ("quiet", "sheet", TEXT),
    ("accent", "sheet", TEXT),
    ("accent", "ground", TEXT),
    ("good", "good-ground", TEXT),
    ("bad", "bad-ground", TEXT),
    ("wait", "wait-ground", TEXT),
    ("edge", "sheet", CONTROL),
    ("quiet", "off-ground", CONTROL),
    ("accent-ink", "accent", CONTROL),
)


def palettes() -> dict[str, dict[str, str]]:
    """The custom properties of both ``:root`` blocks; dark has what light has and changes it."""
    css = (FILES / "demo.css").read_text(encoding="utf-8")
    blocks = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        for block in re.findall(r":root {(.*?)}", css, re.DOTALL)
    ]
    light, dark = blocks
    return {"light": light, "dark": light | dark}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_a_colour_stands_out_from_what_it_is_on(scheme: str, front: str, back: str, least: float) -> None:
    palette = palettes()[scheme]
    assert contrast(palette[front], palette[back]) >= least

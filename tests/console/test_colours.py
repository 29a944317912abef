"""The console's colours can be read, in light and in dark: WCAG 2.2, success criteria 1.4.3 and 1.4.11."""

import re

import pytest

from edge.console.files import OWN
from tests.support.contrast import CONTROL, TEXT, contrast

PAIRS = (
    *((front, back, TEXT) for front in ("ink", "quiet") for back in ("ground", "sheet", "raised", "sunken")),
    *(("accent", back, TEXT) for back in ("ground", "sheet", "raised", "accent-ground")),
    ("ink", "accent-ground", TEXT),
    ("accent-ink", "accent", TEXT),
    ("accent-ink", "accent-strong", TEXT),
    ("bad-ink", "bad-fill", TEXT),
    ("good", "good-ground", TEXT),
    ("bad", "bad-ground", TEXT),
    ("bad", "sheet", TEXT),
    ("wait", "wait-ground", TEXT),
    ("edge", "sheet", CONTROL),
    ("edge", "sunken", CONTROL),
    ("edge", "ground", CONTROL),
    ("good", "sheet", CONTROL),
    ("wait", "sheet", CONTROL),
)


def palettes() -> dict[str, dict[str, str]]:
    css = (OWN / "console.css").read_text(encoding="utf-8")
    pairs = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", css)
    return {"light": {name: one for name, one, _ in pairs}, "dark": {name: other for name, _, other in pairs}}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_a_colour_stands_out_from_what_it_is_on(scheme: str, front: str, back: str, least: float) -> None:
    palette = palettes()[scheme]
    assert contrast(palette[front], palette[back]) >= least

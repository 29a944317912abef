"""How the destinations of a page fared, and when all of them have: from then on, calls go straight to vendors' code."""

from tests.browser.pages import inline
from tests.browser.visitor import Visitor

LISTENERS = inline(
    "window.loaded=[];window.refused=[];"
    'analytics.on("destination_loaded",({name})=>{window.loaded.push(name)});'
    'analytics.on("destination_failed",({reason})=>{window.refused.push(reason)});'
)
"""What such a page carries after the snippet of our client."""


def settled(visitor: Visitor, number: int) -> None:
    """Return once this many destinations are ready or have failed."""
    visitor.until(
        lambda: visitor.page.evaluate("() => window.loaded.length + window.refused.length") == number,
        f"{number} destinations that are ready or have failed",
    )


def refusals(visitor: Visitor) -> list[str]:
    """Why destinations could not be loaded."""
    reasons: list[str] = visitor.page.evaluate("() => window.refused")
    return reasons

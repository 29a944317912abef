"""Names that callers choose: how they may be spelled."""

from edge.manage.problem import invalid
from edge.model.source import SLUG

SLUG_RULE = "1 to 63 characters: a-z, 0-9, - and _, with a letter or digit at both ends"
MAX_NAME = 200


def check_slug(field: str, slug: str) -> None:
    if SLUG.match(slug) is None:
        raise invalid(f"{field}: {slug[:80]!r} is no slug; allowed are {SLUG_RULE}")


def check_display_name(name: str) -> None:
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise invalid(
            f"display_name: allowed are 1 to {MAX_NAME} characters, not all of them blank, no control characters"
        )

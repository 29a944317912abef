"""docs/config-api.md against the code: what it promises is what the API does."""

import re
from pathlib import Path
from typing import get_args

from edge.api.answers_fleet import Status
from edge.api.body import MAX_BYTES, MAX_DEPTH
from edge.api.call import MAX_WAIT
from edge.api.handlers.destinations import MODES
from edge.api.operations import OPERATIONS
from edge.manage.masks import SHORTEST_SHOWN
from edge.manage.paging import DEFAULT_SIZE
from edge.manage.problem import CODES
from edge.manage.rules import MAX_DESTINATIONS
from edge.manage.tokens import ALIASES
from edge.manage.write_keys import MAX_KEYS
from edge.model.token import Scope
from edge.settings import Settings
from edge.store.lookup import PAGE_LIMIT

DOCS = (Path(__file__).parents[2] / "docs" / "config-api.md").read_text(encoding="utf-8")
LINES = DOCS.splitlines()
ON_ONE_LINE = " ".join(DOCS.split())


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below ``heading``."""
    start = next(
        number for number, line in enumerate(LINES) if line.startswith("|---") and number > LINES.index(heading)
    )
    after = [number for number in range(start, len(LINES)) if not LINES[number].startswith("|")]
    end = min(after, default=len(LINES))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in LINES[start + 1 : end]]


def test_every_operation_is_documented_with_its_scopes_and_no_other() -> None:
    documented = {cells[0].strip("`"): set(re.findall(r"`(\S+?)`", cells[2])) for cells in rows("## Operations")}
    assert documented == {f"{row.method} {row.path}": set(row.scopes) for row in OPERATIONS}


def test_every_scope_is_documented_and_no_other() -> None:
    assert {cells[0].strip("`") for cells in rows("## Tokens")} == set(get_args(Scope))
    assert list(ALIASES) == ["workspace"]


def test_every_kind_of_error_is_documented_with_its_code() -> None:
    documented = {(int(cells[0]), int(cells[1])) for cells in rows("## Pages, limits, errors")}
    assert documented == set(CODES.values()) | {(405, 3), (500, 13)}


def test_the_numbers_are_those_of_the_code() -> None:
    limit = Settings.model_fields["rate_limit"].default
    for promise in (
        f"at most {MAX_BYTES:,} bytes, {MAX_DEPTH} levels deep",
        f"nothing of one under {SHORTEST_SHOWN} characters",
        f"at most {MAX_DESTINATIONS} destinations and {MAX_KEYS} write keys",
        f"at most {MAX_WAIT:.0f} s",
        f"(1 to {PAGE_LIMIT}, {DEFAULT_SIZE} by default)",
        f"may make {limit} requests a minute",
    ):
        assert promise in ON_ONE_LINE


def test_what_status_answers_is_documented() -> None:
    assert f"`{{{', '.join(Status.model_fields)}}}`" in ON_ONE_LINE


def test_every_connection_mode_is_named() -> None:
    assert all(f"`{mode}`" in DOCS for mode in MODES)

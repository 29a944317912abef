"""docs/writing-a-destination.md against the code; ``loader/tests/guide.test.ts`` compiles and runs its example."""

import re
from pathlib import Path

from edge.catalog.reader import read_definition
from tests.catalog.test_browser_code import TYPES

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "writing-a-destination.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", GUIDE, re.DOTALL))
SHARED = ROOT / "loader" / "destinations" / "shared"


def code_names(heading: str) -> list[tuple[str, str]]:
    """Rows of the table whose heading row is this: the code in the first cell, and the second cell."""
    section = GUIDE[GUIDE.index(heading) :].split("\n\n", 1)[0]
    return re.findall(r"^\| `([^`]+)` \| (.*) \|$", section, re.MULTILINE)


def test_the_definition_is_accepted_and_says_what_a_second_account_meets() -> None:
    definition = read_definition(FILES["edge/catalog/definitions/acme.toml"], "acme.toml")
    account = definition.setting("account")
    assert account is not None
    assert account.expose
    assert "A page can have one" in account.help


def test_everything_that_destinations_share_is_named_and_nothing_else() -> None:
    named = [name for name, _ in code_names("| file of `loader/destinations/shared/` |")]
    assert named == sorted(path.name for path in SHARED.glob("*.ts"))


def test_ways_of_asking_for_a_setting_are_those_that_are_checked() -> None:
    rows = {name.removeprefix("settings."): types for name, types in code_names("| way of asking |")}
    assert {way: set(re.findall(r"`([\w-]+)`", types)) for way, types in rows.items()} == TYPES


def test_every_path_it_names_is_there() -> None:
    named = set(re.findall(r"`((?:edge|loader|tests|docs)/[\w./-]+)`", GUIDE))
    assert len(named) > 8
    assert {path for path in named if "acme" not in path and not (ROOT / path).exists()} == set()

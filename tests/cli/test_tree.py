"""The tree of commands: helped, documented, alike."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from edge.cli.tree import app
from tests.cli.shell import Shell

DOCUMENT = Path(__file__).parents[2] / "docs" / "command-line.md"
HELP = "--help"


def walk(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every group and command, with the words that call it."""
    yield path, command
    for name, sub in getattr(command, "commands", {}).items():
        yield from walk(sub, (*path, name))


TREE = dict(walk(typer.main.get_command(app)))
LEAVES = {path: command for path, command in TREE.items() if not hasattr(command, "commands")}


def named(paths: Any) -> list[str]:
    return [" ".join(path) or "edgewise" for path in paths]


@pytest.mark.parametrize("path", TREE, ids=named(TREE))
def test_every_command_and_every_parameter_says_what_it_is_for(path: tuple[str, ...]) -> None:
    command = TREE[path]
    assert command.help
    assert command.help.strip()
    for parameter in command.params:
        assert parameter.help, f"{parameter.name} has no help"


@pytest.mark.parametrize("path", TREE, ids=named(TREE))
def test_every_help_reads_at_80_columns_without_colour_codes(path: tuple[str, ...]) -> None:
    said = Shell({}).ok(*path, HELP)
    assert "Usage: " in said
    assert max(len(line) for line in said.splitlines()) <= 80
    assert "\x1b" not in said


@pytest.mark.parametrize("path", LEAVES, ids=named(LEAVES))
def test_every_command_speaks_json(path: tuple[str, ...]) -> None:
    assert any("--json" in parameter.opts for parameter in LEAVES[path].params)


@pytest.mark.parametrize("path", LEAVES, ids=named(LEAVES))
def test_every_command_is_documented(path: tuple[str, ...]) -> None:
    *group, name = path
    row = rf"`edgewise {' '.join([*group, name])}\b" if not group else rf"`edgewise {group[0]}\b[^|]*\b{name}\b"
    assert re.search(row, DOCUMENT.read_text(encoding="utf-8")), f"docs/command-line.md does not name {' '.join(path)}"


@pytest.mark.parametrize("path", LEAVES, ids=named(LEAVES))
def test_every_option_is_documented(path: tuple[str, ...]) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    options = {opt for parameter in LEAVES[path].params for opt in parameter.opts if opt.startswith("--")}
    assert {opt for opt in options if opt not in text} == set()


def test_every_documented_command_and_option_exists() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    words = set(re.findall(r"\bedgewise ([a-z][a-z-]*)\b", text))
    assert words <= {path[0] for path in TREE if path}
    known = {opt for command in TREE.values() for parameter in command.params for opt in parameter.opts}
    known |= {opt for command in TREE.values() for parameter in command.params for opt in parameter.secondary_opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) <= known | {HELP}


def test_no_words_at_all_show_the_help() -> None:
    assert "Usage: edgewise" in Shell({}).run().output


def test_wrong_usage_ends_with_2_and_says_where_help_is() -> None:
    for wrong in (["nothing"], ["workspace", "create"], ["purge", "--nothing"], ["receipt", "zero"]):
        said = Shell({}).refused(*wrong, code=2)
        assert "--help" in said

"""What a command prints: one JSON document, or what a person reads; data on stdout, remarks on stderr."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import typer
from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

WHOLE = 40
"""Characters of a first column that are never folded."""


def console(*, stderr: bool = False) -> Console:
    """Made when needed, for the streams of that moment; markup off, so that no value is taken for a style."""
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=False)


def plain(value: str) -> str:
    """``value`` without control characters: what comes from a store never commands a terminal."""
    return "".join(mark if mark.isprintable() else "�" for mark in value)


def cell(value: Any) -> str:
    """A value as a person reads it in a table."""
    match value:
        case None | "":
            return "-"
        case bool():
            return "yes" if value else "no"
        case str():
            return plain(value)
        case list() if all(isinstance(item, str) for item in value):
            return plain(", ".join(value)) or "-"
        case float() | int():
            return str(value)
        case _:
            return plain(json.dumps(value, ensure_ascii=False))


def instant(seconds: float | None) -> str:
    """A Unix time as RFC 3339 in UTC, to the second."""
    if seconds is None:
        return "-"
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def emit(document: Any) -> None:
    """The whole answer of a command called with ``--json``."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def say(text: str = "", *, style: str = "") -> None:
    """A line of the answer, on stdout."""
    console().print(Text(text, style=style), soft_wrap=True)


def remark(text: str) -> None:
    """A line beside the answer, on stderr: what to do next, never data."""
    console(stderr=True).print(Text(text), soft_wrap=True)


def paragraph(text: str, indent: int) -> None:
    """Prose, wrapped and indented."""
    show(Padding(Text(plain(text)), (0, 0, 0, indent)))


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    show(grid_of(columns, rows))


def grid_of(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Table:
    """Rows that stay whole: what does not fit is folded, never cut, so that piped output can be trusted."""
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        # The first column is what one copies: it is the last to be folded.
        longest = max((len(cell(row[0])) for row in rows), default=0) if index == 0 else 0
        grid.add_column(column, overflow="fold", min_width=min(longest, WHOLE))
    for row in rows:
        grid.add_row(*[Text(cell(value)) for value in row])
    return grid


def fields(values: Mapping[str, Any]) -> None:
    show(pairs_of(values))


def pairs_of(values: Mapping[str, Any]) -> Table:
    """One resource: a name and its value on each line."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in values.items():
        grid.add_row(name, Text(cell(value)))
    return grid


def show(content: RenderableType) -> None:
    """Without the blanks with which a table fills its last column."""
    stdout = console()
    with stdout.capture() as captured:
        stdout.print(content)
    for line in captured.get().splitlines():
        typer.echo(line.rstrip())

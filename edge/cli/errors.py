"""What goes wrong, said to a person: what it is and what to do next. Never a traceback."""

import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import typer
from alembic.util.exc import CommandError
from pydantic import ValidationError
from rich.panel import Panel
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError
from typer.core import TyperGroup
from typer.exceptions import TyperException

from edge.catalog.errors import CatalogError
from edge.cli.output import console, plain
from edge.cli.store_errors import DRIVER, explained
from edge.compose.keys import SessionKeyError, TokenKeyError
from edge.model.budget import BudgetError
from edge.store.engine import StartersError
from edge.store.keyring import SecretKeyError, SecretUnreadableError
from edge.store.postgres import ServerUnreachableError

FAILED = 1
USAGE = 2

COMMAND_LINE = (typer.Exit, typer.Abort, TyperException, EOFError)
"""What the command line itself raises and shows: wrong usage, an answer of no, the end of the input."""


class CliError(Exception):
    """An expected failure. ``hint`` says what to do next; ``code`` is the exit code, 2 for wrong usage."""

    def __init__(self, message: str, hint: str = "", code: int = FAILED) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code


@dataclass(frozen=True, slots=True)
class Complaint:
    title: str
    text: str
    hint: str = ""
    code: int = FAILED


def _of_settings(error: ValidationError) -> Complaint:
    """One line a setting: what it is called in the environment, what is wrong, what is allowed."""
    lines = []
    for detail in error.errors(include_url=False):
        name = f"EDGE_{str(detail['loc'][0]).upper()}" if detail["loc"] else error.title
        lines.append(f"{name}: {detail['msg'].removeprefix('Value error, ')}")
    return Complaint(
        "Settings", "\n".join(lines), "Correct the variable in the environment, or the option of that name."
    )


def _of_database(error: Exception) -> Complaint:
    return Complaint("Store", *explained(error))


def _of_server(error: ServerUnreachableError) -> Complaint:
    return Complaint("Store", str(error), "Is it running, and are host and port in EDGE_DATABASE_URL its own?")


def _of_starters(error: StartersError) -> Complaint:
    return Complaint("Store", str(error), "Wait until it is done, then start again.")


def _of_migration(error: CommandError) -> Complaint:
    return Complaint(
        "Store",
        f"the tables of the store cannot be brought to this version: {error}",
        "The store was probably used by a newer Edgewise: run that version, or restore a backup from this one.",
    )


def _of_system(error: OSError) -> Complaint:
    where = f"{error.filename}: " if error.filename else ""
    return Complaint(
        "System", f"{where}{error.strerror or error}", "Look at the path and at who may read and write it."
    )


COMPLAINTS: tuple[tuple[type[Exception], Callable[[Any], Complaint]], ...] = (
    (CliError, lambda error: Complaint("Error", error.message, error.hint, error.code)),
    (ValidationError, _of_settings),
    (BudgetError, lambda error: Complaint("Settings", str(error))),
    (CatalogError, lambda error: Complaint("Catalog", str(error))),
    (TokenKeyError, lambda error: Complaint("Secrets", str(error))),
    (SessionKeyError, lambda error: Complaint("Secrets", str(error))),
    (SecretKeyError, lambda error: Complaint("Secrets", str(error))),
    (SecretUnreadableError, lambda error: Complaint("Secrets", str(error))),
    (SQLAlchemyError, _of_database),
    *((kind, _of_database) for kind in DRIVER),
    (StartersError, _of_starters),
    (CommandError, _of_migration),
    (ServerUnreachableError, _of_server),
    (OSError, _of_system),
)
"""Every failure that a person can mend. What is in no row is a defect of ours, and says so."""


def complaint_about(error: Exception) -> Complaint:
    for kind, explain in COMPLAINTS:
        if isinstance(error, kind):
            return explain(error)
    return Complaint(
        "Defect",
        f"unexpected {type(error).__name__}: {error}",
        "This is a defect of Edgewise. Run it again with EDGE_LOG_LEVEL=debug for the traceback, and report that.",
    )


def report(error: Exception) -> int:
    """Say it on stderr and return the exit code: a panel on a terminal, bare lines where it is read by a program."""
    complaint = complaint_about(error)
    lines = "\n".join(plain(line) for line in [*complaint.text.splitlines(), complaint.hint] if line)
    stderr = console(stderr=True)
    if stderr.is_terminal:
        stderr.print(Panel(Text(lines), title=complaint.title, title_align="left", border_style="red"))
    else:
        stderr.print(Text(f"{complaint.title}: {lines}"), soft_wrap=True)
    if complaint.title == "Defect" and os.environ.get("EDGE_LOG_LEVEL") == "debug":
        traceback.print_exception(error)
    return complaint.code


class Guarded(TyperGroup):
    """The outermost group: whatever a command raises ends here, as words and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except COMMAND_LINE:
            raise
        except BrokenPipeError:
            # Whoever read our output has seen enough, like `head`.
            raise typer.Exit(FAILED) from None
        except Exception as error:
            raise typer.Exit(report(error)) from None

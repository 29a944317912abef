"""What goes wrong ends in words."""

import sqlite3
from pathlib import Path

import pytest
import typer
from rich.console import Console
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner, Result

from edge.catalog.errors import CatalogError, Problem
from edge.cli.errors import COMPLAINTS, USAGE, CliError, Guarded, complaint_about, report
from edge.compose.keys import SessionKeyError, TokenKeyError
from edge.store.keyring import SecretKeyError, SecretUnreadableError
from tests.cli.shell import Shell


def ending(error: BaseException, env: dict[str, str | None] | None = None) -> Result:
    """A command of a guarded group that raises ``error``."""
    app = typer.Typer(cls=Guarded, pretty_exceptions_enable=False)

    @app.callback()
    def group() -> None:
        """Makes a group of the one command."""

    @app.command()
    def fail() -> None:
        """Fails."""
        raise error

    return CliRunner().invoke(app, ["fail"], env={"EDGE_LOG_LEVEL": None, "FORCE_COLOR": None, **(env or {})})


@pytest.mark.parametrize(
    ("error", "code", "expected"),
    [
        (CliError("no such thing", "Take another."), 1, "Error: no such thing\nTake another.\n"),
        (CliError("wrong", "Right is so.", USAGE), 2, "Error: wrong\nRight is so.\n"),
        (CatalogError([Problem("a.toml", 3, "slug", "is none")]), 1, "Catalog: a.toml:3: slug: is none\n"),
        (FileNotFoundError(2, "No such file or directory", "/nowhere"), 1, "System: /nowhere: No such file"),
        (SecretKeyError(), 1, "Secrets: EDGE_SECRET_KEYS"),
        (TokenKeyError(), 1, "Secrets: EDGE_TOKEN_KEYS"),
        (SessionKeyError(), 1, "Secrets: EDGE_SESSION_KEYS"),
        (SecretUnreadableError(), 1, "Secrets: a stored credential cannot be decrypted"),
    ],
)
def test_what_a_person_can_mend_is_said_with_what_to_do(error: Exception, code: int, expected: str) -> None:
    result = ending(error)
    assert result.exit_code == code
    assert result.stderr.startswith(expected)
    assert result.stdout == ""


def test_a_failure_of_the_store_names_no_statement_and_no_value() -> None:
    error = OperationalError("INSERT INTO documents VALUES (?)", ("hunter2",), sqlite3.OperationalError("disk full"))
    result = ending(error)
    assert "the store cannot be used: disk full" in result.stderr
    assert "hunter2" not in result.stderr
    assert "INSERT" not in result.stderr


def test_a_defect_is_called_one_and_has_no_traceback_unless_asked_for() -> None:
    said = ending(KeyError("lost")).stderr
    assert said.startswith("Defect: unexpected KeyError: 'lost'")
    assert "EDGE_LOG_LEVEL=debug" in said
    assert "Traceback" not in said
    assert "Traceback" in ending(KeyError("lost"), {"EDGE_LOG_LEVEL": "debug"}).stderr


def test_every_row_of_the_table_can_be_reached() -> None:
    for index, (kind, _) in enumerate(COMPLAINTS):
        assert not any(issubclass(kind, earlier) for earlier, _ in COMPLAINTS[:index]), kind


def test_ctrl_c_is_quiet() -> None:
    result = ending(KeyboardInterrupt())
    assert (result.exit_code, result.output) == (130, "")


def test_a_reader_who_has_seen_enough_is_not_told_of_it() -> None:
    result = ending(BrokenPipeError(32, "Broken pipe"))
    assert (result.exit_code, result.output) == (1, "")


def test_what_a_store_says_does_not_command_the_terminal() -> None:
    result = ending(CliError("evil \x1b[2J\x07 name", "fine"))
    assert result.stderr == "Error: evil �[2J� name\nfine\n"


def test_a_terminal_gets_a_panel(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Console(stderr=True, force_terminal=True, color_system=None, width=60)
    monkeypatch.setattr("edge.cli.errors.console", lambda **_: terminal)
    assert report(CliError("no such thing", "Take another.")) == 1
    said = capsys.readouterr().err
    assert "╭─ Error" in said
    assert "Take another." in said


def test_a_setting_of_the_environment_is_named_as_it_is_written_there(tmp_path: Path) -> None:
    shell = Shell({"EDGE_DATA_DIR": str(tmp_path), "EDGE_LEASE": "never", "EDGE_PORT": "-1"})
    said = shell.refused("workspace", "list")
    assert "EDGE_LEASE: Input should be a valid number" in said
    assert "EDGE_PORT: Input should be greater than or equal to 0" in said


def test_a_store_of_a_newer_version_is_left_alone(data_dir: Path, shell: Shell) -> None:
    with sqlite3.connect(data_dir / "edgewise.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    said = shell.refused("workspace", "list")
    assert "used by a newer Edgewise" in said


def test_the_complaint_of_a_nameless_error_is_still_one() -> None:
    assert complaint_about(CliError("x")).title == "Error"
    assert complaint_about(OSError("no number")).text == "no number"

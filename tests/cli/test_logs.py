"""Logs, as a process writes them."""

import json
import logging

import pytest
import structlog

from edge.cli import logs
from edge.cli.logs import CREDENTIALS, MASK


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    said = capsys.readouterr()
    assert said.out == ""
    return [json.loads(line) for line in said.err.splitlines()]


def test_ours_and_a_librarys_lines_have_one_form(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    structlog.get_logger("edge.test").info("applied", position=3)
    logging.getLogger("uvicorn.error").info("Started %s", "well", extra={"color_message": "\x1b[1mStarted"})
    ours, theirs = lines(capsys)
    assert (ours["event"], ours["level"], ours["position"]) == ("applied", "info", 3)
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("Started well", "info", "uvicorn.error")
    assert ours.keys() >= {"timestamp", "process"}
    assert "color_message" not in theirs


def test_requests_leave_no_line() -> None:
    logs.configure("debug")
    # What uvicorn asks to decide whether it writes one.
    assert not logging.getLogger("uvicorn.access").hasHandlers()


def test_the_level_is_the_least_that_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("warning")
    structlog.get_logger("edge.test").info("quiet")
    logging.getLogger("uvicorn.error").info("quiet")
    structlog.get_logger("edge.test").warning("loud")
    assert [line["event"] for line in lines(capsys)] == ["loud"]


def test_requests_of_the_command_line_itself_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    logging.getLogger("httpx").info("HTTP Request: GET ...")
    assert lines(capsys) == []


@pytest.mark.parametrize("name", sorted(CREDENTIALS))
def test_what_is_named_like_a_credential_is_masked(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    structlog.get_logger("edge.test").info("refused", **{name: "hunter2"})
    (line,) = lines(capsys)
    assert line[name] == MASK


def test_a_traceback_shows_no_values_of_variables(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")

    def failing(hidden: str) -> None:
        raise ValueError(len(hidden))

    try:
        failing("hunter2" + "hunter3")
    except ValueError:
        structlog.get_logger("edge.test").exception("failed")
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "hunter2hunter3" not in said


def test_a_terminal_gets_readable_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    logs.configure("info")
    structlog.get_logger("edge.test").info("applied", position=3)
    said = capsys.readouterr().err
    assert not said.startswith("{")
    assert "applied" in said

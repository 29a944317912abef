"""What is printed where nobody watches: whole, plain, without colour codes."""

import json

import pytest

from edge.cli.output import cell, emit, fields, instant, paragraph, table

LONG = "a-name-that-is-longer-than-any-column-could-be-" * 4


def test_a_table_folds_and_never_cuts(capsys: pytest.CaptureFixture[str]) -> None:
    table(["name", "other"], [[LONG, LONG.upper()]])
    said = capsys.readouterr().out
    assert max(len(line) for line in said.splitlines()) <= 80
    joined = "".join(line.split("   ")[0].strip() for line in said.splitlines()[2:])
    assert joined == LONG
    assert "\x1b" not in said
    assert "…" not in said


def test_a_first_column_stays_whole_as_long_as_it_can(capsys: pytest.CaptureFixture[str]) -> None:
    identity = "0123456789abcdef0123456789abcdef"
    table(["id", "text", "more"], [[identity, LONG, LONG]])
    assert identity in capsys.readouterr().out


def test_a_value_is_text_and_never_markup_or_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    fields({"name": "[red]x[/red] :smile: \x1b[2J\r\n", "empty": ""})
    assert capsys.readouterr().out == "name   [red]x[/red] :smile: �[2J��\nempty  -\n"


def test_no_line_ends_in_blanks(capsys: pytest.CaptureFixture[str]) -> None:
    fields({"name": "short", "other": LONG})
    table(["a", "b"], [["1", "2"], ["1", "2222"]])
    paragraph("some words", indent=4)
    said = capsys.readouterr().out
    assert [line for line in said.splitlines() if line != line.rstrip()] == []
    assert "    some words\n" in said


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        ("", "-"),
        ([], "-"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (["a", "b"], "a, b"),
        ({"a": 1}, '{"a": 1}'),
        ([1, {"ä": "\x07"}], '[1, {"ä": "\\u0007"}]'),
    ],
)
def test_a_cell_reads_as_a_person_writes(value: object, text: str) -> None:
    assert cell(value) == text


def test_json_is_one_document_with_names_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    emit({"name": "Größe"})
    said = capsys.readouterr().out
    assert json.loads(said) == {"name": "Größe"}
    assert "Größe" in said


def test_times_are_utc() -> None:
    assert instant(1_800_000_000.9) == "2027-01-15T08:00:00Z"
    assert instant(None) == "-"

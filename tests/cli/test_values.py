"""``--set``."""

import io
from pathlib import Path
from typing import Any

import pytest

from edge.cli.errors import CliError
from edge.cli.values import parse_sets

TYPES = {
    "apiKey": "string",
    "secret": "password",
    "sampled": "boolean",
    "rate": "number",
    "hosts": "array",
    "names": "map",
    "labels": "text-map",
    "anything": "mixed",
}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("apiKey=abc", "abc"),
        ("apiKey=true", "true"),
        ("apiKey=42", "42"),
        ("apiKey=", ""),
        ("apiKey=a=b", "a=b"),
        ("apiKey=@@edge", "@edge"),
        ("secret=12345", "12345"),
        ("sampled=true", True),
        ("sampled=false", False),
        ("rate=0.5", 0.5),
        ("rate=42", 42),
        ('hosts=["a", "b"]', ["a", "b"]),
        ('names={"a": "b"}', {"a": "b"}),
        ('labels={"a": "b"}', {"a": "b"}),
        ('anything={"a": 1}', {"a": 1}),
        ("anything=plain text", "plain text"),
        ("unknownToTheCatalog=1", "1"),
    ],
)
def test_the_type_in_the_catalog_decides_what_a_text_is(given: str, expected: Any) -> None:
    ((_, value),) = parse_sets([given], TYPES).items()
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("given", "example"),
    [
        ("sampled=yes", "true or false"),
        ("sampled=1", "true or false"),
        ("rate=true", "a number"),
        ("rate=NaN", "a number"),
        ("rate=much", "a number"),
        ("hosts=a,b", "a JSON array"),
        ("names=[]", "a JSON object"),
    ],
)
def test_a_text_of_another_type_is_refused_with_an_example_and_not_repeated(given: str, example: str) -> None:
    with pytest.raises(CliError) as refused:
        parse_sets([given], TYPES)
    assert example in refused.value.hint
    assert given.partition("=")[2] not in refused.value.message.split()


@pytest.mark.parametrize("given", ["apiKey", "=abc", " =abc"])
def test_a_setting_needs_a_name_and_a_value(given: str) -> None:
    with pytest.raises(CliError, match="no name"):
        parse_sets([given], TYPES)


def test_a_setting_given_twice_is_refused() -> None:
    with pytest.raises(CliError, match='"apiKey" twice'):
        parse_sets(["apiKey=a", "apiKey=b"], TYPES)


def test_a_value_comes_from_a_file_without_the_newline_at_its_end(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("first\nsecond\n\n")
    assert parse_sets([f"apiKey=@{tmp_path / 'key'}"], TYPES) == {"apiKey": "first\nsecond\n"}


def test_a_value_comes_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("hidden\r\n"))
    assert parse_sets(["secret=@-"], TYPES) == {"secret": "hidden"}


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CliError, match=r"absent: No such file"):
        parse_sets([f"apiKey=@{tmp_path / 'absent'}"], TYPES)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(CliError, match="not UTF-8"):
        parse_sets([f"apiKey=@{tmp_path / 'binary'}"], TYPES)

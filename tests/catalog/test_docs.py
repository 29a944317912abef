"""docs/catalog.md against the code: what it promises is what the reader does."""

import re
from pathlib import Path
from typing import get_args

import pytest

from edge.catalog import values
from edge.catalog.reader import read_catalog, read_definition
from edge.catalog.rules import RULES
from edge.catalog.shape import DefinitionTable, SettingTable
from edge.model.definition import Method, SettingType

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "catalog.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"<!-- example: (\S+) -->\n```toml\n(.*?)```", DOCS, re.DOTALL)
SOURCES = Path(values.__file__).parent


def table(heading: str) -> dict[str, list[str]]:
    """Rows of the first table below ``heading``, by the code in their first column."""
    lines = DOCS[DOCS.index(heading) :].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|---"))
    rows: dict[str, list[str]] = {}
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            break
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        rows[cells[0].strip("`| ")] = cells[1:]
    return rows


def required_of(rows: dict[str, list[str]]) -> set[str]:
    return {key for key, cells in rows.items() if cells[1] == "required"}


@pytest.mark.parametrize(
    ("heading", "model"), [("## Keys of a definition", DefinitionTable), ("## Keys of a setting", SettingTable)]
)
def test_every_key_of_the_format_is_documented_and_no_other(
    heading: str, model: type[DefinitionTable] | type[SettingTable]
) -> None:
    rows = table(heading)
    assert set(rows) == set(model.model_fields)
    assert required_of(rows) == {key for key, field in model.model_fields.items() if field.is_required()}


def test_every_type_and_method_is_documented_and_no_other() -> None:
    assert set(table("| type | value |")) == set(get_args(SettingType))
    assert set(re.findall(r"`(\w+)`", table("## Keys of a definition")["methods"][-1])) == set(get_args(Method))


def test_every_rule_is_documented_with_its_own_words() -> None:
    assert {rule: cells[0] for rule, cells in table("## Rules").items()} == RULES


def test_every_rule_that_the_code_names_is_in_the_table_and_the_other_way_round() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES.glob("*.py") if path.name != "rules.py")
    assert {rule for rule in RULES if f'"{rule}"' not in code} == set()
    named = re.findall(r'(?:yield [^"\n]*?|, 0, |line, |path, )"([a-z]+(?:-[a-z]+)+)"', code)
    assert set(named) <= set(RULES)


def test_the_example_is_accepted_and_has_every_key() -> None:
    ((name, text),) = EXAMPLE
    definition = read_definition(text, name)
    assert definition.creation_name == "Mail Tool"
    for model in (DefinitionTable, SettingTable):
        for key in model.model_fields:
            assert re.search(rf"^(?:{key} = |\[\[?{key}\]\]?)", text, re.MULTILINE), key


def test_the_limits_are_those_of_the_code() -> None:
    words = " ".join(DOCS.split())
    assert f"at most {values.MAX_STRING:,} characters" in words
    assert f"at most {values.MAX_DEPTH} deep" in words
    assert f"at most {values.MAX_BYTES:,} bytes" in words
    assert values.MAX_INTEGER == 2**53 - 1
    assert "up to 2^53 - 1" in words


def test_the_error_it_shows_is_the_one_that_comes() -> None:
    (shown,) = re.findall(r"```text\n\S+:\d+: (.*)\n```", DOCS)
    rule, text = shown.split(": ", 1)
    example = EXAMPLE[0][1].replace('type = "password"', 'type = "string"\nsecret = true\nexpose = "device"')
    with pytest.raises(Exception, match=re.escape(text)) as caught:
        read_definition(example, "mail-tool.toml")
    assert f": {rule}: " in str(caught.value)


def test_the_list_is_the_catalog_with_what_each_destination_can_do() -> None:
    shipped = read_catalog(Path(values.__file__).parent / "definitions")

    def on_one_page(slug: str) -> str:
        code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "loader/destinations" / slug).glob("*.ts"))
        return ("one" if "claim(" in code else "several") if code else ""

    listed = {slug: [cell.strip() for cell in cells] for slug, cells in rows_of("## What it holds").items()}
    assert list(listed) == sorted(shipped)
    for slug, definition in shipped.items():
        modes = [", ".join(definition.supported(platform)) for platform in ("web", "mobile", "server")]
        assert listed[slug] == [definition.name, *modes, on_one_page(slug)], slug


def rows_of(heading: str) -> dict[str, list[str]]:
    """Rows of the first table below ``heading`` with all their cells, empty ones too."""
    section = DOCS[DOCS.index(heading) :].split("\n## ", 1)[0]
    rows = [line.strip("|\n").split("|") for line in section.splitlines() if line.startswith("| `")]
    return {cells[0].strip("` "): cells[1:] for cells in rows}

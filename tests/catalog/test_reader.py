from pathlib import Path

import pytest

from edge.catalog.errors import CatalogError
from edge.catalog.reader import read_catalog, read_definition
from tests.catalog.samples import HEAD, definition, problems_of


def write(directory: Path, **texts: str | bytes) -> Path:
    for slug, text in texts.items():
        path = directory / f"{slug}.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return directory


def other(slug: str, **lines: str) -> str:
    return definition(slug=f'"{slug}"', name=f'"{slug}"', **{"creation_name": f'"{slug}"', **lines})


def test_a_file_becomes_a_definition() -> None:
    text = definition(
        head=HEAD + 'mobile = ["device"]\nserver = ["cloud"]\n[sdk]\nios = "must"\nflutter = "may"\n',
        additional_categories='["CRM"]',
    )
    read = read_definition(text, "anywhere/tool.toml")
    assert (read.slug, read.name, read.creation_name, read.category) == ("tool", "Tool", "Tool", "Analytics")
    assert (read.description, read.website) == ("Does something.", "https://tool.example")
    assert read.additional_categories == ("CRM",)
    assert read.supported("web") == ("device", "cloud")
    assert (read.supported("mobile"), read.supported("server")) == (("device",), ("cloud",))
    assert dict(read.sdk) == {"ios": "must", "flutter": "may"}
    assert [setting.name for setting in read.settings] == ["apiKey"]
    assert (read.bundle, read.release) == (None, "")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = \n", 2),
        ("a = 1\n\na = 2\n", 3),
        ('a = 1\nb = "never closed\n', 2),
        ("a = 1\nb = [\n1,\n", 3),
        ("[[settings]]\n[settings]\n", 2),
    ],
)
def test_bad_syntax_is_named_with_its_line(text: str, line: int) -> None:
    (problem,) = problems_of(text)
    assert (problem.rule, problem.line) == ("toml-syntax", line)
    assert "TOML 1.0" in problem.text


def test_a_directory_is_read_by_slug_and_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("not a definition")
    catalog = read_catalog(write(tmp_path, zulu=other("zulu"), alpha=other("alpha")))
    assert list(catalog) == ["alpha", "zulu"]


def test_the_problems_of_all_files_come_together(tmp_path: Path) -> None:
    write(tmp_path, a="x = ", b=other("b"), c=other("d"), e=b"name = '\xff'\n")
    with pytest.raises(CatalogError) as caught:
        read_catalog(tmp_path)
    files = [(Path(problem.origin).name, problem.line, problem.rule) for problem in caught.value.problems]
    assert files == [("a.toml", 1, "toml-syntax"), ("c.toml", 1, "slug-is-file-name"), ("e.toml", 1, "toml-syntax")]
    assert str(caught.value).count("\n") == 2


def test_two_definitions_never_share_a_creation_name(tmp_path: Path) -> None:
    write(tmp_path, a=other("a"), b=other("b", creation_name='"a"'))
    with pytest.raises(CatalogError, match=r"b\.toml:3: creation-name-twice: .*a\.toml"):
        read_catalog(tmp_path)


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"nowhere: no-directory"):
        read_catalog(tmp_path / "nowhere")


def test_an_empty_directory_is_an_error_and_no_empty_catalog(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no-definitions"):
        read_catalog(tmp_path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "tool.toml").mkdir()
    with pytest.raises(CatalogError, match=r"tool\.toml: unreadable: "):
        read_catalog(tmp_path)

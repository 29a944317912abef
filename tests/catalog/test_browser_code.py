"""The contract between a definition and its browser code: what the code asks for is what the edge publishes."""

import re
from pathlib import Path

import pytest

import edge.catalog
from edge.catalog.reader import read_catalog

CATALOG = read_catalog(Path(edge.catalog.__file__).parent / "definitions")
SOURCES = Path(__file__).parents[2] / "loader" / "destinations"
SLUGS = sorted(path.name for path in SOURCES.iterdir() if (path / "index.ts").is_file())

ASKED = re.compile(r"settings\.(text|flag|number|list|map|objects|required)\(\s*\"(\w+)\"")
TYPES = {
    "text": {"string", "select", "color"},
    "required": {"string"},
    "flag": {"boolean"},
    "number": {"number"},
    "list": {"array"},
    "map": {"text-map", "map"},
    "objects": {"mixed"},
}
"""Which types of setting each way of asking fits."""


def code_of(slug: str) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((SOURCES / slug).glob("*.ts")))


def test_at_least_sixteen_destinations_have_browser_code() -> None:
    assert len(SLUGS) >= 16


@pytest.mark.parametrize("slug", SLUGS)
def test_browser_code_belongs_to_a_definition_with_device_mode_on_the_web(slug: str) -> None:
    assert "device" in CATALOG[slug].supported("web")


@pytest.mark.parametrize("slug", SLUGS)
def test_every_setting_the_code_asks_for_is_published_in_the_type_it_expects(slug: str) -> None:
    asked = ASKED.findall(code_of(slug))
    assert asked
    for way, name in asked:
        setting = CATALOG[slug].setting(name)
        assert setting is not None, name
        assert setting.expose, name
        assert setting.type in TYPES[way], name
        assert setting.required or way != "required", name


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if set(CATALOG[slug].modes) == {"web"}])
def test_what_only_pages_could_use_is_published_only_if_the_code_reads_it(slug: str) -> None:
    code = code_of(slug) + code_of("shared")
    assert not [setting.name for setting in CATALOG[slug].settings if setting.expose and setting.name not in code]


@pytest.mark.parametrize("slug", SLUGS)
def test_the_codes_fallback_is_the_definitions_default(slug: str) -> None:
    for name, fallback in re.findall(r"settings\.flag\(\s*\"(\w+)\",\s*(true|false)", code_of(slug)):
        setting = CATALOG[slug].setting(name)
        assert setting is not None
        assert setting.default is (fallback == "true"), name

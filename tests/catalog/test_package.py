"""Claims about a destination on its own: what a directory must hold, and what makes it refused."""

import json
from pathlib import Path

import pytest

from edge.catalog.errors import CatalogError
from edge.catalog.package import LARGEST, Package, read_package
from edge.catalog.skeleton import NewDestination, package_files
from edge.model.asset import content_hash, integrity_of

NEW = NewDestination("mail-tool", "Mail Tool", "https://cdn.mail-tool.example/tool.js")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A package as `edgewise destination new` writes it."""
    for path, text in package_files(NEW).items():
        (tmp_path / path).write_text(text)
    return tmp_path


def refused(package: Package) -> str:
    with pytest.raises(CatalogError) as error:
        package.read()
    return str(error.value)


def test_a_package_is_a_definition_whose_bundle_names_its_own_bytes(directory: Path) -> None:
    definition, asset = read_package(directory).read()
    body = (directory / "mail-tool.js").read_bytes()
    assert asset is not None
    assert definition.bundle is not None
    assert (asset.body, asset.hash, asset.integrity) == (body, content_hash(body), integrity_of(body))
    assert (definition.bundle.hash, definition.bundle.library_name) == (asset.hash, "mailToolDestination")


def test_a_directory_has_one_definition(directory: Path) -> None:
    (directory / "other.toml").write_text("")
    with pytest.raises(CatalogError, match=r"exactly one definition.*mail-tool\.toml, other\.toml"):
        read_package(directory)
    for path in directory.glob("*.toml"):
        path.unlink()
    with pytest.raises(CatalogError, match="there is: none"):
        read_package(directory)


@pytest.mark.parametrize("names", ["", "[]", "{}", '{"libraryName": 1}', '{"libraryName": "a", "more": 1}'])
def test_bundle_json_names_the_global_and_nothing_else(directory: Path, names: str) -> None:
    (directory / "bundle.json").write_text(names)
    with pytest.raises(CatalogError, match=r"bundle\.json.*libraryName"):
        read_package(directory)


def test_bundle_json_is_needed_beside_code(directory: Path) -> None:
    (directory / "bundle.json").unlink()
    with pytest.raises(CatalogError, match=r"bundle\.json.*cannot be read"):
        read_package(directory)


def test_code_and_device_mode_on_the_web_come_together(directory: Path) -> None:
    package = read_package(directory)
    text = package.text
    assert "there is no browser code" in refused(Package("mail-tool", text, "mailToolDestination", " "))
    server = text.replace('web = ["device"]', 'server = ["cloud"]').replace('expose = "device"\n', "")
    assert 'has no "device" in modes.web' in refused(Package("mail-tool", server, "mailToolDestination", "1"))
    definition, asset = Package("mail-tool", server, "", "").read()
    assert (definition.bundle, asset) == (None, None)


@pytest.mark.parametrize("name", ["", "a b", "1a", "a\n", "a" * 65, "a.b"])
def test_the_global_has_a_name_that_a_script_can_write(directory: Path, name: str) -> None:
    assert "cannot be a global's name" in refused(Package("mail-tool", read_package(directory).text, name, "1"))


@pytest.mark.parametrize("code", ["'</script>'", "'</SCRIPT'", "'<!--'"])
def test_code_that_would_end_a_script_element_is_refused(directory: Path, code: str) -> None:
    assert "script element" in refused(Package("mail-tool", read_package(directory).text, "mailTool", code))


def test_code_has_an_end(directory: Path) -> None:
    text = read_package(directory).text
    assert f"at most {LARGEST}" in refused(Package("mail-tool", text, "mailTool", "1" * (LARGEST + 1)))
    Package("mail-tool", text, "mailTool", "1" * LARGEST).read()


def test_the_slug_is_the_files_name(directory: Path) -> None:
    package = read_package(directory)
    assert "slug-is-file-name" in refused(Package("other", package.text, "mailTool", "1"))


def test_a_name_of_the_skeleton_is_written_the_same_everywhere() -> None:
    files = package_files(NewDestination("2-pixel_two", "Pixel Two", "https://cdn.pixel.example/p.js"))
    assert json.loads(files[Path("bundle.json")]) == {"libraryName": "d2PixelTwoDestination"}
    assert "window.d2PixelTwoDestination = " in files[Path("2-pixel_two.js")]
    assert not [path for path, text in files.items() if "__" in text]

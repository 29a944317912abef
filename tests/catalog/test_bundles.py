import json
from pathlib import Path
from typing import Any

import pytest

from edge.catalog.bundles import INDEX, JAVASCRIPT, SNIPPETS, Release, read_release
from edge.catalog.errors import CatalogError
from edge.model.asset import content_hash, integrity_of, short_integrity_of
from tests.catalog.samples import HEAD, definition

CLIENT = b"/* client */"
BUNDLE = b"window.toolDestination = () => {}"


class Built:
    """A directory of definitions and one of built files, valid until a test breaks one of them."""

    def __init__(self, root: Path) -> None:
        self.definitions = root / "definitions"
        self.assets = root / "assets"
        for directory in (self.definitions, self.assets):
            directory.mkdir()
        (self.definitions / "tool.toml").write_text(definition())
        plain = definition(slug='"plain"', creation_name='"Plain"', head=HEAD.replace('"device", ', ""))
        (self.definitions / "plain.toml").write_text(plain)
        self.index: dict[str, Any] = {
            "client": {"name": "edgewise", "version": "1.2.3", **self.put("client.js", CLIENT)},
            "bundles": [
                {
                    "slug": "tool",
                    "libraryName": "toolDestination",
                    "integrity": integrity_of(BUNDLE),
                    **self.put("actions/tool.js", BUNDLE),
                }
            ],
        }

    def put(self, name: str, body: bytes) -> dict[str, str]:
        path = self.assets / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)
        return {"file": name, "hash": content_hash(body)}

    def read(self) -> Release:
        (self.assets / INDEX).write_text(json.dumps(self.index))
        return read_release(self.definitions, self.assets, "9.9")

    def problem(self) -> str:
        with pytest.raises(CatalogError) as caught:
            self.read()
        (problem,) = caught.value.problems
        assert problem.rule == "index"
        return str(problem)


@pytest.fixture
def built(tmp_path: Path) -> Built:
    return Built(tmp_path)


def test_a_release_ties_definitions_to_the_files_it_brings(built: Built) -> None:
    release = built.read()
    bundle = release.definitions["tool"].bundle
    assert bundle is not None
    assert (bundle.hash, bundle.library_name) == (content_hash(BUNDLE), "toolDestination")
    assert bundle.integrity == integrity_of(BUNDLE)
    assert {asset.hash: asset.body for asset in release.assets} == {
        content_hash(CLIENT): CLIENT,
        content_hash(BUNDLE): BUNDLE,
    }
    assert {asset.content_type for asset in release.assets} == {JAVASCRIPT}
    assert all(asset.integrity == integrity_of(asset.body) for asset in release.assets)


def test_everything_carries_the_version_of_the_release(built: Built) -> None:
    release = built.read()
    assert {one.release for one in release.definitions.values()} == {release.version} == {release.client.release}
    assert (release.client.slug, release.client.version, release.client.hash) == (
        "edgewise",
        "1.2.3",
        content_hash(CLIENT),
    )


def test_a_definition_without_browser_code_has_no_bundle(built: Built) -> None:
    assert built.read().definitions["plain"].bundle is None


def test_two_destinations_with_the_same_code_share_one_asset(built: Built) -> None:
    (built.definitions / "twin.toml").write_text(definition(slug='"twin"', creation_name='"Twin"'))
    built.index["bundles"].append({**built.index["bundles"][0], "slug": "twin"})
    release = built.read()
    assert release.definitions["twin"].bundle == release.definitions["tool"].bundle
    assert len(release.assets) == 2


TEXTS = ("!function(){}()", "!function(halves){}()")


def test_the_snippets_are_read_if_there_are_any(built: Built) -> None:
    assert built.read().snippets == ("", "")
    for name, text in zip(SNIPPETS, TEXTS, strict=True):
        (built.assets / name).write_text(text)
    assert built.read().snippets == TEXTS


@pytest.mark.parametrize("name", ["client.js", "actions/tool.js"])
def test_a_changed_file_is_named_and_refused(built: Built, name: str) -> None:
    with (built.assets / name).open("ab") as file:
        file.write(b" ")
    assert f"{name}: index: its SHA-256 starts with" in built.problem()


def test_a_wrong_integrity_is_named_and_refused(built: Built) -> None:
    built.index["bundles"][0]["integrity"] = integrity_of(b"other")
    assert "tool.js: index: its integrity is sha384-" in built.problem()


def test_a_missing_file_is_named(built: Built) -> None:
    (built.assets / "actions/tool.js").unlink()
    assert "tool.js: index: " in built.problem()


def test_a_bundle_without_a_definition_is_refused(built: Built) -> None:
    built.index["bundles"][0]["slug"] = "ghost"
    assert '"ghost" has no definition; add ghost.toml' in built.problem()


def test_a_bundle_of_a_definition_without_device_mode_on_the_web_is_refused(built: Built) -> None:
    built.index["bundles"][0]["slug"] = "plain"
    assert 'plain.toml has no "device" in modes.web' in built.problem()


def test_two_bundles_of_one_definition_are_refused(built: Built) -> None:
    built.index["bundles"] *= 2
    assert '"tool" has two bundles' in built.problem()


@pytest.mark.parametrize(
    "name", ["../definitions/tool.toml", "/etc/hostname", "a/../../b.js", "..", "", ".hidden", "a\\b.js", "a//b"]
)
def test_the_index_cannot_lead_out_of_its_directory(built: Built, name: str) -> None:
    built.index["bundles"][0]["file"] = name
    assert "bundles.0.file" in built.problem()


@pytest.mark.parametrize(
    ("key", "value"), [("libraryName", "x;alert(1)"), ("libraryName", ""), ("hash", "ABC"), ("integrity", 5)]
)
def test_a_bad_entry_of_the_index_is_named_by_its_key(built: Built, key: str, value: Any) -> None:
    built.index["bundles"][0][key] = value
    assert f"bundles.0.{key}" in built.problem()


def test_an_index_that_is_no_json_is_named(built: Built) -> None:
    built.read()
    (built.assets / INDEX).write_text("{")
    with pytest.raises(CatalogError, match=r"index\.json: index: .*make setup"):
        read_release(built.definitions, built.assets, "9.9")


def test_missing_browser_files_say_how_to_build_them(built: Built, tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"index\.json: index: .*run `make setup`"):
        read_release(built.definitions, tmp_path / "nowhere", "9.9")


def test_problems_of_several_files_come_together(built: Built) -> None:
    (built.assets / "actions/tool.js").unlink()
    (built.assets / "client.js").write_bytes(b"")
    with pytest.raises(CatalogError) as caught:
        built.read()
    assert {Path(problem.origin).name for problem in caught.value.problems} == {"client.js", "tool.js"}


STANDALONE = b'key="__WRITE_KEY__"'
CHUNK = "ajs-destination.bundle.40628baed746e9904edc.js"


def official(built: Built, version: str = "1.84.3", code: bytes = STANDALONE) -> dict[str, Any]:
    return {
        "name": "analytics-next",
        "version": version,
        "prefix": built.put("official/prefix.js", b"before()"),
        "chunks": [{"name": CHUNK, **built.put(f"official/{version}.chunk.js", b"chunk()")}],
        **built.put(f"official/{version}.js", code),
    }


def test_a_client_has_its_parts_and_lazy_modules_by_name(built: Built) -> None:
    part, lazy = built.put("client/rules.js", b"rules()"), built.put("client/click.js", b"click()")
    built.index["client"]["parts"] = [{"name": "rules", **part}]
    built.index["client"]["lazy"] = [{"name": "click", "integrity": short_integrity_of(b"click()"), **lazy}]
    release = built.read()
    assert release.client.files == {"part/rules": part["hash"], "lazy/click": lazy["hash"]}
    assert release.client.hashes() <= {asset.hash for asset in release.assets}


def test_the_official_client_comes_in_versions_each_with_its_chunks(built: Built) -> None:
    built.index["official"] = [official(built), official(built, "1.83.0", STANDALONE + b";")]
    release = built.read()
    assert [(one.slug, one.version) for one in release.official] == [
        ("analytics-next@1.84.3", "1.84.3"),
        ("analytics-next@1.83.0", "1.83.0"),
    ]
    assert set(release.official[0].files) == {"prefix", CHUNK}
    assert {one for client in release.clients for one in client.hashes()} <= {one.hash for one in release.assets}


@pytest.mark.parametrize("code", [b"no key", b"__WRITE_KEY__ __WRITE_KEY__"])
def test_official_code_without_one_place_for_the_write_key_is_refused(built: Built, code: bytes) -> None:
    built.index["official"] = [official(built, code=code)]
    assert "__WRITE_KEY__ occurs" in built.problem()


def test_one_name_for_two_chunks_is_refused(built: Built) -> None:
    other = official(built, "1.83.0", STANDALONE + b";")
    other["chunks"][0] |= built.put("official/other.chunk.js", b"other()")
    built.index["official"] = [official(built), other]
    assert f'two files are called "{CHUNK}"' in built.problem()


@pytest.mark.parametrize("name", ["x.js", "../x.bundle.0123456789.js", "x.bundle.0123456789.js\n", "x.bundle.0.js"])
def test_what_is_not_named_like_a_chunk_is_none(built: Built, name: str) -> None:
    built.index["official"] = [official(built)]
    built.index["official"][0]["chunks"][0]["name"] = name
    assert "official.0.chunks.0.name" in built.problem()

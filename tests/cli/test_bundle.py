"""`edgewise destination new`, `bundle check` and `catalog add`: an author's hour, in a real browser."""

import json
from pathlib import Path

import pytest

from tests.cli.shell import Shell

SCRIPT = "https://cdn.mail-tool.example/tool.js"


@pytest.fixture
def directory(shell: Shell, tmp_path: Path) -> Path:
    shell.ok("destination", "new", "mail-tool", "--script", SCRIPT, "--into", str(tmp_path / "mail"))
    return tmp_path / "mail"


def test_a_new_destination_is_sound_as_it_is_and_goes_into_the_catalog(shell: Shell, directory: Path) -> None:
    stub = ("--stub", str(directory / "stub.js"))
    checked = shell.json("bundle", "check", str(directory), "--set", "account=a1", "--second", "account=a2", *stub)
    assert checked["sound"], checked["findings"]
    assert {"standing": "ok", "text": "works in the official client too"} in checked["findings"]
    (one_per_page,) = [one["text"] for one in checked["findings"] if one["standing"] == "note"]
    assert "a page can have one: the second failed, saying: this page has a1 already" in one_per_page
    added = shell.json("catalog", "add", str(directory), "--wait", "0s")
    assert added["name"] == "catalog/destinations/mail-tool"
    made = shell.json("destination", "create", "acme/site/mail-tool", "--set", "account=a1", "--enable")
    assert made["enabled"] is True
    shell.ok("destination", "delete", "acme/site/mail-tool", "--yes")
    assert "removed from the catalog" in shell.ok("catalog", "remove", "mail-tool", "--yes")


def test_a_check_says_what_is_at_fault_and_ends_with_1(shell: Shell, directory: Path) -> None:
    code = directory / "mail-tool.js"
    code.write_text(code.read_text().replace('version: "1.0.0",', "").replace("page({ event })", "pages({ event })"))
    result = shell.run("bundle", "check", str(directory), "--set", "account=a1", "--stub", str(directory / "stub.js"))
    assert result.exit_code == 1
    assert "Mail Tool has no version" in result.stdout
    assert "names page, and the code has no such method" in result.stdout


def test_code_that_works_in_our_client_only_is_at_fault(shell: Shell, directory: Path) -> None:
    code = directory / "mail-tool.js"
    ours_only = 'async load(_ctx, client) {\n if (client.queue) throw new Error("not here");'
    code.write_text(code.read_text().replace("async load(_ctx, client) {", ours_only))
    result = shell.run("bundle", "check", str(directory), "--set", "account=a1", "--stub", str(directory / "stub.js"))
    assert result.exit_code == 1
    assert "load resolved" in result.stdout
    assert "under the official client track failed" in " ".join(result.stdout.split())


def test_a_vendor_that_cannot_be_reached_fails_the_check_and_says_how_to_go_on(shell: Shell, directory: Path) -> None:
    code = directory / "mail-tool.js"
    code.write_text(code.read_text().replace(SCRIPT, "http://127.0.0.1:9/tool.js"))
    result = shell.run("bundle", "check", str(directory), "--set", "account=a1")
    assert result.exit_code == 1
    assert "load failed" in result.stdout
    assert "--stub FILE" in " ".join(result.stdout.split())


def test_wrong_usage_says_what_to_write(shell: Shell, directory: Path, tmp_path: Path) -> None:
    assert "needs account" in shell.refused("bundle", "check", str(directory), code=1)
    assert "--browser" in shell.refused("bundle", "check", str(directory), "--browser", "nowhere", code=2)
    assert "exactly one definition" in shell.refused("bundle", "check", str(tmp_path / "nothing"), code=1)
    words = ("destination", "new", "mail-tool")
    assert "is there already" in shell.refused(*words, "--script", SCRIPT, "--into", str(directory), code=1)
    assert "is no address" in shell.refused(*words, "--script", "cdn.tool.example", code=2)
    assert "cannot be used" in shell.refused(*words, "--script", SCRIPT, "--name", 'a"b', code=2)


def test_in_a_checkout_a_new_destination_takes_its_places_there(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "loader" / "destinations" / "index.json"
    index.parent.mkdir(parents=True)
    index.write_text('{\n  "heap": { "libraryName": "heapDestination" }\n}\n')
    (tmp_path / "edge" / "catalog" / "definitions").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    written = shell.json("destination", "new", "mail-tool", "--script", SCRIPT)["files"]
    assert all((tmp_path / file).is_file() for file in written)
    assert json.loads(index.read_text()) == {
        "heap": {"libraryName": "heapDestination"},
        "mail-tool": {"libraryName": "mailToolDestination"},
    }
    assert "loader/destinations/mail-tool/index.ts" in written


def test_the_policies_of_a_page_name_the_edge_and_its_vendors(shell: Shell) -> None:
    shell.ok("destination", "create", "acme/site/amplitude", "--set", f"apiKey={'0' * 32}", "--enable")
    said = shell.ok("snippet", "cli_first_key_0001", "--csp")
    assert "'strict-dynamic'" in said
    assert "script-src 'sha256-" in said
    assert "https://cdn.amplitude.com" in said

"""Workspaces, sources, write keys, destinations and tokens, from a shell."""

from pathlib import Path
from typing import Any

import pytest

from edge.cli.desk import open_desk
from edge.cli.place import Place
from tests.cli.conftest import KEY
from tests.cli.shell import Shell

API_KEY = "0123456789abcdef0123456789abcdef"


def setting(destination: dict[str, Any], name: str) -> Any:
    found = [one["value"] for one in destination["config"] if one["name"].endswith(f"/config/{name}")]
    return found[0] if found else None


def test_the_first_commands_of_the_manual_make_a_published_destination(tmp_path: Path) -> None:
    shell = Shell({"EDGE_DATA_DIR": str(tmp_path / "new")})
    for command in (
        "edgewise workspace create acme",
        "edgewise source create acme/site --type javascript",
        f"edgewise destination create acme/site/amplitude --set apiKey={API_KEY} --enable",
    ):
        result = shell.line(command)
        assert result.exit_code == 0, result.output
        assert "position" in result.stdout
    result = shell.line('edgewise token create --workspace acme --scope "workspace:read workspace:write cache:purge"')
    assert len(result.stdout.split()) == 1
    (source,) = shell.json("source", "list", "acme")["sources"]
    explained = shell.json("explain", source["write_keys"][0])
    assert [(one["definition"], one["published"]) for one in explained["destinations"]] == [("amplitude", True)]


def test_the_same_commands_answer_json(tmp_path: Path) -> None:
    shell = Shell({"EDGE_DATA_DIR": str(tmp_path / "new")})
    workspace = shell.json("workspace", "create", "acme")
    assert workspace["name"] == "workspaces/acme"
    source = shell.json("source", "create", "acme/site", "--type", "javascript")
    assert source["name"] == "workspaces/acme/sources/site"
    assert len(source["write_keys"]) == 1
    made = shell.json("destination", "create", "acme/site/amplitude", "--set", f"apiKey={API_KEY}", "--enable")
    assert made["name"] == "workspaces/acme/sources/site/destinations/amplitude"
    assert made["enabled"] is True
    assert setting(made, "apiKey") == API_KEY
    assert workspace["position"] + 2 == source["position"] + 1 == made["position"]
    scope = "workspace:read workspace:write cache:purge"
    token = shell.json("token", "create", "--workspace", "acme", "--scope", scope)
    assert token["token"].count(".") == 2
    assert token["scopes"] == scope


def test_a_workspace_is_listed_shown_changed_and_deleted(shell: Shell) -> None:
    assert shell.json("workspace", "create", "other", "--name", "Other Inc")["display_name"] == "Other Inc"
    assert [one["name"] for one in shell.json("workspace", "list")["workspaces"]] == [
        "workspaces/acme",
        "workspaces/other",
    ]
    assert shell.json("workspace", "show", "other")["display_name"] == "Other Inc"
    shell.ok("workspace", "update", "other", "--name", "Others")
    assert shell.json("workspace", "show", "other")["display_name"] == "Others"
    shell.ok("workspace", "delete", "other", "--yes")
    assert "workspaces/other was not found" in shell.refused("workspace", "show", "other")
    assert "still has sources" in shell.refused("workspace", "delete", "acme", "--yes")


def test_a_source_is_listed_shown_changed_and_deleted(shell: Shell) -> None:
    assert KEY in shell.ok("source", "list", "acme")
    changed = shell.json("source", "update", "acme/site", "--name", "The site", "--api-host", "t.example.com/v1")
    assert (changed["display_name"], changed["library_config"]["api_host"]) == ("The site", "t.example.com/v1")
    changed = shell.json("source", "update", "acme/site", "--api-host", "")
    assert (changed["display_name"], changed["library_config"]["api_host"]) == ("The site", "")
    assert "The site" in shell.ok("source", "show", "acme/site")
    shell.ok("source", "delete", "acme/site", "--yes")
    assert "acme has no source yet" in shell.run("source", "list", "acme").stderr


def test_what_a_source_s_loader_is_made_of_is_chosen_shown_and_explained(shell: Shell) -> None:
    made = shell.json("source", "create", "acme/blog", "--type", "javascript", "--client", "analytics-next")
    pinned = f"analytics-next {made['client_version']}"
    assert pinned in shell.ok("source", "show", "acme/blog")
    assert pinned in shell.ok("explain", made["write_keys"][0])
    refused = shell.refused("source", "update", "acme/blog", "--client-version", "1.0.0")
    assert f"allowed: {made['client_version']}" in refused
    changed = shell.json("source", "update", "acme/blog", "--client", "", "--bundle", "separate")
    assert (changed["client"], changed["client_version"], changed["bundle"]) == ("edgewise", "", "separate")


def test_a_change_of_nothing_is_wrong_usage(shell: Shell) -> None:
    assert "Add --name, --api-host, --client" in shell.refused("source", "update", "acme/site", code=2)
    shell.ok("destination", "create", "acme/site/amplitude")
    assert "Add --set" in shell.refused("destination", "update", "acme/site/amplitude", code=2)


def test_a_write_key_is_rotated(shell: Shell) -> None:
    made = shell.ok("write-key", "create", "acme/site").strip()
    shell.ok("write-key", "create", "acme/site", "cli_adopted_key_02")
    assert shell.json("write-key", "list", "acme/site")["write_keys"] == [KEY, made, "cli_adopted_key_02"]
    shell.ok("write-key", "retire", "acme/site", KEY, "--yes")
    assert shell.ok("write-key", "list", "acme/site").split() == [made, "cli_adopted_key_02"]
    assert "never used twice" in shell.refused("write-key", "create", "acme/site", KEY)
    assert KEY in shell.refused("explain", KEY)


def test_a_destination_that_is_off_says_how_to_enable_it(shell: Shell) -> None:
    result = shell.run("destination", "create", "acme/site/amplitude", "--set", f"apiKey={API_KEY}")
    assert result.exit_code == 0
    assert "edgewise destination update acme/site/amplitude --enable" in result.stderr
    assert shell.json("destination", "show", "acme/site/amplitude")["enabled"] is False
    assert shell.json("destination", "update", "acme/site/amplitude", "--enable")["enabled"] is True
    assert shell.json("destination", "update", "acme/site/amplitude", "--disable")["enabled"] is False


def test_a_change_of_a_destination_leaves_what_it_does_not_name(shell: Shell) -> None:
    shell.ok("destination", "create", "acme/site/amplitude", "--set", f"apiKey={API_KEY}", "--enable")
    changed = shell.json("destination", "update", "acme/site/amplitude", "--set", "trackAllPages=true", "--name", "A")
    assert (changed["enabled"], changed["display_name"]) == (True, "A")
    assert (setting(changed, "apiKey"), setting(changed, "trackAllPages")) == (API_KEY, True)
    changed = shell.json("destination", "update", "acme/site/amplitude", "--unset", "trackAllPages")
    assert (setting(changed, "apiKey"), setting(changed, "trackAllPages")) == (API_KEY, None)
    changed = shell.json("destination", "update", "acme/site/amplitude", "--mode", "cloud")
    assert changed["connection_mode"] == "CLOUD"


def test_a_setting_both_set_and_unset_is_refused(shell: Shell) -> None:
    shell.ok("destination", "create", "acme/site/amplitude")
    arguments = ["destination", "update", "acme/site/amplitude", "--set", "apiKey=a", "--unset", "apiKey"]
    assert "both set and unset" in shell.refused(*arguments, code=2)


def test_values_are_read_by_the_types_of_the_catalog(shell: Shell) -> None:
    made = shell.json(
        "destination",
        "create",
        "acme/site/amplitude",
        "--set",
        "apiKey=12345678901234567890123456789012",
        "--set",
        "eventUploadThreshold=30",
        "--set",
        'traitsToIncrement=["logins"]',
        "--set",
        "batchEvents=false",
    )
    assert setting(made, "apiKey") == "12345678901234567890123456789012"
    assert setting(made, "eventUploadThreshold") == 30
    assert setting(made, "traitsToIncrement") == ["logins"]
    assert setting(made, "batchEvents") is False


def test_a_secret_comes_from_standard_input_and_is_never_shown(shell: Shell) -> None:
    secret = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
    arguments = ["destination", "create", "acme/site/amplitude", "--set", "secretKey=@-"]
    result = shell.run(*arguments, stdin=secret + "\n")
    assert result.exit_code == 0
    assert secret not in result.output
    shown = setting(shell.json("destination", "show", "acme/site/amplitude"), "secretKey")
    assert shown.startswith("••••")
    assert shown.endswith(secret[-4:])


def test_a_second_destination_of_a_definition_has_a_slug_of_its_own(shell: Shell) -> None:
    shell.ok("destination", "create", "acme/site/amplitude")
    made = shell.json("destination", "create", "acme/site/second", "--definition", "amplitude", "--name", "Second")
    assert (made["slug"], made["catalog_name"]) == ("second", "catalog/destinations/amplitude")
    changed = shell.json("destination", "update", "acme/site/second", "--set", "eventUploadThreshold=10")
    assert setting(changed, "eventUploadThreshold") == 10
    listed = shell.json("destination", "list", "acme/site")["destinations"]
    assert [one["slug"] for one in listed] == ["amplitude", "second"]
    shell.ok("destination", "delete", "acme/site/second", "--yes")
    assert "second" not in shell.ok("destination", "list", "acme/site")


def test_refusals_are_the_config_apis_own_texts(shell: Shell) -> None:
    enabling = ["destination", "create", "acme/site/amplitude", "--enable"]
    assert "apiKey" in shell.refused(*enabling)
    unknown = ["destination", "create", "acme/site/amplitude", "--set", "apyKey=abc"]
    assert "apyKey" in shell.refused(*unknown)
    assert "no-such-tool" in shell.refused("destination", "create", "acme/site/no-such-tool")
    assert "'windows' is no source type; allowed: " in shell.refused(
        "source", "create", "acme/app", "--type", "windows"
    )
    assert "workspaces/nobody was not found" in shell.refused("source", "list", "nobody")
    assert shell.json("destination", "list", "acme/site")["destinations"] == []


def test_a_mobile_source_is_told_what_the_app_packages(shell: Shell) -> None:
    shell.ok("source", "create", "acme/app", "--type", "ios")
    create = ["destination", "create", "acme/app/amplitude", "--set", f"apiKey={API_KEY}", "--enable"]
    result = shell.run(*create, "--mode", "device")
    assert result.exit_code == 0
    assert "Advice: " in result.stderr
    assert "SDK" in result.stderr
    advice = shell.json("destination", "update", "acme/app/amplitude", "--name", "A")["advice"]
    assert advice[0]["message"] in " ".join(result.stderr.split("\n"))


@pytest.mark.parametrize(
    "command",
    [
        ["workspace", "delete", "acme"],
        ["source", "delete", "acme/site"],
        ["write-key", "retire", "acme/site", KEY],
        ["destination", "delete", "acme/site/amplitude"],
        ["token", "revoke", "0a1b2c"],
    ],
    ids=" ".join,
)
def test_where_nobody_can_answer_deleting_needs_yes(shell: Shell, command: list[str]) -> None:
    shell.ok("destination", "create", "acme/site/amplitude")
    said = shell.refused(*command, code=2, stdin="y\n")
    assert "Add --yes" in said
    assert shell.json("write-key", "list", "acme/site")["write_keys"] == [KEY]
    assert len(shell.json("destination", "list", "acme/site")["destinations"]) == 1


def test_a_token_is_made_listed_shown_and_revoked(shell: Shell) -> None:
    arguments = ["--workspace", "acme", "--scope", "workspace:read,cache:purge", "--expires", "12h"]
    result = shell.run("token", "create", *arguments, "--description", "for the deploy")
    assert result.exit_code == 0
    assert result.stdout.strip().count(".") == 2
    assert "it is not shown again" in result.stderr
    (listed,) = shell.json("token", "list")["access_tokens"]
    assert listed["scopes"] == "workspace:read cache:purge"
    assert "token" not in listed
    shown = shell.ok("token", "show", listed["id"])
    assert "for the deploy" in shown
    assert result.stdout.strip() not in shown
    assert listed["id"] in shell.ok("token", "list")
    shell.ok("token", "revoke", listed["id"], "--yes")
    assert shell.json("token", "list")["access_tokens"] == []


def test_a_token_is_for_a_workspace_or_for_the_instance(shell: Shell) -> None:
    for both in ([], ["--workspace", "acme", "--instance"]):
        said = shell.refused("token", "create", "--scope", "workspace:read", *both, code=2)
        assert "Give --workspace or --instance" in said
    made = shell.json("token", "create", "--instance", "--scope", "workspace:read workspace:write")
    assert made["workspace_names"] == ["workspaces/*"]


def test_a_scope_that_does_not_exist_is_refused_with_those_that_do(shell: Shell) -> None:
    said = shell.refused("token", "create", "--workspace", "acme", "--scope", "everything")
    assert "'everything' is no scope; allowed: workspace:read" in said


def test_the_snippet_is_ready_for_a_page_and_names_the_edge(shell: Shell) -> None:
    at = Shell({**shell.env, "EDGE_PUBLIC_URL": "https://cdn.example.com"})
    html = at.ok("snippet", KEY)
    assert html.startswith("<script>\n")
    assert html.endswith("\n</script>\n")
    assert f'"{KEY}"' in html
    assert '"https://cdn.example.com"' in html
    assert at.json("snippet", KEY)["snippet"].strip() in html


def test_the_snippet_asks_for_the_loader_in_halves_where_code_is_apart_from_the_settings(shell: Shell) -> None:
    whole = shell.ok("snippet", KEY)
    changed = shell.run("source", "update", "acme/site", "--bundle", "separate")
    assert f"edgewise snippet {KEY}" in changed.stderr
    halved = shell.ok("snippet", KEY)
    assert ('"manifest"' in whole, '"manifest"' in halved) == (False, True)
    shell.ok("source", "update", "acme/site", "--client", "analytics-next")
    assert shell.ok("snippet", KEY) == whole


def test_explain_says_why_a_destination_is_not_published(shell: Shell) -> None:
    shell.ok("destination", "create", "acme/site/amplitude", "--set", f"apiKey={API_KEY}")
    said = shell.ok("explain", KEY)
    (line,) = [line for line in said.splitlines() if line.startswith("amplitude")]
    assert line.split()[2] == "no"
    assert "Warning: it has no API host" in said


def test_the_catalog_is_searched_and_shown(shell: Shell) -> None:
    found = shell.json("catalog", "list", "--search", "PIXEL")["destinations"]
    assert "facebook-pixel" in [one["slug"] for one in found]
    assert "amplitude" not in [one["slug"] for one in found]
    assert len(shell.json("catalog", "list")["destinations"]) >= 12
    shown = shell.ok("catalog", "show", "amplitude")
    assert "apiKey (string, required, public" in shown
    assert "secretKey (string, secret" in shown
    assert "javascript" in shell.ok("catalog", "sources")


def test_a_purge_is_an_entry_with_a_receipt(shell: Shell) -> None:
    purged = shell.json("purge", "--source", "acme/site", "--tag", f"key:{KEY}", "--revoke", "--reason", "leak")
    assert purged["verb"] == "revoke"
    assert f"key:{KEY}" in purged["tags"]
    assert purged["state"] == "pending"
    assert shell.json("receipt", str(purged["position"]))["position"] == purged["position"]
    assert "No node is running" in shell.ok("receipt", str(purged["position"]))
    assert "--tag all is everything" in shell.refused("purge", code=2)
    assert "changes/99999 was not found" in shell.refused("receipt", "99999")


def test_status_says_that_no_node_is_running(shell: Shell) -> None:
    result = shell.run("status")
    assert "No node is running: edgewise serve" in result.stderr
    assert shell.json("status")["nodes"] == []


def test_version_is_the_packages(shell: Shell) -> None:
    assert shell.json("version")["version"] in shell.ok("version")


def test_a_listing_holds_every_page(shell: Shell, data_dir: Path) -> None:
    with open_desk(Place(data_dir)) as desk:
        for index in range(53):
            desk.write("POST", "/workspaces", {"workspace": {"name": f"w{index}"}})
        assert desk.get("/workspaces")["next_page_token"] != ""
    listed = shell.json("workspace", "list")
    assert list(listed) == ["workspaces"]
    assert len({one["name"] for one in listed["workspaces"]}) == 54

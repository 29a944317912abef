"""Filters, consent and tracking plans, from a shell."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import KEY
from tests.cli.shell import Shell

AMPLITUDE = "acme/site/amplitude"


@pytest.fixture
def connected(shell: Shell) -> Shell:
    """A shell on a store whose source has an enabled destination."""
    shell.ok("destination", "create", AMPLITUDE, "--set", f"apiKey={'0' * 32}", "--enable", "--consent", "Analytics")
    return shell


def test_a_filter_is_created_listed_shown_changed_and_deleted(connected: Shell) -> None:
    shell = connected
    made = shell.json(
        "filter", "create", AMPLITUDE, "--if", 'type = "page"', "--block", "context.ip", "--block", "context.page.url",
        "--allow", "properties.plan", "--sample", "0.25", "--by", "userId", "--title", "Less", "--enable",
    )  # fmt: skip
    assert made["actions"] == [
        {"type": "sample_event", "percent": 0.25, "path": "userId"},
        {"type": "blacklist_fields", "fields": {"context": {"fields": ["ip"]}, "context.page": {"fields": ["url"]}}},
        {"type": "whitelist_fields", "fields": {"properties": {"fields": ["plan"]}}},
    ]
    name = f"{AMPLITUDE}/{made['id']}"
    assert made["id"] in shell.ok("filter", "list", AMPLITUDE)
    shown = shell.ok("filter", "show", name)
    assert "block context.ip, context.page.url" in " ".join(shown.split())
    assert name in shown
    changed = shell.json("filter", "update", name, "--drop", "--if", "all", "--disable")
    assert (changed["if"], changed["actions"], changed["enabled"]) == ("all", [{"type": "drop_event"}], False)
    assert changed["title"] == "Less"
    shell.ok("filter", "delete", name, "--yes")
    assert "has no filter" in shell.run("filter", "list", AMPLITUDE).stderr


def test_a_new_filter_is_off_and_says_how_to_enable_it(connected: Shell) -> None:
    result = connected.run("filter", "create", AMPLITUDE, "--if", "all", "--drop")
    assert "edgewise filter update acme/site/amplitude/df_" in result.stderr
    assert "drop the event" in result.stdout


def test_wrong_usage_of_filters_says_what_to_write(connected: Shell) -> None:
    for words, said in (
        (("create", AMPLITUDE, "--if", "all"), "Add --if (all is every event), and --drop"),
        (("create", AMPLITUDE, "--if", "all", "--by", "userId"), "Add --sample"),
        (("create", AMPLITUDE, "--if", "all", "--block", "email"), "Write it as properties.email"),
        (("update", f"{AMPLITUDE}/df_1"), "Add --if, --drop"),
        (("show", AMPLITUDE), "Write it as acme/site/amplitude/df_0123abcd"),
    ):
        assert said in " ".join(connected.refused("filter", *words, code=2).split())
    assert "column 6" in connected.refused("filter", "create", AMPLITUDE, "--if", "type == 1", "--drop")


def test_a_tracking_plan_is_read_from_a_file_shown_and_taken_away(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    plan = {"track": {"__default": {"enabled": False, "integrations": {}}, "A": {"enabled": True, "integrations": {}}}}
    file.write_text(json.dumps(plan), encoding="utf-8")
    assert shell.json("source", "update", "acme/site", "--tracking-plan", str(file))["tracking_plan"] == plan
    assert "1 events, 0 of them disabled; others disabled" in " ".join(shell.ok("source", "show", "acme/site").split())
    assert "tracking_plan" not in shell.json("source", "update", "acme/site", "--tracking-plan", "")
    shell.ok("source", "update", "acme/site", "--tracking-plan", "-", stdin=json.dumps(plan))
    assert shell.json("source", "show", "acme/site")["tracking_plan"] == plan
    file.write_text("{", encoding="utf-8")
    assert "is not JSON" in shell.refused("source", "update", "acme/site", "--tracking-plan", str(file), code=2)


def test_consent_is_set_and_taken_away(connected: Shell) -> None:
    assert connected.json("destination", "show", AMPLITUDE)["consent_categories"] == ["Analytics"]
    changed = connected.json("destination", "update", AMPLITUDE, "--consent", "B", "--consent", "A")
    assert changed["consent_categories"] == ["A", "B"]
    assert "exclude each other" in connected.refused(
        "destination", "update", AMPLITUDE, "--consent", "B", "--no-consent", code=2
    )
    assert connected.json("destination", "update", AMPLITUDE, "--no-consent")["consent_categories"] == []


def test_explain_tells_of_filters_consent_and_plan(connected: Shell) -> None:
    connected.ok("filter", "create", AMPLITUDE, "--if", "all", "--drop", "--enable")
    plan = json.dumps({"track": {"A": {"enabled": False}}})
    connected.ok("source", "update", "acme/site", "--tracking-plan", "-", stdin=plan)
    said = " ".join(connected.ok("explain", KEY).split())
    assert "1 events, 1 of them disabled; others enabled" in said
    assert "acme/site/amplitude needs consent to: Analytics" in said
    assert "drop_event" in said
    assert "page" in said

"""Claims about the verdict on a trial: each breach of the contract is a fault of its own, and a sound one has none."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edge.catalog.package import Package
from edge.catalog.skeleton import NewDestination, package_files
from edge.trial.report import Report
from edge.trial.verdict import judge

FILES = package_files(NewDestination("mail-tool", "Mail Tool", "https://cdn.mail-tool.example/tool.js"))
CODE = FILES[Path("mail-tool.js")]
DEFINITION, _ = Package("mail-tool", FILES[Path("mail-tool.toml")], "mailToolDestination", CODE).read()
METHODS = ["identify", "page", "track"]


def sound() -> dict[str, Any]:
    """What the page reports of code that keeps the contract."""
    plugin = {"name": "Mail Tool", "version": "1.0.0", "type": "destination", "missing": [], "methods": METHODS}
    return {
        "contract": {"globalType": "function", "plugins": [plugin], "withoutSettings": "account is missing"},
        "live": {
            "started": True,
            "loaded": [{"name": "Mail Tool", "ok": True}, {"name": "Mail Tool (2)", "ok": True}],
            "delivered": [{"call": method, "state": "delivered"} for method in METHODS],
            "collected": METHODS,
        },
        "official": {"started": True, "taken": METHODS},
    }


def told(report: dict[str, Any], standing: str) -> str:
    findings = judge(DEFINITION, CODE, Report.model_validate(report))
    return "\n".join(finding.text for finding in findings if finding.standing == standing)


def test_code_that_keeps_the_contract_has_no_fault_and_nothing_to_remark() -> None:
    assert told(sound(), "fault") == told(sound(), "note") == ""
    assert "took track, identify, page" in told(sound(), "ok")
    assert "works in the official client too" in told(sound(), "ok")


def contract(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda report: report["contract"].update(fields)


def plugin(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda report: report["contract"]["plugins"][0].update(fields)


def live(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda report: report["live"].update(fields)


def official(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda report: report["official"].update(fields)


@pytest.mark.parametrize(
    ("breach", "said"),
    [
        (contract(script="refused"), "the script did not run: refused"),
        (contract(errors=["x is not defined"]), "the script threw: x is not defined"),
        (contract(globalType="object"), r"window.mailToolDestination must be a function"),
        (contract(factoryError="no"), "the factory threw with the settings of the trial: no"),
        (contract(factoryLeft=["window.q was set"]), "window.q was set; that belongs into load"),
        (contract(plugins=[]), "the factory returned no plugin"),
        (plugin(missing=["version", "isLoaded"]), "Mail Tool has no version, no isLoaded"),
        (plugin(type="tracker"), 'has the type "tracker"'),
        (plugin(methods=["track", "page"]), "names identify, and the code has no such method"),
        (plugin(methods=[*METHODS, "group"]), "the code has group"),
        (live(started=False), "the client did not start"),
        (live(loaded=[]), "never said whether the destination was loaded"),
        (live(loaded=[{"name": "Mail Tool", "ok": False, "reason": "no script"}]), "load failed: no script"),
        (live(delivered=[]), "track was called and never came to an end"),
        (live(delivered=[{"call": "track", "state": "failed", "reason": "q is null"}]), "track failed: q is null"),
        (live(collected=["page"]), "the collector did not get track, identify"),
        (live(errors=["late"]), "an error nobody caught: late"),
        (lambda report: report.pop("live"), "the client did not start"),
        (lambda report: report.pop("official"), "the official client did not start"),
        (official(started=False), "the official client did not start"),
        (official(errors=["late"]), "under the official client, an error nobody caught: late"),
        (official(taken=["page", "track"]), "under the official client identify failed: it was not given"),
        (
            official(taken=["page", "track"], failed=[{"call": "identify", "state": "failed", "reason": "q is null"}]),
            "under the official client identify failed: q is null",
        ),
        (lambda report: report.pop("contract"), "sent no report"),
    ],
)
def test_a_breach_is_a_fault_that_says_what_is_wrong(breach: Callable[[dict[str, Any]], None], said: str) -> None:
    report = sound()
    breach(report)
    assert said in told(report, "fault")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (contract(otherGlobals=["q"]), "also sets window.q"),
        (contract(withoutSettings=None), "takes settings without account"),
        (
            live(loaded=[{"name": "1", "ok": True}, {"name": "2", "ok": False, "reason": "has a1 already"}]),
            "a page can have one: the second failed, saying: has a1 already",
        ),
        (live(blocked=["https://api.tool.example"]), "wanted to reach https://api.tool.example"),
    ],
)
def test_what_is_allowed_and_worth_knowing_is_a_note(change: Callable[[dict[str, Any]], None], said: str) -> None:
    report = sound()
    change(report)
    assert said in told(report, "note")
    assert told(report, "fault") == ""


def test_a_large_bundle_is_remarked_upon() -> None:
    code = "".join(f"f({number * 7919});" for number in range(6000))
    findings = judge(DEFINITION, code, Report.model_validate(sound()))
    assert any(finding.standing == "note" and "larger than usual" in finding.text for finding in findings)

"""`edgewise bundle`."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from edge.catalog.package import read_package
from edge.catalog.reader import read_text
from edge.cli.errors import USAGE, CliError
from edge.cli.listeners import bind_tcp
from edge.cli.options import AsJson
from edge.cli.output import emit, remark, say
from edge.cli.values import parse_sets
from edge.manage.problem import ProblemError
from edge.trial.browser import NAMES, find_browser
from edge.trial.report import Report
from edge.trial.trial import Trial, try_out
from edge.trial.verdict import Finding, judge

app = typer.Typer(no_args_is_help=True, help="Browser code of destinations.")

MARKS = {"ok": ("✓", "green"), "fault": ("✗", "bold red"), "note": ("•", "yellow")}


@app.callback()
def _group() -> None:
    """Keeps ``check`` a command of its own."""


@app.command()
def check(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="<slug>.toml, <slug>.js and bundle.json.")],
    *,
    sets: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting for it.")] = None,
    second: Annotated[
        list[str] | None, typer.Option("--second", metavar="NAME=VALUE", help="What a second one has otherwise.")
    ] = None,
    stub: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Runs in place of the vendor's script; nothing else is fetched.")
    ] = None,
    browser: Annotated[Path | None, typer.Option(help="Of the Chromium family; one is looked for.")] = None,
    timeout: Annotated[float, typer.Option(min=5, max=600, help="Seconds for all of it.")] = 60,
    as_json: AsJson = False,
) -> None:
    """Prove a destination's browser code against the contract, in a real browser.

    An edge of its own serves it to a page; what is in your store plays no
    part. Ends with 1 where something is at fault.
    """
    package = read_package(directory)
    definition, asset = package.read()
    if asset is None:
        raise CliError(f"{package.slug} has no browser code: there is nothing to check", "Its modes.web has no device.")
    types = {setting.name: setting.type for setting in definition.settings}
    settings = parse_sets(sets or (), types)
    trial = Trial(package, settings, settings | parse_sets(second or (), types), _text(stub))
    findings = judge(definition, package.code, _tried(trial, _browser(browser), timeout))
    sound = all(finding.standing != "fault" for finding in findings)
    if as_json:
        emit({"slug": package.slug, "sound": sound, "findings": [_shown(finding) for finding in findings]})
    else:
        _say(findings)
        if sound:
            remark(f"Next: edgewise catalog add {directory}")
    if not sound:
        raise typer.Exit(1)


def _tried(trial: Trial, browser: Path, timeout: float) -> Report:
    listener = bind_tcp("127.0.0.1", 0, "EDGE_PORT")
    try:
        return asyncio.run(try_out(trial, browser, listener, timeout))
    except ProblemError as problem:
        raise CliError(problem.text, "Give it the settings that it needs with --set NAME=VALUE.") from problem
    finally:
        listener.close()


def _browser(given: Path | None) -> Path:
    found = find_browser(given)
    if found is None:
        looked = f"{given} cannot be run" if given is not None else f"there is none of {', '.join(NAMES[:4])}"
        raise CliError(f"no browser: {looked}", "Install Chromium, or name one with --browser.", USAGE)
    return found


def _text(path: Path | None) -> str | None:
    return None if path is None else read_text(path)


def _shown(finding: Finding) -> dict[str, Any]:
    return {"standing": finding.standing, "text": finding.text}


def _say(findings: list[Finding]) -> None:
    for finding in findings:
        mark, style = MARKS[finding.standing]
        say(f"{mark} {finding.text}", style=style if finding.standing != "ok" else "")

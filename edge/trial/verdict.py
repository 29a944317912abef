"""From what a browser reported to what an author is told: pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import brotli

from edge.model.definition import Definition
from edge.trial.report import Contract, Live, Official, Report

Standing = Literal["ok", "fault", "note"]
TYPES = ("before", "enrichment", "destination", "after", "utility")
USUAL = 5 * 1024
"""Bytes of a bundle, compressed, above which its size is remarked upon: the catalog's own have 1 to 3 kB."""


@dataclass(frozen=True, slots=True)
class Finding:
    standing: Standing
    text: str


def judge(definition: Definition, code: str, report: Report) -> list[Finding]:
    """Every claim of the contract, in the order in which it is tried; what a fault prevents is not judged."""
    findings = list(_size(code))
    if report.contract is None:
        return [*findings, Finding("fault", "the page of the trial sent no report: is the browser able to run it?")]
    findings += _contract(definition, report.contract)
    if any(finding.standing == "fault" for finding in findings):
        return findings
    if report.live is None or not report.live.started:
        return [*findings, Finding("fault", "the client did not start on the page, so nothing could be delivered")]
    findings += _live(definition, report.live)
    if any(finding.standing == "fault" for finding in findings):
        return findings
    return [*findings, *_official(definition, report.official)]


def _size(code: str) -> Iterator[Finding]:
    raw = code.encode()
    compressed = len(brotli.compress(raw))
    text = f"{len(raw)} bytes, {compressed} compressed"
    yield Finding("note" if compressed > USUAL else "ok", text + (": larger than usual" if compressed > USUAL else ""))


def _contract(definition: Definition, seen: Contract) -> Iterator[Finding]:
    if seen.script is not None:
        yield Finding("fault", f"the script did not run: {seen.script}")
        return
    for error in seen.errors:
        yield Finding("fault", f"the script threw: {error}")
    library = definition.bundle.library_name if definition.bundle is not None else ""
    if seen.global_type != "function":
        yield Finding("fault", f"window.{library} must be a function that makes plugins; it is {seen.global_type}")
        return
    yield Finding("ok", f"sets window.{library} to a function")
    if seen.other_globals:
        yield Finding("note", f"also sets window.{', window.'.join(seen.other_globals)} when it runs")
    if seen.factory_error is not None:
        yield Finding("fault", f"the factory threw with the settings of the trial: {seen.factory_error}")
        return
    for left in seen.factory_left:
        yield Finding("fault", f"the factory did something to the page: {left}; that belongs into load")
    yield from _plugins(definition, seen)
    required = [setting.name for setting in definition.settings if setting.required and setting.expose]
    if required and seen.without_settings is None:
        yield Finding("note", f"the factory takes settings without {required[0]}; better throw, saying what is missing")


def _plugins(definition: Definition, seen: Contract) -> Iterator[Finding]:
    if not seen.plugins:
        yield Finding("fault", "the factory returned no plugin")
        return
    for plugin in seen.plugins:
        name = plugin.name or "a plugin"
        if plugin.missing:
            yield Finding("fault", f"{name} has no {', no '.join(plugin.missing)}")
        if plugin.type is not None and plugin.type not in TYPES:
            yield Finding("fault", f'{name} has the type "{plugin.type}"; allowed: {", ".join(TYPES)}')
    takes = {method for plugin in seen.plugins if plugin.type == "destination" for method in plugin.methods}
    promised: set[str] = set(definition.methods)
    for method in sorted(promised - takes):
        yield Finding("fault", f"methods in the definition names {method}, and the code has no such method")
    for method in sorted(takes - promised):
        yield Finding("fault", f"the code has {method}, and methods in the definition does not name it")
    if promised == takes:
        yield Finding("ok", f"takes {', '.join(sorted(takes))}, as the definition says")


def _live(definition: Definition, seen: Live) -> Iterator[Finding]:
    for error in seen.errors:
        yield Finding("fault", f"an error nobody caught: {error}")
    if not seen.loaded:
        yield Finding("fault", "the client never said whether the destination was loaded")
        return
    first, *others = seen.loaded
    if not first.ok:
        hint = "A page reaches only what this machine does: --stub FILE stands in for the vendor's script"
        yield Finding("fault", f"load failed: {first.reason}. {hint}")
        return
    yield Finding("ok", "load resolved, with the bundle's integrity checked by the browser")
    yield from _delivered(definition, seen)
    for other in others:
        if other.ok:
            yield Finding("ok", "a second destination of this definition works on the same page")
        else:
            yield Finding("note", f"a page can have one: the second failed, saying: {other.reason}")
    for url in sorted(set(seen.blocked)):
        yield Finding("note", f"the page wanted to reach {url}; name its host in hosts of the definition")


def _delivered(definition: Definition, seen: Live) -> Iterator[Finding]:
    states = {one.call: one for one in seen.delivered}
    for method in definition.methods:
        fared = states.get(method)
        if fared is None:
            yield Finding("fault", f"{method} was called and never came to an end")
        elif fared.state == "failed":
            yield Finding("fault", f"{method} failed: {fared.reason}")
    if all(method in states and states[method].state == "delivered" for method in definition.methods):
        yield Finding("ok", f"took {', '.join(definition.methods)}")
    lost = [method for method in definition.methods if method not in seen.collected]
    if lost:
        yield Finding("fault", f"the collector did not get {', '.join(lost)}: the code kept the client from delivering")
    else:
        yield Finding("ok", "the collector got every event too")


def _official(definition: Definition, seen: Official | None) -> Iterator[Finding]:
    if seen is None or not seen.started:
        yield Finding("fault", "the official client did not start with this code on its page")
        return
    for error in seen.errors:
        yield Finding("fault", f"under the official client, an error nobody caught: {error}")
    reasons = {one.call: one.reason for one in seen.failed}
    lost = [method for method in definition.methods if method not in seen.taken]
    for method in lost:
        yield Finding(
            "fault", f"under the official client {method} failed: {reasons.get(method) or 'it was not given'}"
        )
    if not lost and not seen.errors:
        yield Finding("ok", "works in the official client too")

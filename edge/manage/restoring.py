"""What becomes of each document of a source when it is rolled back: from what is and what was to what is to be. Pure.

then   now        is to be
yes    yes        as then, with the secrets of now; what is the same stays untouched
yes    no         made anew without secrets, disabled where it cannot run so
no     yes        deleted
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from edge.manage.differences import Action, Difference, Kind, differences
from edge.manage.filter_rules import check_on_device, check_size
from edge.manage.origins import Image
from edge.manage.problem import ProblemError
from edge.manage.rules import check_enabled, check_siblings, resolve_mode
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.filter import Filter
from edge.model.source import Source
from edge.store.diff import diff_of
from edge.store.documents import Document, is_lost, same_json


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one document. ``notes`` say what is not brought back, and what comes of that."""

    kind: Kind
    action: Action
    name: str
    title: str
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Planned:
    steps: list[Step] = field(default_factory=list)
    puts: list[Document] = field(default_factory=list)
    deletes: list[Document] = field(default_factory=list)
    needs: list[Definition] = field(default_factory=list)
    """Definitions whose browser code a page would load that it does not load now."""
    notes: list[str] = field(default_factory=list)


def restoring(now: Image, then: Image, at: float, versions: Sequence[str] = ()) -> Planned:
    """``now`` has the definitions of today, those of ``then``'s destinations too; ``at`` is the time of the change.
    ``versions`` are those of the official client that this edge has.
    """
    planned = Planned()
    _restore_source(planned, now.source, then.source, versions)
    kept: list[Destination] = []
    filters: list[Filter] = []
    matched: set[str] = set()
    for old in then.destinations:
        current = _match(old, now.destinations)
        definition = now.definitions.get(old.definition)
        if current is not None:
            matched.add(current.id)
        elif definition is None:
            planned.notes.append(
                f"{old.display_name} is not brought back: the catalog has no {old.definition!r} any more"
            )
            continue
        wanted = _Wanted(now.source, old, current, definition, then.definitions.get(old.definition))
        mine = [one for one in then.filters if one.destination_id == old.id]
        restored = _restore(planned, wanted, mine, at)
        kept.append(restored)
        present = [one for one in now.filters if current is not None and one.destination_id == current.id]
        filters += _restore_filters(planned, restored, mine, present, at)
    for gone in now.destinations:
        if gone.id not in matched:
            planned.steps.append(_step("destination", gone, None, now.definitions.get(gone.definition)))
            planned.deletes += [*(one for one in now.filters if one.destination_id == gone.id), gone]
    for one in kept:
        check_siblings(now.source, one, kept)
    check_size(kept, filters)
    return planned


def _restore_source(planned: Planned, now: Source, then: Source, versions: Sequence[str]) -> None:
    loader = then.loader
    if loader.official and loader != now.loader and loader.version not in versions:
        planned.notes.append(
            f"The client stays as it is now: this edge does not have version {loader.version} of {loader.client}."
        )
        loader = now.loader
    restored = replace(
        now, display_name=then.display_name, library=then.library, loader=loader, tracking_plan=then.tracking_plan
    )
    if restored != now:
        planned.puts.append(restored)
        planned.steps.append(_step("source", now, restored, None))
    if now.write_keys != then.write_keys:
        planned.notes.append("Write keys stay as they are now: a retired key is never used again.")


def _match(old: Destination, present: Sequence[Destination]) -> Destination | None:
    """The destination that ``old`` is now: itself, or one of the same definition that took its place since."""
    return next(
        (one for one in present if one.id == old.id),
        next((one for one in present if (one.slug, one.definition) == (old.slug, old.definition)), None),
    )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One destination as it was (``old``), as it is (``current``, if it is), and what is known of its settings."""

    source: Source
    old: Destination
    current: Destination | None
    definition: Definition | None
    earlier: Definition | None

    def is_secret(self, name: str) -> bool:
        """Secret now or then. A setting that a definition does not know counts as one."""
        known = [definition.setting(name) for definition in (self.definition, self.earlier) if definition is not None]
        return self.definition is None or any(setting is None or setting.secret for setting in known)

    def labels(self, names: Sequence[str]) -> str:
        settings = [self.definition.setting(name) if self.definition is not None else None for name in names]
        return ", ".join(
            one.display_name if one is not None else name for name, one in zip(names, settings, strict=True)
        )


def _restore(planned: Planned, wanted: _Wanted, filters: Sequence[Filter], at: float) -> Destination:
    old, current, definition = wanted.old, wanted.current, wanted.definition
    if current is not None and (is_lost(current) or definition is None):
        why = (
            "its settings cannot be decrypted"
            if is_lost(current)
            else f"the catalog has no {old.definition!r} any more"
        )
        planned.notes.append(f"{current.display_name} stays as it is now: {why}")
        return current
    settings, notes = _settings(wanted)
    restored = replace(
        current or old,
        display_name=old.display_name,
        enabled=old.enabled,
        mode=old.mode,
        consent_categories=old.consent_categories,
        settings=settings,
        updated_at=at,
    )
    if current is not None and _same(current, restored):
        return current
    if restored.enabled and definition is not None and not _runs_alike(current, restored):
        obstacle = _obstacle(wanted.source, restored, definition, filters)
        if obstacle:
            restored = replace(restored, enabled=False)
            notes.append(f"It will be disabled: {obstacle}")
        elif wanted.source.platform == "web" and restored.mode == "device":
            planned.needs.append(definition)
    if current is not None and _same(current, restored):
        if notes:
            planned.notes += [f"{current.display_name}: {note}" for note in notes]
        return current
    planned.puts.append(restored)
    planned.steps.append(_step("destination", current, restored, definition, notes))
    return restored


def _settings(wanted: _Wanted) -> tuple[Mapping[str, Any], list[str]]:
    """Those of then, but for secrets, which are those of now."""
    then: Mapping[str, Any] = {} if is_lost(wanted.old) else wanted.old.settings
    now: Mapping[str, Any] = wanted.current.settings if wanted.current is not None else {}
    if is_lost(wanted.old) and wanted.current is not None:
        return now, ["Its settings stay as they are now: those of then cannot be decrypted"]
    notes = ["Its settings are not brought back: they cannot be decrypted"] if is_lost(wanted.old) else []
    kept = {name: value for name, value in now.items() if wanted.is_secret(name)}
    hidden = sorted({name for name in then if wanted.is_secret(name)} | kept.keys())
    if hidden and wanted.current is not None:
        notes.append(f"Secrets stay as they are now: {wanted.labels(hidden)}")
    elif hidden:
        notes.append(f"Secrets are not brought back, set them anew: {wanted.labels(hidden)}")
    return {name: value for name, value in then.items() if not wanted.is_secret(name)} | kept, notes


def _obstacle(source: Source, destination: Destination, definition: Definition, filters: Sequence[Filter]) -> str:
    """Why it cannot be enabled as things are today; empty where it can."""
    try:
        resolve_mode(source, definition, destination.mode)
        check_enabled(source, destination, definition)
        check_on_device(destination, [replace(one, destination_name=destination.name) for one in filters])
    except ProblemError as problem:
        return problem.text.partition(": ")[2] or problem.text
    return ""


def _same(one: Destination | Filter, other: Destination | Filter) -> bool:
    """But for the time of the last change."""
    return _bare(one) == _bare(other) and (
        not isinstance(one, Destination)
        or not isinstance(other, Destination)
        or same_json(dict(one.settings), dict(other.settings))
    )


def _bare(one: Destination | Filter) -> Destination | Filter:
    return replace(one, updated_at=0.0)


def _runs_alike(current: Destination | None, restored: Destination) -> bool:
    """Whether it runs now as it would: what runs is not judged again."""
    return current is not None and (current.enabled, current.mode, current.settings) == (
        True,
        restored.mode,
        restored.settings,
    )


def _restore_filters(
    planned: Planned, destination: Destination, then: Sequence[Filter], now: Sequence[Filter], at: float
) -> list[Filter]:
    present = {one.id: one for one in now}
    restored: list[Filter] = []
    for old in then:
        current = present.pop(old.id, None)
        wanted = replace(old, destination_id=destination.id, destination_name=destination.name, updated_at=at)
        if current is not None and _same(current, wanted):
            restored.append(current)
            continue
        restored.append(wanted)
        planned.puts.append(wanted)
        planned.steps.append(_step("filter", current, wanted, None))
    for gone in present.values():
        planned.deletes.append(gone)
        planned.steps.append(_step("filter", gone, None, None))
    return restored


def _step(
    kind: Kind,
    before: Source | Destination | Filter | None,
    after: Source | Destination | Filter | None,
    definition: Definition | None,
    notes: Sequence[str] = (),
) -> Step:
    shown = after or before
    assert shown is not None, "a step is about a document"  # noqa: S101
    action: Action = "created" if before is None else "deleted" if after is None else "changed"
    title = (shown.title or shown.id) if isinstance(shown, Filter) else shown.display_name
    found = differences(diff_of(before, after, definition), definition)
    return Step(kind, action, shown.name, title, found, tuple(notes))

"""What is held against a destination that is to be enabled, or is and changes."""

from collections.abc import Sequence

from edge.manage.filter_rules import check_on_device, check_size
from edge.manage.proof import Proven, UnprovenError
from edge.manage.rules import check_enabled, check_siblings, resolve_mode
from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.source import Source
from edge.store.view import View


async def check_change(
    view: View,
    source: Source,
    before: Destination,
    after: Destination,
    *,
    definition: Definition,
    proven: Proven,
) -> None:
    """The rules for what is enabled now. A new name alone is not held against what was enabled before."""
    siblings = await view.destinations(source.id)
    check_siblings(source, after, siblings)
    same = (before.enabled, before.mode, before.settings) == (True, after.mode, after.settings)
    if not after.enabled or same:
        return
    resolve_mode(source, definition, after.mode)
    check_enabled(source, after, definition)
    await _check_filters(view, after, siblings)
    bundle = definition.bundle if source.platform == "web" and after.mode == "device" else None
    if bundle is not None and bundle not in proven:
        raise UnprovenError(definition, bundle)


async def _check_filters(view: View, after: Destination, siblings: Sequence[Destination]) -> None:
    filters = await view.filters(siblings)
    check_on_device(after, [one for one in filters if one.destination_id == after.id])
    check_size([after, *(one for one in siblings if one.id != after.id)], filters)

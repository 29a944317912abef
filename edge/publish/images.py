"""What a document contributes to public bytes, for the store to compare before and after a change."""

from collections.abc import Mapping, Sequence

import orjson

from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.filter import Filter
from edge.model.source import Source
from edge.publish.manifest import build
from edge.publish.wire import Origin, integrations_document, settings_document, to_json

NOWHERE = Origin("", "")
"""Stands in for what each instance adds by itself, and no change of a document alters."""


class PublishedImages:
    """Compared as bytes: 1, 1.0 and True are equal in Python but not on the wire."""

    def source_image(
        self,
        source: Source,
        destinations: Sequence[Destination],
        definitions: Mapping[str, Definition],
        filters: Sequence[Filter] = (),
    ) -> object:
        """Exactly what the wire shows of the source, so that a change purges if and only if it shows."""
        manifest = build(source, destinations, definitions, filters)
        # Where code is only matters where there is some, and to our own client.
        bundling = source.loader.bundle if manifest.plugins and not source.loader.official else None
        loader = [source.loader.slug, bundling]
        return to_json([settings_document(manifest, "", NOWHERE), integrations_document(manifest), loader])

    def definition_image(self, definition: Definition) -> object:
        """All of the definition that ``source_image`` may depend on; equal images spare looking at its sources."""
        exposed_settings = [(s.name, s.default) for s in definition.settings if s.expose and not s.secret]
        modes = {platform: sorted(supported) for platform, supported in definition.modes.items()}
        names = (definition.slug, definition.name, definition.creation_name, definition.category)
        return orjson.dumps((names, modes, exposed_settings, definition.bundle), option=orjson.OPT_SORT_KEYS)

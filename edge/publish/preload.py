"""What a page may have its browser fetch beside the loader: code that the loader would ask for one request later."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from edge.publish.manifest import Plugin
from edge.publish.wire import Origin, asset_path


@dataclass(frozen=True, slots=True)
class Preload:
    """An immutable file, and the integrity with which our client asks for it: what was preloaded is of use only to a
    request of the same kind."""

    url: str
    integrity: str

    def element(self) -> str:
        """HTML Standard, "Link type preload"."""
        url, integrity = escape(self.url), escape(self.integrity)
        return f'<link rel="preload" as="script" fetchpriority="low" crossorigin href="{url}" integrity="{integrity}">'


def preloads_of(plugins: Sequence[Plugin], origin: Origin) -> list[Preload]:
    """For the code of ``plugins``, once for each file."""
    found = [
        Preload(origin.public_url + asset_path(one.slug, one.bundle.hash), one.bundle.integrity) for one in plugins
    ]
    return list(dict.fromkeys(found))

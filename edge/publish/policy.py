"""What a page's Content Security Policy must allow for a source: https://www.w3.org/TR/CSP3/.

Two forms: by a nonce, where the page can make one for each answer, and by hosts, where it cannot.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args
from urllib.parse import urlsplit

from edge.model.definition import Definition, Directive
from edge.model.destination import Destination
from edge.model.source import Source
from edge.publish.manifest import exposed
from edge.publish.placement import place
from edge.publish.wire import Origin, collector
from edge.store.documents import is_lost

NONCE = "'nonce-VALUE'"
OF_HOSTS: tuple[Directive, ...] = ("script-src", "connect-src", "img-src")
"""What the hosts of a definition are for, unless it names a directive."""
DIRECTIVES: tuple[Directive, ...] = get_args(Directive)
_PLACE_OF = re.compile(r"\{([A-Za-z][A-Za-z0-9_-]*)\}\Z")
_HOST = re.compile(r"(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+(?::[0-9]{1,5})?\Z")


@dataclass(frozen=True, slots=True)
class PagePolicy:
    """Two values of ``Content-Security-Policy``, of which a page needs one, to be merged with what it has.

    ``by_nonce``: VALUE is made anew for each answer, and is the ``nonce`` of the page's script elements. ``by_hosts``
    names the snippet by its hash, so the page must carry it exactly as it is printed.
    """

    by_nonce: str
    by_hosts: str


def page_policy(
    source: Source,
    destinations: Sequence[Destination],
    definitions: Mapping[str, Definition],
    origin: Origin,
    inline: str,
) -> PagePolicy:
    """``inline`` is the text between the tags of the snippet's script element."""
    edge = _origin_of(origin.public_url)
    target = collector(source.library, origin)
    events = _origin_of(f"{target.protocol}://{target.host}")
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    needed: dict[Directive, set[str]] = {directive: set() for directive in DIRECTIVES}
    for directive, wanted in _vendors(source, destinations, definitions):
        needed[directive].add(wanted)
    scripts = sorted(needed.pop("script-src"))
    connections = dict.fromkeys((edge, events, *sorted(needed.pop("connect-src"))))
    others = ((directive, *sorted(sources)) for directive, sources in needed.items() if sources)
    rest = (("connect-src", *connections), *others)
    return PagePolicy(
        by_nonce=_text(("script-src", NONCE, "'strict-dynamic'"), *rest),
        by_hosts=_text(("script-src", f"'sha256-{digest}'", edge, *scripts), *rest),
    )


def _vendors(
    source: Source, destinations: Sequence[Destination], definitions: Mapping[str, Definition]
) -> Iterator[tuple[Directive, str]]:
    """Directive and source of everything that the code on the source's pages needs."""
    for destination in destinations:
        definition = definitions.get(destination.definition)
        if definition is None or place(source.platform, destination, definition).place != "plugin":
            continue
        settings = {} if is_lost(destination) else exposed(destination, definition)
        for directive, stated in _stated(definition):
            if filled := _filled(stated, settings):
                yield directive, filled


def _stated(definition: Definition) -> Iterator[tuple[Directive, str]]:
    """As the definition has it. A socket is a connection and nothing else."""
    for host in definition.hosts:
        yield from ((one, host) for one in OF_HOSTS if one == "connect-src" or not host.startswith("wss:"))
    for directive, sources in definition.directives.items():
        yield from ((directive, one) for one in sources)


def _filled(host: str, settings: Mapping[str, Any]) -> str:
    """A host as the definition states it, or the one in the setting that it names; empty where that is none."""
    named = _PLACE_OF.match(host)
    if named is None:
        return host
    value = str(settings.get(named[1], "")).strip()
    return _origin_of(value if "//" in value else f"https://{value.partition('/')[0]}")


def _origin_of(url: str) -> str:
    """Scheme and host, or nothing: whatever a setting holds, it adds no word of its own to a policy."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if _HOST.match(parts.netloc) is None:
        return ""
    return f"{parts.scheme or 'https'}://{parts.netloc}" if parts.scheme in ("http", "https", "") else ""


def _text(*directives: tuple[str, ...]) -> str:
    return "; ".join(map(" ".join, directives))

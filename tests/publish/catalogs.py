"""Random definitions, sources and destinations: as odd as what the store accepts, few enough to meet each other."""

from typing import Any

from hypothesis import strategies as st

from edge.model.asset import Asset
from edge.model.definition import Bundle, ConnectionMode, Definition, Setting
from edge.model.destination import Destination
from edge.model.source import LibraryConfig, Platform, Source
from tests.support.world import asset

CODES: tuple[Asset, ...] = tuple(asset(f"window.plugin{number} = () => ({{}});") for number in range(3))
SLUGS = ("adze", "bolt", "clamp", "drill")
TYPES = ("javascript", "javascript", "ios", "kotlin", "python")
NAMES = ("alpha", "beta", "__proto__", "constructor", "token")
HOSTS = (None, "t.shop.example/v1", "https://t.shop.example/v1", "http://t.shop.example/v1", "t.shop.example")
"""The second and third say the same to a client."""

AWKWARD = (
    "</script>",
    "</SCRIPT >",
    "<!--",
    "<script",
    "]]>",
    "&amp;",
    "\u2028",
    "\u2029",
    "\\",
    '"',
    "'",
    "\n",
    "\x7f",
    "é",
    "😀",
    "${x}",
    "*/",
)
"""What ends a string, a comment or a script somewhere."""

texts = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
    st.lists(st.sampled_from(AWKWARD), max_size=4).map("".join),
)
scalars = st.one_of(
    texts, st.booleans(), st.integers(-3, 3), st.floats(-3, 3).map(lambda number: round(number, 1)), st.none()
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | texts, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def settings_of_definition(draw: st.DrawFn) -> tuple[Setting, ...]:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
    made: list[Setting] = []
    for name in names:
        kind = draw(st.sampled_from(["exposed", "hidden", "secret", "password"]))
        default = draw(st.none() | scalars) if kind == "exposed" else None
        made.append(
            Setting(
                name,
                name.title(),
                "password" if kind == "password" else "mixed",
                default=default,
                expose=kind == "exposed",
                secret=kind in ("secret", "password"),
            )
        )
    return tuple(made)


@st.composite
def definitions(draw: st.DrawFn, slug: str) -> Definition:
    """One version of the definition ``slug``; its creation name belongs to it alone."""
    # Mostly complete: what publishes nothing can show nothing either.
    both: tuple[ConnectionMode, ...] = ("device", "cloud")
    choices: list[tuple[ConnectionMode, ...]] = [both, both, both, ("device",), ("cloud",), ()]
    some_modes = st.sampled_from(choices)
    modes: dict[Platform, tuple[ConnectionMode, ...]] = {
        "web": draw(some_modes),
        "mobile": draw(some_modes),
        "server": draw(st.sampled_from([(), ("cloud",)])),
    }
    code = draw(st.sampled_from([*CODES, None]))
    name = slug.title() + draw(st.sampled_from(["", " <2>"]))
    return Definition(
        slug=slug,
        name=name,
        creation_name=name,
        description=draw(st.sampled_from(["", "A tool."])),
        website="https://tool.example",
        category=draw(st.sampled_from(["Analytics", "Raw & Data"])),
        modes=modes,
        settings=draw(settings_of_definition()),
        methods=("track",),
        sdk={},
        bundle=Bundle(code.hash, draw(st.sampled_from(["toolPlugin", "toolPlugin2"])), code.integrity)
        if code
        else None,
    )


catalogs = st.tuples(*(definitions(slug) for slug in SLUGS))

libraries = st.builds(
    LibraryConfig,
    api_host=st.sampled_from(HOSTS),
    metrics_enabled=st.booleans(),
    retry_queue=st.booleans(),
    cross_domain_id_enabled=st.booleans(),
)


def source_named(slug: str, kind: str, keys: tuple[str, ...], library: LibraryConfig) -> Source:
    return Source(f"s-{slug}", "acme", slug, kind, slug.title(), keys, 1.0, library=library)


destination_settings = st.dictionaries(st.sampled_from(NAMES) | texts, values, max_size=4)


@st.composite
def destinations(draw: st.DrawFn, source: Source, slug: str) -> Destination:
    """A destination of ``source``, in any mode, also one that its definition does not have."""
    modes: tuple[ConnectionMode, ...] = ("device", "device", "cloud")
    definition = draw(st.sampled_from(SLUGS))
    return Destination(
        id=f"d-{source.slug}-{slug}",
        source_id=source.id,
        source_name=source.name,
        slug=slug,
        definition=definition,
        display_name=slug.title(),
        enabled=draw(st.sampled_from([True, True, False])),
        mode=draw(st.sampled_from(modes)),
        created_at=1.0,
        updated_at=1.0,
        settings=draw(destination_settings),
        consent_categories=draw(st.sampled_from([(), (), ("ads",), ("ads", "stats")])),
    )

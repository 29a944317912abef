"""What the store compares to learn whether a change shows."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.model.definition import Definition
from edge.model.destination import Destination
from edge.model.source import Source
from edge.publish.images import PublishedImages
from tests.publish.catalogs import SLUGS, TYPES, definitions, destinations, libraries, source_named
from tests.support.world import DEVICE, IN_DEVICE, SOURCE

IMAGES = PublishedImages()
PARTS = ("name", "creation_name", "category", "description", "modes", "settings", "bundle")


@st.composite
def two_versions(draw: st.DrawFn) -> tuple[Source, list[Destination], Definition, Definition]:
    """A source, and two versions of one definition that differ in one part at most."""
    source = source_named("shop", draw(st.sampled_from(TYPES)), ("key-00000001",), draw(libraries))
    drawn = [draw(destinations(source, f"n{number}")) for number in range(draw(st.integers(1, 3)))]
    one, other = draw(definitions(SLUGS[0])), draw(definitions(SLUGS[0]))
    part = draw(st.sampled_from(PARTS))
    return (
        source,
        [replace(each, definition=SLUGS[0]) for each in drawn],
        one,
        replace(one, **{part: getattr(other, part)}),
    )


@given(two_versions())
@settings(deadline=None, max_examples=300)
def test_definitions_of_one_image_make_sources_of_one_image(
    drawn: tuple[Source, list[Destination], Definition, Definition],
) -> None:
    """Only where a definition's image differs does the store look at the sources that use it."""
    source, made, one, other = drawn
    if IMAGES.definition_image(one) == IMAGES.definition_image(other):
        assert IMAGES.source_image(source, made, {one.slug: one}) == IMAGES.source_image(
            source, made, {one.slug: other}
        )


def test_equal_numbers_of_different_types_are_different_images() -> None:
    images = {
        IMAGES.source_image(SOURCE, [replace(IN_DEVICE, settings={"apiKey": value})], {"tally": DEVICE})
        for value in (1, 1.0, True, "1")
    }
    assert len(images) == 4

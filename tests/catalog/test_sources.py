from edge.catalog.sources import SOURCE_TYPES
from edge.model.source import PLATFORM_OF_TYPE


def test_every_source_type_has_one_entry_and_no_entry_is_of_no_type() -> None:
    assert set(SOURCE_TYPES) == set(PLATFORM_OF_TYPE)


def test_an_entry_names_its_platform_and_its_place_in_the_catalog() -> None:
    kotlin = SOURCE_TYPES["kotlin"]
    assert (kotlin.platform, kotlin.name) == ("mobile", "catalog/sources/kotlin")


def test_entries_can_be_told_apart_and_say_something() -> None:
    entries = SOURCE_TYPES.values()
    assert len({entry.display_name for entry in entries}) == len(entries)
    assert all(entry.description.endswith(".") for entry in entries)

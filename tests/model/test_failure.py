"""Claims about what is logged of an exception nobody foresaw."""

from edge.model.failure import places_of


def test_places_are_files_and_lines_and_no_text_of_the_error() -> None:
    try:
        int("s3cr3t")
    except ValueError as error:
        (place,) = places_of(error)
    assert place.partition(".py:")[0].endswith("test_failure")
    assert "s3cr3t" not in place

"""What is wrong with a text in FQL."""


class FqlError(Exception):
    """``column`` counts characters from 1; the text says what is wrong there and what is allowed."""

    def __init__(self, column: int, text: str) -> None:
        super().__init__(f"column {column}: {text}")
        self.column = column
        self.text = text


class NoDeviceFormError(FqlError):
    """A condition that is right, and that no client on a device can evaluate as it is meant."""

"""What may be logged of an exception nobody foresaw: its type and where it came from, never its text.

Texts quote what was being worked on, and that may be a credential.
"""

import traceback


def places_of(error: BaseException) -> list[str]:
    """``file:line`` of every frame, the outermost first."""
    return [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]

"""Saying once that something is away, and once that it is back."""

import structlog

from edge.model.failure import places_of

log = structlog.get_logger()


class Outage:
    """One part of Redis' work here. Redis is never the truth, so its absence is a warning and never an error."""

    def __init__(self, part: str, place: str, expected: tuple[type[BaseException], ...]) -> None:
        self._part = part
        self._place = place
        self._expected = expected
        self._lasts = False

    def began(self, error: BaseException) -> None:
        if not self._lasts:
            # The type alone: texts may quote what was sent. What nobody foresaw also says where it came from.
            frames = [] if isinstance(error, self._expected) else places_of(error)
            name = type(error).__name__
            log.warning("redis does not answer", part=self._part, redis=self._place, error=name, frames=frames)
        self._lasts = True

    def ended(self) -> None:
        if self._lasts:
            log.info("redis answers again", part=self._part, redis=self._place)
        self._lasts = False

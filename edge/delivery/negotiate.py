"""Which encoding a client gets, and whether it has the bytes already."""

from functools import lru_cache

from edge.publish.variants import Encoding, Variant

_PREFERRED: tuple[Encoding, ...] = ("br", "gzip")
_LONGEST = 512


def choose_encoding(accept_encoding: str) -> Encoding:
    """The best encoding that the client accepts with q > 0 (RFC 9110 section 12.5.3): br, then gzip, then identity.

    ``*`` is not taken as consent to a coding that the client does not name: some send it without being able to decode.
    """
    return _choose(accept_encoding) if len(accept_encoding) <= _LONGEST else "identity"


@lru_cache(maxsize=256)
def _choose(accept_encoding: str) -> Encoding:
    accepted = set()
    for item in accept_encoding.lower().split(","):
        coding, *parameters = (part.strip() for part in item.split(";"))
        if all(_quality(parameter) > 0 for parameter in parameters if parameter.startswith("q=")):
            accepted.add(coding)
    return next((encoding for encoding in _PREFERRED if encoding in accepted), "identity")


def _quality(parameter: str) -> float:
    try:
        return float(parameter.removeprefix("q="))
    except ValueError:
        return 0.0


def matches(if_none_match: str, etag: str) -> bool:
    """Whether ``If-None-Match`` names ``etag``, compared weakly (RFC 9110 section 13.1.2): lists, ``W/``, ``*``."""
    if not if_none_match:
        return False
    if if_none_match.strip() == "*":
        return True
    return any(candidate.strip().removeprefix("W/") == etag for candidate in if_none_match.split(","))


def confirmed(if_none_match: str, variant: Variant) -> str | None:
    """The ETag that a 304 confirms: of ``variant``, or of what it replaces; ``None`` where the client has neither.

    It is the one that the client named. A cache takes the headers of a 304 for those of the bytes that it has (RFC 9111
    section 4.3.4): told the new ETag, it would have the old bytes under it, and join parts of both by ranges.
    """
    if not if_none_match:
        return None
    named = (etag for etag in (variant.etag, variant.replaces) if etag is not None)
    return next((etag for etag in named if matches(if_none_match, etag)), None)

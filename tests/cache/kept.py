"""Documents and instants for what is kept on a disk."""

from edge.model.instant import Instant
from edge.model.outcome import Found, Missing
from edge.model.position import AsOf
from edge.publish.publication import Publication, Wanted
from edge.publish.variants import encode
from tests.support.clock import MORNING
from tests.support.world import KEY, OTHER_KEY

WANTED = Wanted("settings", KEY)
OTHER = Wanted("settings", OTHER_KEY)
TAGS = frozenset({"source:s1", f"key:{KEY}", "all"})
NOW = Instant(MORNING, 1000.0)


def place(position: int, epoch: str = "e1", life: str = "") -> AsOf:
    return AsOf(epoch, position, f"{life}{position}")


def document(position: int, *, epoch: str = "e1", word: str = "", life: str = "") -> Found[Publication]:
    """A document read at ``position``; its body says which."""
    body = f'{{"word":"{word or position}"}}'.encode()
    return Found(Publication("settings", position, encode(body)), place(position, epoch, life), TAGS)


def missing(position: int) -> Missing:
    return Missing(place(position), frozenset({f"key:{KEY}", "all"}))


def word_of(found: Found[Publication]) -> str:
    return found.value.variants["identity"].body.decode().split('"')[3]

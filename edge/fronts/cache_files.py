"""The files of nginx's cache: where a variant lies, and dropping them all.

nginx names a file by the MD5 of its cache key; ``levels=1:2`` puts it beneath its last character and the two before.
"""

import hashlib
import os
from pathlib import Path

from edge.fronts.front import FrontError
from edge.publish.publication import Kind
from edge.publish.variants import Encoding

CODING: dict[Encoding, str] = {"identity": "", "gzip": "gzip", "br": "br"}
"""How ``nginx.conf`` writes an encoding into the key."""


def cache_key(kind: Kind, write_key: str, encoding: Encoding) -> str:
    """``proxy_cache_key`` of ``nginx.conf``."""
    return f"{kind}/{write_key}|{CODING[encoding]}"


class CacheFiles:
    """The directory of one nginx. ``known`` once a copy was found where it has to be: until then that a file is not
    there says nothing, since the directory may be another one, or laid out in another way."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.known = False

    def path(self, kind: Kind, write_key: str, encoding: Encoding) -> Path:
        name = hashlib.md5(cache_key(kind, write_key, encoding).encode(), usedforsecurity=False).hexdigest()
        return self.directory / name[-1] / name[-3:-1] / name

    def held(self, kind: Kind, write_key: str, encoding: Encoding) -> bool:
        """Whether nginx may hold this variant; ``False`` only when it is certain that it does not."""
        try:
            self.path(kind, write_key, encoding).stat()
        except FileNotFoundError:
            return not self.known
        except OSError:
            return True
        self.known = True
        return True

    def empty(self) -> int:
        """Unlink every file beneath the directory; how many. Raises FrontError for what may not be unlinked.

        What nginx stores meanwhile may stay: whoever empties does so once more when nothing older can be on its way.
        """
        unlinked = 0
        try:
            for place, _, names in os.walk(self.directory, onerror=_raise):
                for name in names:
                    unlinked += _unlink(Path(place) / name)
        except OSError as error:
            where = error.filename or self.directory
            raise FrontError(
                f"the cache cannot be emptied: {where}: {error.strerror}; nodes must run as the user of nginx's workers"
            ) from error
        return unlinked


def _unlink(path: Path) -> int:
    """nginx takes files away by itself, too."""
    try:
        path.unlink()
    except FileNotFoundError:
        return 0
    return 1


def _raise(error: OSError) -> None:
    """A directory that is not there holds nothing: nginx makes it when it starts."""
    if not isinstance(error, FileNotFoundError):
        raise error

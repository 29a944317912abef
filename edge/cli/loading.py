"""Loading a program without searching it for garbage, in this process or in one that it starts.

Nothing that a module makes while it is loaded is garbage, and looking for some again and again took a third of a start.
This module itself loads next to nothing: a worker has to know it before it loads the rest.
"""

import gc
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self


@contextmanager
def unsearched() -> Iterator[None]:
    """What is made inside is never searched for garbage, neither now nor later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@dataclass(frozen=True, slots=True)
class Later:
    """A call for another process to make, which loads what the call needs only then. ``call`` is pickled."""

    call: bytes

    @classmethod
    def of(cls, call: Callable[[], Any]) -> Self:
        return cls(pickle.dumps(call))

    def __call__(self) -> Any:
        with unsearched():
            call = pickle.loads(self.call)  # noqa: S301 - from the process that started this one
        return call()

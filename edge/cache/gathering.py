"""What is asked for one by one in one turn of the event loop, asked for together in the next.

    a change is applied ──► its documents are read, each by a flight of its own ──► one question for all of them

Whatever is answered was asked after each of those who wait for it had come: nobody is given what was read before (I2).
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Gathering(Generic[K, V]):
    """``several`` is given keys of one ``group``, each once, and answers for every one of them or raises for all.

    Groups wait for nothing of each other.
    """

    def __init__(
        self,
        several: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]],
        group: Callable[[K], Hashable] = lambda _key: None,
    ) -> None:
        self._several = several
        self._group = group
        self._asked: dict[Hashable, dict[K, asyncio.Future[V]]] = {}
        self._questions: set[asyncio.Task[None]] = set()

    async def ask(self, key: K) -> V:
        """Raises what ``several`` raises. One that is cancelled takes nobody with it (I32)."""
        group = self._group(key)
        asked = self._asked.get(group)
        if asked is None:
            asked = self._asked[group] = {}
            question = asyncio.create_task(self._ask(group))
            self._questions.add(question)
            question.add_done_callback(self._questions.discard)
        answer = asked.get(key)
        if answer is None:
            answer = asked[key] = asyncio.get_running_loop().create_future()
        return await asyncio.shield(answer)

    async def close(self) -> None:
        """End what is asked; those who wait for it are cancelled."""
        for question in self._questions:
            question.cancel()
        await asyncio.gather(*self._questions, return_exceptions=True)

    async def _ask(self, group: Hashable) -> None:
        # From here on another caller is asked for anew: this question is sent now.
        asked = self._asked.pop(group)
        try:
            found = await self._several([*asked])
        except Exception as error:
            for answer in asked.values():
                answer.set_exception(error)
                # Whoever asked may have been cancelled: then nobody wants to hear of it.
                answer.exception()
        else:
            for key, answer in asked.items():
                answer.set_result(found[key])
        finally:
            for answer in asked.values():
                answer.cancel()

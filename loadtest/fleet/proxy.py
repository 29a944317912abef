"""A proxy whose connections can be cut, stalled and healed: a network that fails, without its tools.

flowing ──► cut      connections are closed, new ones are closed at once       ──► heal ──► flowing
        └─► stalled  connections stay open, new ones are accepted, nothing moves ──┘
"""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

Address = tuple[str, int] | Path
"""Host and port, or a Unix socket."""
State = Literal["flowing", "cut", "stalled"]
Hook = Callable[[bytes], Awaitable[None]]
Sockets = Callable[[], socket.socket]
"""Makes a TCP socket, in whichever network."""
CHUNK = 65536
SECONDS = 20.0
BACKLOG = 256


def tcp() -> socket.socket:
    """In the network of the thread that calls. asyncio sends at once (TCP_NODELAY) only where the protocol is named."""
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)


class Proxy:
    """Listens on a port of its own of host ``at``, or on the Unix socket ``at``; what comes is passed to ``target``,
    both ways. It listens on a socket of ``listens``, and asks from those of ``asks``.

    It runs in a thread with its own event loop; every method may be called from anywhere, and has taken effect when it
    returns. What a stalled connection was given is delivered when it heals, as TCP does.
    """

    def __init__(
        self,
        target: Address,
        at: str | Path = "127.0.0.1",
        *,
        listens: Sockets = tcp,
        asks: Sockets = tcp,
    ) -> None:
        self.target = target
        self._asks = asks
        self.accepted = 0
        self._state: State = "flowing"
        if isinstance(at, Path):
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(str(at))
            self.host, self.port = "", 0
        else:
            self._listener = listens()
            self._listener.bind((at, 0))
            self.host, self.port = at, int(self._listener.getsockname()[1])
        self._listener.listen(BACKLOG)
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self) -> None:
        self._thread.start()
        self._call(self._serve())

    def stop(self) -> None:
        if self._thread.is_alive():
            self._call(self._shut())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(SECONDS)
        self._loop.close()
        self._listener.close()

    def cut(self) -> None:
        self._call(self._turn("cut"))

    def stall(self) -> None:
        self._call(self._turn("stalled"))

    def heal(self) -> None:
        self._call(self._turn("flowing"))

    async def asked(self, connection: int, data: bytes) -> None:
        """Called before ``data`` is passed on to the target, for a proxy that reads along."""

    async def answered(self, connection: int, data: bytes) -> None:
        """Called before ``data`` is passed back."""

    async def left(self, connection: int) -> None:
        """Called when whoever asks will ask no more on this connection, and may not wait for answers either."""

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(SECONDS)

    async def _serve(self) -> None:
        serve = asyncio.start_unix_server if self._listener.family == socket.AF_UNIX else asyncio.start_server
        self._server = await serve(self._accept, sock=self._listener)

    async def _shut(self) -> None:
        self._server.close()
        self._drop()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _turn(self, state: State) -> None:
        self._state = state
        if state == "flowing":
            self._flowing.set()
        else:
            self._flowing.clear()
        if state == "cut":
            self._drop()

    def _drop(self) -> None:
        for writer in self._open:
            # A reset rather than a farewell: what is cut sends no FIN.
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        connection = self.accepted
        if self._state == "cut":
            writer.transport.abort()
            return
        self._open.add(writer)
        onward: asyncio.StreamWriter | None = None
        try:
            await self._flowing.wait()
            answers, onward = await self._reach()
            self._open.add(onward)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._ask(connection, reader, onward))
                both.create_task(self._pass(answers, writer, lambda data: self.answered(connection, data)))
        except (OSError, ExceptionGroup):
            pass
        finally:
            for end in (writer, onward):
                if end is not None:
                    self._open.discard(end)
                    end.close()

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.target, Path):
            return await asyncio.open_unix_connection(self.target)
        onward = self._asks()
        onward.setblocking(False)
        try:
            await self._loop.sock_connect(onward, self.target)
        except BaseException:
            onward.close()
            raise
        return await asyncio.open_connection(sock=onward)

    async def _ask(self, connection: int, reader: asyncio.StreamReader, onward: asyncio.StreamWriter) -> None:
        try:
            await self._pass(reader, onward, lambda data: self.asked(connection, data))
        finally:
            await self.left(connection)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hook: Hook) -> None:
        while data := await reader.read(CHUNK):
            await hook(data)
            await self._flowing.wait()
            writer.write(data)
            await writer.drain()
        await self._flowing.wait()
        with suppress(OSError):
            writer.write_eof()

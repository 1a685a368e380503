"""What a server does beside answering: it has a missing index built, and follows newer ones."""

import asyncio
import contextlib
import logging
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from threading import Event, Thread

from starlette.types import Lifespan

from assistant.errors import AssistantError
from assistant.web.library import Library

logger = logging.getLogger(__name__)

# The exit code of a mistake of ours; its traceback has been printed.
UNEXPECTED = 1
_LOOK_EVERY_S = 0.1


class Build:
    """The build that a server waits for, in a process of its own: what it needs is not kept here.

    `code` is 0 unless the build failed, and nothing usable was there after it, or what it built
    could not be loaded.
    """

    def __init__(
        self, command: Sequence[str], *, is_needed: Callable[[], bool], when_stopped: int
    ) -> None:
        self._command = command
        self._is_needed = is_needed
        self._when_stopped = when_stopped
        self.code = 0

    def run(self, stop: Event) -> bool:
        """Whether there is a usable index now, built where it was needed; ends early on `stop`."""
        if not self._is_needed():
            return True
        with subprocess.Popen(self._command) as process:
            try:
                while process.poll() is None:
                    if stop.wait(_LOOK_EVERY_S):
                        self.code = self._when_stopped
                        return False
            finally:
                process.terminate()
        if process.returncode != 0 and self._is_needed():
            self.code = process.returncode
            return False
        return True


def following(
    library: Library,
    *,
    build: Build | None,
    when_loaded: Callable[[], None],
    when_stopped: Callable[[], None],
) -> Lifespan[object]:
    """A lifespan in which the library is kept at the newest index, in a thread of its own.

    It accepts requests meanwhile. Where `build` fails, or loading ends in a mistake of ours, the
    server is told to stop.
    """

    @contextlib.asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        stop = Event()

        def work() -> None:
            try:
                if build is None or build.run(stop):
                    library.follow(stop, when_loaded=when_loaded)
            except AssistantError as error:
                logger.error("stopped: %s", error)
            finally:
                if not stop.is_set():
                    if build is not None and build.code == 0:
                        build.code = UNEXPECTED
                    signal.raise_signal(signal.SIGTERM)

        thread = Thread(target=work, name="index")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            await asyncio.to_thread(thread.join)
            when_stopped()

    return lifespan

"""Records replies after they were given, in a thread of its own: a reply never waits for it."""

import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from assistant.audit.record import read_key, record_of
from assistant.audit.records import Records, database_path, key_path
from assistant.web.schema import AskRequest, ReplyOut

logger = logging.getLogger(__name__)

Keep = Literal["off", "hashes", "text"]
Ask = Callable[[AskRequest], ReplyOut]

# A reply is sent within this time, and only then is it recorded, with those that came meanwhile.
_PAUSE_S = 0.2
_FORGET_EVERY_S = 3600.0
_MOST_WAITING = 10_000
_CLOSE_WITHIN_S = 10.0
_Given = tuple[AskRequest, ReplyOut, datetime]


@contextmanager
def recording(
    ask: Ask,
    data_folder: Path,
    *,
    keep: Keep,
    days: int,
    basis: Callable[[], Mapping[str, str]],
) -> Iterator[Ask]:
    """`ask`, with each of its replies recorded in the data folder unless `keep` is "off".

    `basis` is called once, after the first reply, in the thread that writes. Records older than
    `days` are deleted at the start and every hour, at the start also when `keep` is "off". What
    cannot be written is lost and said in the log; no reply fails for it.
    """
    if keep == "off":
        _forget_what_is_left(data_folder, days)
        yield ask
        return
    recorder = Recorder(data_folder, keep_text=keep == "text", days=days, basis=basis)

    def recorded(request: AskRequest) -> ReplyOut:
        reply = ask(request)
        recorder.record(request, reply)
        return reply

    try:
        yield recorded
    finally:
        recorder.close()


class Recorder:
    """Replies that wait, and the thread that writes them."""

    def __init__(
        self,
        data_folder: Path,
        *,
        keep_text: bool,
        days: int,
        basis: Callable[[], Mapping[str, str]],
        most_waiting: int = _MOST_WAITING,
    ) -> None:
        self._data_folder = data_folder
        self._keep_text = keep_text
        self._kept_for = timedelta(days=days)
        self._basis = cache(basis)
        self._waiting: queue.Queue[_Given] = queue.Queue(most_waiting)
        self._arrived = threading.Event()
        self._closing = threading.Event()
        self._losses = _Losses()
        self._forgot_at = float("-inf")
        self._records: Records | None = None
        self._thread = threading.Thread(target=self._work, name="audit", daemon=True)
        self._thread.start()

    def record(self, request: AskRequest, reply: ReplyOut) -> None:
        """Leaves the reply to the thread, and returns at once; where too many wait, it is lost."""
        try:
            self._waiting.put_nowait((request, reply, datetime.now(UTC)))
        except queue.Full:
            self._losses.add(1, "more replies wait than are kept in memory")
        self._arrived.set()

    def close(self) -> None:
        """Writes what waits, for some seconds at most."""
        self._closing.set()
        self._arrived.set()
        self._thread.join(_CLOSE_WITHIN_S)

    def _work(self) -> None:
        while not self._closing.is_set():
            self._write()
            self._arrived.wait(_FORGET_EVERY_S)
            self._closing.wait(_PAUSE_S)
            self._arrived.clear()
        self._write()
        self._close_records()

    def _write(self) -> None:
        """Everything that waits in one transaction, and once in a while the deletion of the old."""
        given = [self._waiting.get_nowait() for _ in range(self._waiting.qsize())]
        due = time.monotonic() - self._forgot_at > _FORGET_EVERY_S
        if not given and not due:
            return
        try:
            self._add(given)
            if due:
                self._opened().forget(before=datetime.now(UTC) - self._kept_for)
                self._forgot_at = time.monotonic()
        except (sqlite3.Error, OSError) as error:
            self._close_records()
            self._losses.add(len(given), f"{type(error).__name__}: {error}")
        except Exception as error:  # noqa: BLE001 - the thread's boundary: its words may be a question
            self._losses.add(len(given), type(error).__name__)
        else:
            self._losses.end()

    def _add(self, given: Sequence[_Given]) -> None:
        if not given:
            return
        key, basis = read_key(key_path(self._data_folder)), self._basis()
        self._opened().add(
            record_of(request, reply, at=at, basis=basis, key=key, keep_text=self._keep_text)
            for request, reply, at in given
        )

    def _opened(self) -> Records:
        if self._records is None:
            self._records = Records(database_path(self._data_folder))
        return self._records

    def _close_records(self) -> None:
        if self._records is not None:
            self._records.close()
            self._records = None


class _Losses:
    """Counts what is not recorded, and says in the log when that begins and ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number: int | None = None

    def add(self, number: int, why: str) -> None:
        with self._lock:
            if self._number is None:
                logger.warning("replies are not being recorded (%s); answering goes on", why)
            self._number = (self._number or 0) + number

    def end(self) -> None:
        with self._lock:
            if self._number is not None:
                logger.warning("replies are recorded again; %d were not", self._number)
                self._number = None


def _forget_what_is_left(data_folder: Path, days: int) -> None:
    path = database_path(data_folder)
    if not path.exists():
        return
    try:
        with Records(path) as records:
            records.forget(before=datetime.now(UTC) - timedelta(days=days))
    except (sqlite3.Error, OSError) as error:
        logger.warning(
            "old records of replies in %s cannot be deleted (%s: %s); delete the folder",
            path.parent,
            type(error).__name__,
            error,
        )

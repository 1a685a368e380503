"""The one index that is answered from, exchanged whole for each that is built while we serve.

A request takes the reference once and keeps what it took, so no answer mixes two indexes and none
waits for an exchange.
"""

import logging
from collections.abc import Callable, ItemsView, Iterator, Mapping, ValuesView
from dataclasses import dataclass
from threading import Event
from typing import TypeVar

from assistant.errors import NoIndexLoaded
from assistant.web.schema import AskRequest, ReplyOut
from corpus.document import Document
from index.errors import IndexFailure

logger = logging.getLogger(__name__)

Ask = Callable[[AskRequest], ReplyOut]
_T = TypeVar("_T")

_LOOK_EVERY_S = 2.0
_LOOK_AGAIN_AT_MOST_S = 60.0


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one index gives: replies, the documents that they quote, and the hashes of their files.

    `sources` are as in the manifest.
    """

    ask: Ask
    documents: Mapping[str, Document]
    sources: Mapping[str, str]


class Library:
    """Replies and documents of the index that was loaded last.

    `newest` gives the name of the index to serve, which is cheap; `load` opens it, which is not.
    """

    def __init__(self, newest: Callable[[], str], load: Callable[[], Loaded]) -> None:
        self._newest = newest
        self._load = load
        self._name: str | None = None
        self._loaded: Loaded | None = None

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents by their ids as they are at any moment; none while nothing is loaded."""
        return _Present(lambda: self._loaded.documents if self._loaded is not None else {})

    @property
    def sources(self) -> Mapping[str, str]:
        """The hashes of files by their paths as they are at any moment."""
        return _Present(lambda: self._loaded.sources if self._loaded is not None else {})

    def ask(self, request: AskRequest) -> ReplyOut:
        """The reply of the index of this moment; raises NoIndexLoaded."""
        loaded = self._loaded
        if loaded is None:
            raise NoIndexLoaded
        return loaded.ask(request)

    def refresh(self) -> bool:
        """Loads the newest index unless it is loaded; whether it did.

        Raises IndexFailure when it cannot be loaded; the one before then stays.
        """
        name = self._newest()
        if name == self._name:
            return False
        loaded = self._load()
        while (now := self._newest()) != name:  # another was published while this one was read
            name, loaded = now, self._load()
        self._name, self._loaded = name, loaded
        return True

    def follow(
        self, stop: Event, *, when_loaded: Callable[[], None], every_s: float = _LOOK_EVERY_S
    ) -> None:
        """Refreshes until `stop` is set; one that cannot be loaded is logged once and tried again.

        `when_loaded` is called after the first.
        """
        wait_s, complaint = every_s, ""
        while True:
            before = self._loaded
            try:
                if self.refresh():
                    if before is None:
                        when_loaded()
                    else:
                        logger.info("a newer index is loaded: %s", self._name)
                wait_s, complaint = every_s, ""
            except (IndexFailure, OSError) as error:
                if str(error) != complaint:
                    logger.warning("no newer index is loaded: %s", error)
                wait_s, complaint = min(2 * wait_s, _LOOK_AGAIN_AT_MOST_S), str(error)
            if stop.wait(wait_s):
                return


class _Present(Mapping[str, _T]):
    """What a mapping that is exchanged holds now; whatever is read in one call is of one."""

    def __init__(self, now: Callable[[], Mapping[str, _T]]) -> None:
        self._now = now

    def __getitem__(self, key: str) -> _T:
        return self._now()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def values(self) -> ValuesView[_T]:
        return self._now().values()

    def items(self) -> ItemsView[str, _T]:
        return self._now().items()

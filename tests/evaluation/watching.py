"""The assistant that is served, and what it searched for each question."""

from dataclasses import dataclass, replace
from datetime import date
from typing import cast

import app
from assistant.answering import Assistant, Searches
from assistant.settings import Settings
from index.passage import Hit
from index.retriever import Retriever
from index.storage import Index


@dataclass(frozen=True, slots=True)
class Searched:
    """A query, and the passages that were found for it, best first."""

    query: str
    hits: tuple[Hit, ...]


class Watched:
    """Searches as `searches` does, and remembers what was searched since `taken`."""

    def __init__(self, searches: Searches) -> None:
        self._searches = searches
        self._searched: list[Searched] = []

    def retrieve(self, query: str, k: int, *, words: str | None = None) -> tuple[Hit, ...]:
        """The `k` best passages, best first."""
        hits = self._searches.retrieve(query, k, words=words)
        self._searched.append(Searched(query, hits))
        return hits

    def closest_questions(self, query: str, n: int) -> tuple[str, ...]:
        """Up to `n` questions that the documents answer; not remembered."""
        return self._searches.closest_questions(query, n)

    def taken(self, query: str) -> Searched | None:
        """What was searched for `query` since this was asked last, or, where only its parts were,
        for the last of them; None where nothing was.
        """
        searched, self._searched = self._searched, []
        return next((s for s in searched if s.query == query), searched[-1] if searched else None)


def served_assistant(index: Index, settings: Settings) -> tuple[Assistant, Watched]:
    """The assistant that `app.py` makes over `index`, and its watched retriever."""
    watched = Watched(index.retriever)
    # All that it asks of the retriever are `Searches`.
    over = replace(index, retriever=cast(Retriever, watched))
    return app._assistant(over, settings, date.today), watched

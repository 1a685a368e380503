"""A query -> ranked passages: vectors, words, the questions that sections are said to answer, and
those that readers judged, fused.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from corpus.document import Document
from index.dense import FaissStore
from index.embedding import Embedder, Vectors
from index.judged_questions import Around, JudgedQuestions
from index.lexical import LexicalIndex
from index.passage import Hit, Passage

# Candidates taken from each side before fusion.
_DEPTH = 40
# Reciprocal rank fusion, Cormack, Clarke and Buettcher 2009, whose constant is 60. This one and the
# weights of vectors, words, questions and judged questions were chosen on our `dev` questions, all
# but the last also on SciFact's training claims.
_RRF_CONSTANT = 10
_WEIGHTS = (1.0, 1.0, 0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Question:
    """A way of asking what a section answers; `passages` are the numbers of its passages.

    `is_heading` tells the section's own heading from people's other ways of asking.
    """

    text: str
    passages: tuple[int, ...]
    is_heading: bool


class Retriever:
    """Hybrid search over one built index; thread-safe."""

    def __init__(
        self,
        *,
        documents: Mapping[str, Document],
        passages: Sequence[Passage],
        questions: Sequence[Question],
        embedder: Embedder,
        passage_store: FaissStore,
        question_store: FaissStore,
        lexical: LexicalIndex,
        passage_vectors: Vectors,
        sentence_vectors: Sequence[Vectors],
        question_vectors: Vectors,
        query_encoder: Embedder | None = None,
        judged: JudgedQuestions | None = None,
    ) -> None:
        """`query_encoder`, where there is one, embeds queries that are to meet what answers them.

        With the questions of sections they are compared by `embedder`, with `judged` ones by
        `query_encoder`.
        """
        self._documents = documents
        self._passages = passages
        self._questions = questions
        self._embedder = embedder
        self._passage_store = passage_store
        self._question_store = question_store
        self._lexical = lexical
        self._passage_vectors = passage_vectors
        self._sentence_vectors = sentence_vectors
        self._question_vectors = question_vectors
        self._query_encoder = query_encoder or embedder
        self._judged = judged
        self._questions_of: dict[int, list[int]] = {n: [] for n in range(len(passages))}
        for number, question in enumerate(questions):
            for passage in question.passages:
                self._questions_of[passage].append(number)

    @property
    def passages(self) -> Sequence[Passage]:
        """Every passage of the index, in the order of their numbers."""
        return self._passages

    @property
    def judged(self) -> JudgedQuestions | None:
        """The judged questions that vote, where there are any."""
        return self._judged

    @property
    def query_encoder(self) -> Embedder:
        """What embeds queries that are to meet what answers them."""
        return self._query_encoder

    def retrieve(self, query: str, k: int = 20, *, words: str | None = None) -> tuple[Hit, ...]:
        """The `k` best passages, best first; a query longer than the embedder reads is cut.

        `words`, where given, are looked up in place of the words of `query`, whose meaning is
        searched all the same.
        """
        words = query if words is None else words
        asking, vector = _row(self._embedder, query), _row(self._query_encoder, query)
        lexical = dict(self._lexical.search(words, _DEPTH))
        dense, _ = self._passage_store.search(vector, _DEPTH)
        asked, _ = self._question_store.search(asking, _DEPTH)
        by_question = dict.fromkeys(
            passage for number in asked for passage in self._questions[number].passages
        )
        around = None if self._judged is None else self._judged.around(vector)
        by_judged = dict.fromkeys(p for p, _ in around.closest) if around else {}
        sides = ([int(i) for i in dense], list(lexical), list(by_question), list(by_judged))
        fused = fuse([side[:_DEPTH] for side in sides], _WEIGHTS)[:k]
        overlaps = self._overlaps(words, [number for number, _ in fused])
        return tuple(
            self._hit(number, score, (asking, vector), lexical.get(number, 0.0), found, around)
            for (number, score), found in zip(fused, overlaps, strict=True)
        )

    def closest_questions(self, query: str, n: int) -> tuple[str, ...]:
        """Up to `n` headings of the sections whose questions are closest to `query`, each once."""
        asked, _ = self._question_store.search(_row(self._embedder, query), max(_DEPTH, 10 * n))
        headings = (self._heading_of(int(number)) for number in asked)
        return tuple(dict.fromkeys(h for h in headings if h is not None))[:n]

    def _hit(
        self,
        number: int,
        score: float,
        vectors: tuple[Vectors, Vectors],
        lexical: float,
        overlaps: tuple[float, ...],
        around: Around | None,
    ) -> Hit:
        asking, vector = vectors
        asked = self._questions_of[number]
        return Hit(
            passage=self._passages[number],
            score=score,
            dense=float(self._passage_vectors[number] @ vector),
            lexical=lexical,
            question=float((self._question_vectors[asked] @ asking).max()) if asked else 0.0,
            sentence_scores=tuple(map(float, self._sentence_vectors[number] @ vector)),
            sentence_overlaps=overlaps,
            sentence_vectors=self._sentence_vectors[number],
            sentence_questions=None
            if around is None
            else around.questions_of(number, len(overlaps)),
            sentence_votes=None if around is None else around.votes_of(number, len(overlaps)),
            sentence_asked=None
            if around is None or self._judged is None
            else self._judged.asked_of(around, number, len(overlaps)),
            answered_share=around.share
            if self._judged and around and self._judged.is_judged(number)
            else None,
        )

    def _overlaps(self, query: str, numbers: Sequence[int]) -> list[tuple[float, ...]]:
        """For each passage, the overlaps of its sentences; the query is read once for all."""
        passages = [self._passages[number] for number in numbers]
        sentences = [
            f"{' '.join(p.heading_path)} {sentence.of(self._documents[p.doc_id].text)}"
            for p in passages
            for sentence in p.sentences
        ]
        found = iter(self._lexical.overlaps(query, sentences))
        return [tuple(islice(found, len(p.sentences))) for p in passages]

    def _heading_of(self, number: int) -> str | None:
        """The heading, if it is a question, of the section that a question belongs to."""
        question = self._questions[number]
        if question.is_heading:
            return question.text if question.text.endswith("?") else None
        path = self._passages[question.passages[0]].heading_path
        return path[-1] if path[-1].endswith("?") else None


def _row(embedder: Embedder, query: str) -> Vectors:
    row: Vectors = embedder.embed([embedder.truncated(query)])[0]
    return row


def fuse(rankings: Sequence[Sequence[int]], weights: Sequence[float]) -> list[tuple[int, float]]:
    """Numbers with their weighted reciprocal-rank sums over `rankings`, best first, ties by number.

    `weights` has one for each ranking.
    """
    scores: dict[int, float] = defaultdict(float)
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, number in enumerate(ranking, start=1):
            scores[number] += weight / (_RRF_CONSTANT + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def as_rows(vectors: Vectors, counts: Sequence[int]) -> list[Vectors]:
    """`vectors` `[sum(counts), d]` cut into one `[count, d]` array for each count."""
    return list(np.split(vectors, np.cumsum(counts)[:-1])) if counts else []

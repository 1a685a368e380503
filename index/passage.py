"""The unit of indexing and the unit of ranking."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from corpus.document import Span


@dataclass(frozen=True, slots=True)
class Passage:
    """Contiguous whole sentences of one section of one document.

    `sentences` are spans into the document's canonical text, in order, inside `span`.
    `heading_path` is the document's title followed by the section's headings.
    """

    doc_id: str
    span: Span
    sentences: tuple[Span, ...]
    heading_path: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.sentences:
            raise ValueError(f"passage {self.passage_id} holds no sentence")
        if self.sentences[0].start != self.span.start or self.sentences[-1].end != self.span.end:
            raise ValueError(f"passage {self.passage_id} does not start and end with a sentence")
        for before, after in zip(self.sentences, self.sentences[1:], strict=False):
            if after.start < before.end:
                raise ValueError(f"passage {self.passage_id}: sentences overlap or are unordered")

    @property
    def passage_id(self) -> str:
        """Derived identity: `doc_id:start-end`."""
        return f"{self.doc_id}:{self.span.start}-{self.span.end}"

    def is_of_section_of(self, other: "Passage") -> bool:
        """Whether both stand under the same headings of the same document."""
        return (self.doc_id, self.heading_path) == (other.doc_id, other.heading_path)


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked passage.

    `score` orders hits (higher first, comparable within one query only). `dense` is the cosine of
    query and passage; `lexical` the BM25 score, 0.0 where no term of the query led to the passage;
    `question` the cosine of the query and the closest of the headings and questions that the
    passage's section is said to answer, 0.0 where it has none. `sentence_scores` are the cosines
    of the query and each of the passage's sentences, in order; for them and for `dense`, the
    query is embedded by the encoder of queries, where there is one. `sentence_overlaps` are, in
    the same order, the share in [0, 1] of the query's inverse-document-frequency weight whose terms
    occur in the sentence or in the heading path; a term that no document holds counts with the
    highest weight and is never found. `sentence_vectors` `[sentences, d]` are the embedder's.
    `sentence_questions` are, in the same order, the cosines of the query and the closest judged
    question that the sentence answers, 0.0 where there is none; `sentence_votes` the shares in
    [0, 1] of the judged questions around the query that it answers, and `sentence_asked` the
    closest one itself, "" where there is none. `answered_share` is the share in (0, 1) of those
    around that the documents answer, and None where no question was judged on the passage's
    document.
    """

    passage: Passage
    score: float
    dense: float
    lexical: float
    question: float
    sentence_scores: tuple[float, ...]
    sentence_overlaps: tuple[float, ...]
    sentence_vectors: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    sentence_questions: tuple[float, ...] | None = None
    sentence_votes: tuple[float, ...] | None = None
    sentence_asked: tuple[str, ...] | None = None
    answered_share: float | None = None

    def __post_init__(self) -> None:
        count = len(self.passage.sentences)
        if len(self.sentence_scores) != count or len(self.sentence_overlaps) != count:
            raise ValueError(f"hit {self.passage.passage_id} needs {count} scores a side")

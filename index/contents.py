"""Documents -> what an index holds of them: passages, questions, and the texts to embed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.document import Document, Section, Span
from corpus.loader import Refusal
from index.chunking import chunk, embedded_text
from index.embedding import Embedder
from index.passage import Passage
from index.retriever import Question


@dataclass(frozen=True, slots=True)
class Contents:
    """What an index holds, beside its documents and vectors.

    `texts` are the texts that are embedded, each once. The last three say which of them (by its
    place in `texts`) belongs to which passage, sentence (passage after passage) and question.

    Raises ValueError when a passage, sentence or question has no text.
    """

    passages: tuple[Passage, ...]
    questions: tuple[Question, ...]
    texts: tuple[str, ...]
    passage_rows: tuple[int, ...]
    sentence_rows: tuple[int, ...]
    question_rows: tuple[int, ...]

    def __post_init__(self) -> None:
        wanted = (len(self.passages), sum(self.sentence_counts), len(self.questions))
        rows = (self.passage_rows, self.sentence_rows, self.question_rows)
        if tuple(map(len, rows)) != wanted:
            raise ValueError(f"needs rows for {wanted}, found {tuple(map(len, rows))}")
        if any(not 0 <= row < len(self.texts) for side in rows for row in side):
            raise ValueError(f"a row lies outside the {len(self.texts)} texts")

    @property
    def sentence_counts(self) -> list[int]:
        """The number of sentences of each passage."""
        return [len(passage.sentences) for passage in self.passages]


@dataclass(frozen=True, slots=True)
class Gathering:
    """The contents of documents, the documents that hold no sentence, and sentences too long."""

    documents: tuple[Document, ...]
    refusals: tuple[Refusal, ...]
    contents: Contents
    overlong_sentences: int


def gather(documents: Iterable[Document], embedder: Embedder) -> Gathering:
    """Passages and questions of every document; one without any passage is refused."""
    kept: list[Document] = []
    refusals: list[Refusal] = []
    passages: list[Passage] = []
    questions: list[Question] = []
    texts: dict[str, int] = {}
    rows: dict[str, list[int]] = {"passage": [], "sentence": [], "question": []}
    overlong = 0
    for document in documents:
        chunking = chunk(
            document, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens
        )
        overlong += chunking.overlong_sentences
        if not chunking.passages:
            refusals.append(_refusal(document, chunking.overlong_sentences))
            continue
        kept.append(document)
        first = len(passages)
        passages.extend(chunking.passages)
        for passage in chunking.passages:
            rows["passage"].append(_row(texts, embedded_text(passage, document)))
            rows["sentence"].extend(_row(texts, s.of(document.text)) for s in passage.sentences)
        for question in _questions(document, chunking.passages, first, embedder):
            questions.append(question)
            rows["question"].append(_row(texts, question.text))
    contents = Contents(
        passages=tuple(passages),
        questions=tuple(questions),
        texts=tuple(texts),
        passage_rows=tuple(rows["passage"]),
        sentence_rows=tuple(rows["sentence"]),
        question_rows=tuple(rows["question"]),
    )
    return Gathering(tuple(kept), tuple(refusals), contents, overlong)


def _refusal(document: Document, overlong: int) -> Refusal:
    if overlong:
        message = (
            f"each of its {overlong} sentences is longer than the embedder reads; "
            "write shorter sentences that end with a full stop"
        )
    else:
        message = (
            "the document holds no sentence that could be quoted; "
            "write whole sentences, or move it away"
        )
    return Refusal(document.source_path, "no_text", message)


def _row(texts: dict[str, int], text: str) -> int:
    return texts.setdefault(text, len(texts))


def _questions(
    document: Document, passages: Sequence[Passage], first: int, embedder: Embedder
) -> Iterable[Question]:
    """Heading and questions of each section that has passages; what is too long is left out.

    `first` is the number of the document's first passage in the index.
    """
    for section in document.sections:
        numbers = tuple(
            first + number
            for number, passage in enumerate(passages)
            if _inside(section, passage.span)
        )
        if not numbers:
            continue
        asked = [(section.path[-1] if section.path else document.title, True)]
        asked += [(question, False) for question in section.questions]
        counts = embedder.count_tokens([text for text, _ in asked])
        for (text, is_heading), count in zip(asked, counts, strict=True):
            if count <= embedder.max_tokens:
                yield Question(text, numbers, is_heading)


def _inside(section: Section, span: Span) -> bool:
    return section.span.start <= span.start < section.span.end

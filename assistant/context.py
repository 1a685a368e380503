"""What a sentence cannot be quoted without: the words before it that it points at, and the next
sentence where that changes its meaning.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from corpus.document import BlockKind, Document, Span
from index.sentences import split_sentences

# A sentence that opens so points at words before it. Measured on the clinic pages and registry
# texts, such an opening is followed by a noun of its own ("This trial", "These cells") in about
# half of the cases; the sentence before is brought along all the same, because which trial and
# which cells stands there. "One" and "both" point only where no noun follows: all 43 sentences of
# the shipped documents that open with "One" name what is counted ("One trial of 48 men"); "neither"
# where no "nor" does.
_UNRESOLVED_OPENING = re.compile(
    r"(?:it|its|they|their|them|this|that|these|those|he|she|his|her|such|another|others"
    r"|one(?= (?:is|was|has|had|did|can|could|may|might|should|will|would)\b)"
    r"|one of (?:these|those|them)"
    r"|both(?! (?:[\w-]+ ){1,4}and\b)"
    r"|however|but|also|therefore|thus|hence|instead|otherwise|nevertheless|nonetheless|moreover"
    r"|furthermore|additionally|in addition|besides|then|still|yet|so|and|or|nor|because of this"
    r"|as a result|for this reason|in contrast|by contrast|on the other hand|similarly|likewise"
    r"|meanwhile|conversely|consequently|accordingly|for example|for instance|the former"
    r"|the latter|neither(?! (?:[^\s.]+ ){1,6}nor\b)|either|here"
    r"|there(?! (?:is|are|was|were|has|have)\b))\b",
    re.IGNORECASE,
)
_ANSWERS_ITS_HEADING = re.compile(
    r"(?:(?:yes|no|nobody knows|not yet|probably)[,:;]|perhaps\b)", re.IGNORECASE
)
_TERMINATED = re.compile(r"[.!?…。！？۔؟][\"'”’)\]»]*$")
_MAX_CONTEXT_SENTENCES = 2


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words that may become a statement; `probability` in [0, 1] that they answer.

    `vector` `[d]` is the embedder's, of the sentence that answers.
    """

    document: Document
    span: Span
    probability: float
    vector: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)

    @property
    def text(self) -> str:
        """The words, byte for byte."""
        return self.span.of(self.document.text)

    def __hash__(self) -> int:
        return hash((self.document.doc_id, self.span, self.probability))


def answers_its_heading(text: str) -> bool:
    """Whether `text` opens by answering a question, which is that of its heading.

    Beside another question such an opening would seem to answer that one.
    """
    return _ANSWERS_ITS_HEADING.match(text) is not None


def asks(text: str) -> bool:
    """Whether `text` is a question, which answers none."""
    return text.rstrip("\"'”’)]").endswith("?")


def sentences_of(document: Document) -> tuple[Span, ...]:
    """Every sentence of the paragraphs and lists of `document`, in order."""
    return tuple(
        Span(block.span.start + span.start, block.span.start + span.end)
        for block in document.blocks
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM)
        for span in split_sentences(block.span.of(document.text), document.language)
    )


def leans_back(sentence: str) -> bool:
    """Whether a sentence opens by pointing at words before it."""
    return bool(_UNRESOLVED_OPENING.match(sentence))


def stands_alone(sentence: str) -> bool:
    """Whether a sentence ends as one and does not open by pointing at words before it."""
    return bool(_TERMINATED.search(sentence)) and not leans_back(sentence)


def paragraph_of(document: Document, span: Span) -> tuple[Span, ...]:
    """The sentences of the block in which `span` begins, in order."""
    block = next(b.span for b in document.blocks if b.span.start <= span.start < b.span.end)
    return tuple(
        Span(block.start + s.start, block.start + s.end)
        for s in split_sentences(block.of(document.text), document.language)
    )


def with_context(
    sentence: Span,
    sentences: Sequence[Span],
    document: Document,
    *,
    turns: Callable[[str, str], bool],
    sets_scene: Callable[[str, str], bool],
    may_qualify: Callable[[str, str], bool] | None = None,
) -> Span | None:
    """The sentence with what it leans on and what turns it; None for a label or a loose end.

    `sentences` are those of its passage, in order. Of its paragraph, what stands before is brought
    along when it `sets_scene` for the sentence ("The work was done in mice."), and what follows
    while it `turns` what the sentence says ("However, ...", "By one year the gain had gone."); the
    one next sentence also when it `may_qualify` it, where that is given.
    """
    text = document.text
    said = sentence.of(text)
    if not _TERMINATED.search(said):
        return None
    last = first = sentences.index(sentence)
    while leans_back(sentences[first].of(text)):
        if first == 0 or last - first == _MAX_CONTEXT_SENTENCES:
            return None
        first -= 1
    if not _TERMINATED.search(sentences[first].of(text)):
        return None
    start, end, brought = sentences[first].start, sentence.end, last - first
    paragraph = paragraph_of(document, sentence)
    before = [s for s in paragraph if s.end <= start]
    for distance, earlier in enumerate(reversed(before[-_MAX_CONTEXT_SENTENCES:]), start=1):
        if brought + distance > _MAX_CONTEXT_SENTENCES:
            break
        if sets_scene(earlier.of(text), said):
            start, brought = earlier.start, brought + distance
            break
    for later in (s for s in paragraph if s.start >= end):
        following = later.of(text)
        full = end > sentence.end and brought >= _MAX_CONTEXT_SENTENCES
        quoted = Span(sentence.start, end).of(text)
        if full or not turns(quoted, following) or not _TERMINATED.search(following):
            if may_qualify is not None and end == sentence.end and _TERMINATED.search(following):
                end = later.end if may_qualify(said, following) else end
            break
        end, brought = later.end, brought + 1
    return Span(start, end)

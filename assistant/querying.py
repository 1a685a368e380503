"""A question, with those before it -> what is searched."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assistant.conversation import (
    Turn,
    names_nothing,
    of_subject,
    referred_to,
    self_contained,
    times_answered,
    with_subject,
)
from assistant.framing import Framing
from assistant.listing import ListQuestions
from assistant.parts import parts_of
from assistant.spelling import Spelling, common_words
from assistant.synonyms import Synonyms
from assistant.vocabulary import Vocabulary
from corpus.document import Document

# What a first question that names nothing is about.
_SUBJECT = "stem cell therapy for hair loss"
# No longer than a question may be, so that follow-ups upon follow-ups do not grow without end.
MAX_QUERY_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched: `text` needs no history, is well spelt, without a lean and as it was asked,
    whoever passes it on.

    `subject` is the question with its subject, `whole` with all that it refers to, and `earlier`
    the questions that it may be about, as the gate reads them; `words` are those of `text` as the
    documents call things. `answered` is how often `text` was answered before, where the question
    asks for more of the same; `asks_for_list` is whether a list answers it. `parts` are the queries
    of a question that asks several things, none for any other.
    """

    subject: str
    whole: str
    earlier: tuple[str, ...]
    text: str
    words: str
    asks_for_list: bool
    answered: int = 0
    parts: tuple["Query", ...] = ()


class Querying:
    """Makes queries; thread-safe, and nothing of a question is kept."""

    def __init__(
        self,
        *,
        vocabulary: Vocabulary,
        framing: Framing,
        lists: ListQuestions,
        spelling: Spelling,
        synonyms: Synonyms,
    ) -> None:
        self._vocabulary = vocabulary
        self._framing = framing
        self._lists = lists
        self._spelling = spelling
        self._synonyms = synonyms

    @classmethod
    def shipped(
        cls, documents: Iterable[Document], *, is_word: Callable[[str], bool]
    ) -> "Querying":
        """With the tables of this package, and the words of `documents` to spell by.

        `is_word` knows further words that are right, beside English ones.
        """
        vocabulary, synonyms, common = Vocabulary.shipped(), Synonyms.shipped(), common_words()
        return cls(
            vocabulary=vocabulary,
            framing=Framing.shipped(),
            lists=ListQuestions.shipped(),
            spelling=Spelling(
                vocabulary.words,
                documents,
                is_word=lambda word: word in synonyms.words or word in common or is_word(word),
            ),
            synonyms=synonyms,
        )

    def query(self, question: str, history: Sequence[Turn] = ()) -> Query:
        """What is searched for `question` after `history`, oldest turn first."""
        question = " ".join(question.split())
        asked = self._framing.direct(self._spelt(question))
        answered = times_answered(asked, history, self._vocabulary)
        before = history if answered else [self._of_its_first_part(turn) for turn in history]
        subject, whole = (
            joined if joined != asked and len(joined) <= MAX_QUERY_CHARACTERS else question
            for joined in self._joined(asked, before)
        )
        direct = self._framing.direct(self._spelt(whole))
        text = self._framing.neutral(self._synonyms.with_substances(direct))
        # What was asked before may have asked for a list.
        lists = self._lists.asked_in(text.rpartition(": ")[2] if history else text)
        return Query(
            subject,
            whole,
            referred_to(question, history, self._vocabulary),
            text,
            self._synonyms.in_documents_words(text),
            lists,
            answered,
            tuple(self._alone(part) for part in parts_of(text, self._vocabulary)),
        )

    def _joined(self, asked: str, history: Sequence[Turn]) -> tuple[str, str]:
        """`asked` with its subject, and with all that it refers to."""
        if not history and names_nothing(asked, self._vocabulary):
            named = of_subject(asked, _SUBJECT)
            return named, named
        return (
            with_subject(asked, history, self._vocabulary),
            self_contained(asked, history, self._vocabulary),
        )

    def _of_its_first_part(self, turn: Turn) -> Turn:
        """What a later question is read after: where `turn` asked several things of one subject,
        the first of them.
        """
        first, *others = parts_of(turn.searched_as, self._vocabulary) or (turn.searched_as,)
        named = set(self._vocabulary.subjects_in(" ".join(others)))
        if not others or not named <= {*self._vocabulary.subjects_in(first)}:
            return turn
        return Turn(first, first)

    def _spelt(self, text: str) -> str:
        return self._spelling.corrected(self._synonyms.right(text.replace("\0", " ")))

    def _alone(self, part: str) -> Query:
        text = self._framing.neutral(part)
        words = self._synonyms.in_documents_words(text)
        return Query(part, part, (), text, words, self._lists.asked_in(text))

"""A question of several parts -> its parts, each a question that stands alone.

No sentence answers the whole of "does PRP work and how long does it last". Its parts are "does PRP
work" and "how long does PRP last".
"""

import re

from assistant.conversation import Turn, with_subject
from assistant.leaning import content
from assistant.vocabulary import Vocabulary

_OPENS = (
    r"(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have"
    r"|what|who|which|when|where|why|how)\b"
)
_NEXT = re.compile(rf"(?:,? (?:and|but)|,) (?:also |then )?(?={_OPENS})", re.IGNORECASE)


def parts_of(question: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The parts in their order, each later one with the subject of the first; none where it is one
    question.

    Only where the first asks for no more than an aspect of its subject: the others may else be
    about what it says of it ("what is shock loss after a transplant and how long does it last").
    """
    first, *later = (part.rstrip(" ?") for part in _NEXT.split(" ".join(question.split())))
    if not later or not re.match(_OPENS, first, re.IGNORECASE):
        return ()
    if not _asks_an_aspect(first, vocabulary):
        return ()
    alone = [with_subject(part, [Turn(first, first)], vocabulary) for part in later]
    return (first, *alone) if all(map(str.__ne__, alone, later)) else ()


def _asks_an_aspect(question: str, vocabulary: Vocabulary) -> bool:
    """Whether `question` names a subject and, beside it, no more than an aspect of it."""
    words = content(vocabulary.without_subjects(question)).lower().split()
    return bool(vocabulary.subjects_in(question)) and vocabulary.aspects.issuperset(words)

"""A question of several parts -> its parts, each a question that stands alone.

No sentence answers the whole of "does PRP work and how long does it last". Its parts are "does PRP
work" and "how long does PRP last". What a message tells before it asks, each of its parts keeps:
"I had FUE last week. May I fly, and when can I run?" has the parts "I had FUE last week. May I fly"
and "I had FUE last week. when can I run".
"""

import re

from assistant.conversation import Turn, of_subject, self_contained
from assistant.leaning import content, pointer_in
from assistant.vocabulary import Vocabulary

# More are not searched apart: each costs a search, and who asks more tells a story.
MAX_PARTS = 3
_AUXILIARY = (
    r"is|are|was|were|do|does|did|can|could|will|would|should|may|must|has|have|isn't|aren't|don't"
    r"|doesn't|can't|won't"
)
# "and can hurt a baby" goes on, "and can it hurt a baby" asks.
_WHOM = (
    r"it|this|that|these|those|they|i|we|you|he|she|there|the|an?|my|your|his|her|our|their|its|any"
    r"|some|one|someone|anyone|anything|people|patients?|women|men|children|insurance|older|younger"
)
_WORD_OF_A_QUESTION = (
    r"(?:(?:at|in|for|from|by|with|on|to|after) )?(?:what|which|whose|how)\b"
    r"|(?:who|where|when|why)\b"
)
_ASKS = re.compile(
    rf"(?:(?:and|but|or|so|also|then|well|ok|please)[, ]+)*(?:{_WORD_OF_A_QUESTION}"
    rf"|(?:{_AUXILIARY})\b)",
    re.IGNORECASE,
)
_NEXT = re.compile(
    rf"(?:,? (?:and|but)|[,;]) (?:also |then |so )?(?=(?:{_AUXILIARY}) (?:{_WHOM})\b)"
    rf"|(?:,? (?:and|but)|;) (?:also |then |so )?(?={_WORD_OF_A_QUESTION})"
    rf"|, (?=(?:which|what|where|when|why|how \w+) (?:(?:of|one)\b|(?:{_AUXILIARY})\b))",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    rf"(?:{_AUXILIARY}) (?!(?:it|i|we|you|they|he|she|there|that|this)\b)", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[.?!])(?<!\bdr\.)(?<!\bmr\.)(?<!\bst\.)\s+", re.IGNORECASE)
# "for how many days" says too little of its own.
_MOST_WORDS_SAYING_LITTLE = 2


def parts_of(question: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The parts in their order, `MAX_PARTS` at most; none where it is one question.

    A later part that leans on those before is read after them, as a later question is
    (`assistant.conversation`), and given the subject of the first where it names none.
    """
    told, asked = _told_and_asked(" ".join(question.split()))
    if not 2 <= len(asked) <= MAX_PARTS:
        return ()
    if vocabulary.subjects_in(told):
        alone = [asked[0], *(_of_the_first(asked[0], part) for part in asked[1:])]
    else:
        turns: list[Turn] = []
        for part in asked:
            turns.append(Turn(part, _after(part, turns, vocabulary)))
        alone = [turn.searched_as for turn in turns]
    return tuple(f"{told} {part}".strip() for part in alone)


def _told_and_asked(message: str) -> tuple[str, list[str]]:
    """What `message` tells, and each of the things that it asks."""
    told: list[str] = []
    asked: list[str] = []
    for sentence in _SENTENCE_END.split(message):
        if sentence.endswith(".") and "?" in message:
            told.append(sentence)
            continue
        for clause in _clauses(sentence):
            if not (_ASKS.match(clause) or clause.endswith("?")):
                told.append(clause)
            elif content(clause):
                asked.append(clause.rstrip(" ?"))
    return " ".join(told), asked


def _clauses(sentence: str) -> list[str]:
    """`sentence` before each thing that it goes on to ask.

    "My patient is pregnant and has a rash" goes on to tell.
    """
    clauses = _NEXT.split(sentence)
    if len(clauses) > 1 and not _ASKS.match(clauses[0]) and _GOES_ON.match(clauses[1]):
        clauses[:2] = [sentence[: sentence.index(clauses[1]) + len(clauses[1])]]
    return clauses


def _of_the_first(first: str, part: str) -> str:
    """`part`, after the `first` where it says too little of its own."""
    says_little = len(content(part).split()) <= _MOST_WORDS_SAYING_LITTLE
    return f"{first}: {part}" if says_little and not pointer_in(part) else part


def _after(part: str, before: list[Turn], vocabulary: Vocabulary) -> str:
    alone = self_contained(part, before, vocabulary)
    if alone != part or not before or vocabulary.subjects_in(part):
        return alone
    subjects = vocabulary.subjects_in(before[0].searched_as)
    return of_subject(part, subjects[0]) if subjects else part

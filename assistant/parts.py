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
# Beside the vocabulary's subjects: "and can hurt a baby" goes on, "and can it hurt a baby" asks.
_WHOM = (
    r"(?:it|this|that|these|those|they|i|we|you|he|she|there|the|an?|my|your|his|her|our|their|its"
    r"|any|some|one|someone|anyone|anything|people|patients?|women|men|children|older|younger"
    r"|insur\w+|medicare|medicaid|doctors?|clinics?|results|side)\b"
)
_WORD_OF_A_QUESTION = (
    r"(?:(?:at|in|for|from|by|with|on|to|after) )?(?:what|which|whose|how)\b"
    r"|(?:who|where|when|why)\b"
)
# "what you eat and how you sleep" asks nothing.
_AS_TOLD = r"(?:what|how|where|when|why|who) (?:you|they|i|we|it|he|she|the|an?|my|your|their)\b"
_ASKS = re.compile(
    rf"(?:(?:and|but|or|so|also|then|well|ok|please)[, ]+)*(?:{_WORD_OF_A_QUESTION}"
    rf"|(?:{_AUXILIARY})\b)",
    re.IGNORECASE,
)
_NEXT = re.compile(
    rf"(?:,? (?:and|but|plus)|,? &|[,;]) (?:also |then |so )?(?=(?:{_AUXILIARY}) )"
    rf"|(?:,? (?:and|but|plus)|,? &|;) (?:also |then |so )?(?!{_AS_TOLD})(?={_WORD_OF_A_QUESTION})"
    rf"|, (?=(?:which|what|where|when|why|how \w+) (?:(?:of|one)\b|(?:{_AUXILIARY})\b))",
    re.IGNORECASE,
)
_INVERTED = re.compile(rf"(?:{_AUXILIARY}) (?={_WHOM})", re.IGNORECASE)
_VERB = re.compile(rf"(?:{_AUXILIARY}) ", re.IGNORECASE)
_GOES_ON = re.compile(
    rf"(?:{_AUXILIARY}) (?!(?:it|i|we|you|they|he|she|there|that|this)\b)", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[.?!])(?<!\bdr\.)(?<!\bmr\.)(?<!\bst\.)\s+", re.IGNORECASE)
# "for how many days" says too little of its own, "and which do not" nothing.
_MOST_WORDS_SAYING_LITTLE = 2
_SAYS_NOTHING = frozenset({"", "not"})


def parts_of(question: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The parts in their order, `MAX_PARTS` at most; none where it is one question.

    A later part that leans on those before is read after them, as a later question is
    (`assistant.conversation`), and given the subject of the first where it names none.
    """
    told, asked = _told_and_asked(" ".join(question.split()), vocabulary)
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


def _told_and_asked(message: str, vocabulary: Vocabulary) -> tuple[str, list[str]]:
    """What `message` tells, and each of the things that it asks."""
    told: list[str] = []
    asked: list[str] = []
    for sentence in _SENTENCE_END.split(message):
        if sentence.endswith(".") and "?" in message:
            told.append(sentence)
            continue
        for clause in _clauses(sentence, vocabulary):
            if not (_ASKS.match(clause) or clause.endswith("?")):
                told.append(clause)
            elif content(clause) not in _SAYS_NOTHING:
                asked.append(clause.rstrip(" ?"))
    return " ".join(told), asked


def _clauses(sentence: str, vocabulary: Vocabulary) -> list[str]:
    """`sentence` before each thing that it goes on to ask.

    "My patient is pregnant and has a rash" goes on to tell.
    """
    clauses: list[str] = []
    start = 0
    for between in _NEXT.finditer(sentence):
        before, after = sentence[start : between.start()], sentence[between.end() :]
        asks = _ASKS.match(sentence) or not _GOES_ON.match(after)
        if asks and _asks_anew(after, vocabulary):
            clauses.append(before)
            start = between.end()
    return [*clauses, sentence[start:]]


def _asks_anew(words: str, vocabulary: Vocabulary) -> bool:
    """Whether `words`, which open as a question does, ask of somebody or something."""
    verb = _VERB.match(words)
    return (
        verb is None
        or _INVERTED.match(words) is not None
        or vocabulary.opens_with_subject(words[verb.end() :])
    )


def _of_the_first(first: str, part: str) -> str:
    """`part`, after the `first` where it says too little of its own."""
    says_little = len(content(part).split()) <= _MOST_WORDS_SAYING_LITTLE
    return f"{first}: {part}" if says_little and not _INVERTED.search(part) else part


def _after(part: str, before: list[Turn], vocabulary: Vocabulary) -> str:
    """`part` read after those `before`: with what it points at, or else of the first's subject."""
    if not before or vocabulary.subjects_in(part):
        return self_contained(part, before, vocabulary)
    subjects = vocabulary.subjects_in(before[0].searched_as)
    if subjects and _INVERTED.search(part) and not pointer_in(part):
        return of_subject(part, subjects[0])
    alone = self_contained(part, before, vocabulary)
    return of_subject(part, subjects[0]) if subjects and alone == part else alone

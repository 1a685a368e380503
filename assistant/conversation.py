"""A question and what was asked before -> a query that can be searched by itself.

No language model: a later question that leaves its subject out is read after the question before
it. Anything else is searched as asked, so a change of subject carries nothing over.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field

from assistant.tables import read_table


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question and the query that was searched for it."""

    question: str
    searched_as: str


class Subject(BaseModel):
    """Something people ask about: `term` is carried over, `written` is how people name it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    term: str = Field(min_length=2)
    written: tuple[str, ...] = Field(min_length=1)


class Vocabulary(BaseModel):
    """The table `vocabulary.yaml`; its comments say what each list is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subjects: tuple[Subject, ...]
    conditions: frozenset[str]
    names: tuple[str, ...]
    aspects: frozenset[str]
    openings: tuple[str, ...]
    pointers: frozenset[str]
    switches: tuple[str, ...]

    @classmethod
    def shipped(cls) -> "Vocabulary":
        """The table in this package; raises TablesInvalid when it does not fit its form."""
        return read_table("vocabulary.yaml", cls)

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple((_whole_words(s.written), s.term) for s in self.subjects)

    @cached_property
    def _switch(self) -> re.Pattern[str]:
        phrases = "|".join(map(re.escape, sorted(self.switches, key=len, reverse=True)))
        return re.compile(rf"^(?:ok(?:ay)?[,.]?\s+)?(?:{phrases})\b[\s:;,.!-]*", re.IGNORECASE)

    @cached_property
    def _names(self) -> re.Pattern[str]:
        return _whole_words(self.names)

    @property
    def words(self) -> tuple[str, ...]:
        """Every way in which people write a subject or an aspect."""
        return (*(w for s in self.subjects for w in s.written), *sorted(self.aspects))

    def subjects_in(self, text: str) -> tuple[str, ...]:
        """The terms of the subjects that `text` names, in the order in which it names them."""
        found = [
            (m.start(), term) for pattern, term in self._patterns if (m := pattern.search(text))
        ]
        return tuple(term for _, term in sorted(found))

    def completes(self, text: str) -> bool:
        """Whether `text` names what needs nothing of the question before."""
        return self._names.search(text) is not None

    def without_subjects(self, text: str) -> str:
        """`text` without the subjects that it names."""
        for pattern, term in self._patterns:
            text = pattern.sub(" ", text.replace(term, " "))
        return text

    def without_switch(self, text: str) -> str | None:
        """`text` without the phrase that begins a new subject; None where there is none."""
        match = self._switch.match(text)
        return text[match.end() :] if match else None


_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
# "that" and "this" point only where no clause or noun of their own follows; "they" who do
# something with "it" are people.
_POINTED = re.compile(
    r"\b(?:it|they(?!\b.*\b(?:it|them)\b)|them|(?:that|this|those|these)(?: ones?)?"
    r"(?=\s*(?:[?.!,]|$)|\s+(?:last|work|cost|hurt|safe|legal|approved|painful|expensive|worth"
    r"|permanent|normal)\b)|the same(?=\s*[?.!]*$))",
    re.IGNORECASE,
)
# "is it normal that my scalp is red", "is it safe to take minoxidil when pregnant"; and not "is it
# safe to take when pregnant".
_JUDGED = (
    r"ok(?:ay)?|alright|safe|safer|unsafe|possible|impossible|normal|common|dangerous|risky|harmful"
    r"|bad|worse|good|better|best|wise|worth|legal|illegal|allowed|necessary|expensive|cheaper"
    r"|painful|easy|hard|too (?:late|early)|hurt|cost|help|make sense"
)
_NO_OBJECT = (
    r"with|without|while|when|for|in|on|at|after|before|during|every|daily|together|again|if|as|and"
    r"|or|it|them|this|that"
)
_BEFORE_A_CLAUSE = re.compile(
    r"(?:\bit (?=(?:\w+ ){1,4}that \w)"
    rf"|\bit (?=(?:\w+ ){{0,2}}(?:{_JUDGED}) to \w+ (?!(?:{_NO_OBJECT})\b)\w)"
    r"|\bthat (?=(?:i|we|you|he|she|they|it|there|people|my|your"
    r"|his|her|its|our|their|the|an?)\b))",
    re.IGNORECASE,
)
_SUBJECT_POINTER = re.compile(
    r"^(?P<verb>(?:(?:how|why|when|where) )?"
    r"(?:is|are|was|were|does|do|did|can|could|will|would|has|have)"
    r") (?P<pointer>it|they|that|this|those|these)\b",
    re.IGNORECASE,
)
_THERE = re.compile(r"\bthere\b", re.IGNORECASE)
_CONNECTIVE = re.compile(
    r"^(?:(?:and|or|but|so|then|ok|okay|also)\b[\s,]*|(?:what|how) about\s+"
    r"|(?:(?:no|sorry)\b[\s,]*)*i meant?\b[\s,]*)+",
    re.IGNORECASE,
)
_FILLER = frozenset(
    """
    a an the is are was were do does did can could would will should i you my your me we of to in
    on at for from with by about as if than or and but so what which who when where why how much
    any some get got have has had be been please tell explain define just ok okay also then too
    there thing things stuff one ones that this those these
    """.split()  # noqa: SIM905 (a table of words reads better)
)
# Not after "Dr." or "U.S.".
_SENTENCE_END = re.compile(r"(?<=\w{3}[.!?])\s+(?=[A-Z])")
_QUESTION_WORDS = frozenset({"what", "who", "which", "when", "where", "why", "how"})
_COMPARISON = re.compile(r"\b(?:vs|versus|or|compared?|than|difference|both)\b", re.IGNORECASE)
_MODIFIER = re.compile(
    r"^(?:for|in|on|with|without|after|before|during|at)\b(?! (?:what|which|who|whom|whose|how)\b)",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\s+in (?:the )?[^\W_]+(?: [^\W_]+)?$", re.IGNORECASE)
# "for women", "in older men", "on afro hair": whom or what the modifier is about stands last.
_ABOUT = r"(?:for|in|on|with|of|among) (?:(?!(?:for|in|on|with|of|among)\b)[^\W_]+[ -]){0,2}"
_PEOPLE = r"(?:wo)?men|(?:fe)?males|guys|ladies|boys|girls|kids|children|teen(?:ager)?s|adults"
_AGED = r"(?: (?:in their|over|under|aged?|past) (?:the )?[^\W_]+)?"
_MAX_CARRIED_WORDS = 14
_MAX_NAMED_WORDS = 4
_MOST_REFERRED_TO = 8


def self_contained(question: str, history: Sequence[Turn], vocabulary: Vocabulary) -> str:
    """`question` as a query that needs no history; `history` is oldest first.

    "price?" after "What is PRP" becomes "PRP: price?"; "how often?" after "infection after FUE"
    becomes "infection after FUE: how often?"; "and for women?" after "Does PRP work?" becomes
    "Does PRP work for women?". A question that names its own subject, or begins a new one, is
    returned as it is.
    """
    return _joined(question, history, vocabulary, whole=True)


def with_subject(question: str, history: Sequence[Turn], vocabulary: Vocabulary) -> str:
    """`question` with no more of the history than the subject or the predicate that it leaves out.

    What was asked before belongs to a search, and not to what this question asks of the gate:
    "just tell me the side effects" is no personal question, even after "should I take it".
    """
    return _joined(question, history, vocabulary, whole=False)


def referred_to(question: str, history: Sequence[Turn], vocabulary: Vocabulary) -> tuple[str, ...]:
    """The earlier questions that `question` may be about, the latest first.

    None where it names something that the latest does not; else all back to the latest that names
    something itself, `_MOST_REFERRED_TO` at most.
    """
    found: list[str] = []
    for turn in reversed(history[-_MOST_REFERRED_TO:]):
        if not found and _brings_up(question, turn.question, vocabulary):
            break
        found.append(turn.question)
        if _names_something(turn.question, vocabulary):
            break
    return tuple(found)


def _brings_up(question: str, before: str, vocabulary: Vocabulary) -> bool:
    """Whether `question` is about something that `before` does not name."""
    if vocabulary.without_switch(question) is not None:
        return True
    named = set(vocabulary.subjects_in(question))
    return _names_something(question, vocabulary) and not named <= {*vocabulary.subjects_in(before)}


def _names_something(question: str, vocabulary: Vocabulary) -> bool:
    """Whether it names what it is about, and points at nothing before."""
    words = _WORD.findall(question.lower())
    points = any(word.partition("'")[0] in vocabulary.pointers for word in words)
    return bool(vocabulary.subjects_in(question)) and not (
        points or _leans_back(question, vocabulary)
    )


def _joined(question: str, history: Sequence[Turn], vocabulary: Vocabulary, *, whole: bool) -> str:
    question = " ".join(question.split())
    switched = vocabulary.without_switch(question)
    if switched is not None:
        return switched or question
    before = _turn_before(history, vocabulary)
    if before is None or not _leans_back(question, vocabulary):
        return question
    bare = _CONNECTIVE.sub("", question) or question
    if re.fullmatch(_PEOPLE, bare.rstrip(" ?.!"), re.IGNORECASE):
        bare = f"for {bare}"
    carried = vocabulary.subjects_in(before.searched_as)
    if not _COMPARISON.search(before.searched_as):
        carried = carried[:1]
    if vocabulary.subjects_in(bare):
        if _opens_with_a_pointer(bare) and _THERE.search(bare):
            return f"{_asked(before, vocabulary)}: {bare}"
        if _opens_with_a_pointer(bare) and carried:
            return _SUBJECT_POINTER.sub(rf"\g<verb> {carried[0]}", bare)
        if _MODIFIER.match(bare) and vocabulary.conditions.issuperset(vocabulary.subjects_in(bare)):
            return _for_condition(before.searched_as.rstrip(" ?.!"), bare, vocabulary)
        return _with_predicate(bare, before.searched_as, vocabulary)
    if _MODIFIER.match(bare) and len(_WORD.findall(before.searched_as)) <= _MAX_CARRIED_WORDS:
        return _modified(before.searched_as.rstrip(" ?.!"), bare)
    subject = " and ".join(carried)
    asked = _asked(before, vocabulary)
    is_short = len(_WORD.findall(asked)) <= _MAX_CARRIED_WORDS
    if is_short and (whole or not carried) and _says_more(asked, vocabulary):
        lost = [term for term in carried if term not in vocabulary.subjects_in(asked)]
        return f"{', '.join([*lost, asked])}: {bare}"
    if not subject:
        return question
    pointed = _pointer_in(bare)
    if pointed:
        return f"{bare[: pointed.start()]}{subject}{bare[pointed.end() :]}"
    return f"{subject}: {bare}"


def _asked(turn: Turn, vocabulary: Vocabulary) -> str:
    """What an earlier turn was about: what it leant on, or the last sentence with a subject."""
    leant_on, colon, _ = turn.searched_as.rpartition(": ")
    if colon and ": " not in turn.question:
        return leant_on
    sentences = _SENTENCE_END.split(" ".join(turn.searched_as.split()))
    naming = [sentence for sentence in sentences if vocabulary.subjects_in(sentence)]
    return _CONNECTIVE.sub("", (naming or sentences)[-1].rstrip(" ?.!"))


def _says_more(asked: str, vocabulary: Vocabulary) -> bool:
    """Whether words remain beside the subjects and what every question holds."""
    return bool(_content(vocabulary.without_subjects(asked)))


def asks_an_aspect(question: str, vocabulary: Vocabulary) -> bool:
    """Whether `question` names a subject and, beside it, no more than an aspect of it."""
    words = _content(vocabulary.without_subjects(question)).lower().split()
    return bool(vocabulary.subjects_in(question)) and vocabulary.aspects.issuperset(words)


def _modified(query: str, modifier: str) -> str:
    """`query` with `modifier`, which takes the place of one about others of its kind.

    "in women?" after "Does it work in men with AGA" is about women with AGA, and "in Spain?" after
    "What does it cost in Turkey" about Spain.
    """
    *_, last = _WORD.findall(modifier.lower())
    if re.fullmatch(_PEOPLE, last):
        found = re.search(rf"\b{_ABOUT}(?:{_PEOPLE})\b{_AGED}", query, re.IGNORECASE)
        if not found and (named := re.search(rf"\b(?:{_PEOPLE})\b", query, re.IGNORECASE)):
            return f"{query[: named.start()]}{last}{query[named.end() :]}"
    else:
        found = re.search(rf"\b{_ABOUT}{re.escape(last)}\b", query, re.IGNORECASE)
    if found:
        after = query[found.end() :]
        within = modifier.rstrip(" ?.!") if after else modifier
        return f"{query[: found.start()]}{within}{after}"
    if modifier.lower().startswith("in "):
        query = _PLACE.sub("", query)
    return f"{query} {modifier}"


def _turn_before(history: Sequence[Turn], vocabulary: Vocabulary) -> Turn | None:
    """The latest turn that names a subject, or the latest that searched anything."""
    searched = [turn for turn in reversed(history) if turn.searched_as.strip()]
    naming = (turn for turn in searched if vocabulary.subjects_in(turn.searched_as))
    return next(naming, searched[0] if searched else None)


def _leans_back(question: str, vocabulary: Vocabulary) -> bool:
    """Whether a question cannot be understood alone."""
    lowered = question.lower()
    words = _WORD.findall(_BEFORE_A_CLAUSE.sub(" ", lowered))
    bare = _CONNECTIVE.sub("", _BEFORE_A_CLAUSE.sub(" ", lowered))
    content = _content(bare).split()
    named = vocabulary.subjects_in(question)
    opens = any(lowered.startswith(opening) for opening in vocabulary.openings)
    points = any(word in vocabulary.pointers for word in words)
    if not (named or points) and len(words) > 1 and vocabulary.completes(bare):
        # "what is alopecia" is a question of its own; "and for baldness?" and "stress?" are not.
        return opens and bare.split()[0] not in _QUESTION_WORDS
    if named:
        # "and exosomes?" and "those exosome things?" borrow a predicate; "is PRP safe" does not.
        other = [word for word in content if not vocabulary.subjects_in(word)]
        borrows = opens or (points and len(words) <= _MAX_NAMED_WORDS)
        borrows = borrows and not _BEFORE_A_CLAUSE.search(lowered)
        return (borrows and len(other) <= 1) or _opens_with_a_pointer(question)
    about_an_aspect = any(word in vocabulary.aspects for word in content)
    if points and len(words) <= _MAX_CARRIED_WORDS:
        return True
    if opens and len(content) <= 6:
        return True
    if about_an_aspect and len(content) <= 4:
        return True
    # "what should I write down", "from where?": too little of its own to be searched by itself.
    opens_as_one = bool(words) and words[0] in _QUESTION_WORDS
    asks = opens_as_one or question.endswith("?")
    return asks and len(words) <= 8 and len(content) <= (2 if opens_as_one else 1)


def _pointer_in(question: str) -> re.Match[str] | None:
    """The first word that points at something before."""
    empty = {match.start() for match in _BEFORE_A_CLAUSE.finditer(question)}
    return next((m for m in _POINTED.finditer(question) if m.start() not in empty), None)


def _opens_with_a_pointer(question: str) -> bool:
    """Whether the subject of `question` is a word that points at something before."""
    opening = _SUBJECT_POINTER.match(question)
    return opening is not None and not _BEFORE_A_CLAUSE.match(question, opening.start("pointer"))


def _for_condition(query: str, modifier: str, vocabulary: Vocabulary) -> str:
    """`query` with `modifier`, which names a condition, in place of the one that it names last."""
    preposition, _, _ = modifier.partition(" ")
    before, found, after = query.rpartition(f" {preposition.lower()} ")
    named = vocabulary.subjects_in(after)
    replaced = found and named and vocabulary.conditions.issuperset(named)
    return f"{before if replaced else query} {modifier}"


def _with_predicate(bare: str, searched_before: str, vocabulary: Vocabulary) -> str:
    """The query before, with its subject replaced by the one that `bare` names."""
    terms = vocabulary.subjects_in(bare)
    for subject in vocabulary.subjects:
        if subject.term in vocabulary.subjects_in(searched_before)[:1]:
            pattern = _whole_words((*subject.written, subject.term))
            return pattern.sub(" and ".join(terms), searched_before, count=1)
    return f"{searched_before.rstrip(' ?.!')} {bare}"


def _content(text: str) -> str:
    return " ".join(word for word in _WORD.findall(text) if word.lower() not in _FILLER)


def _whole_words(phrases: Sequence[str]) -> re.Pattern[str]:
    ordered = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, ordered))})\b", re.IGNORECASE)

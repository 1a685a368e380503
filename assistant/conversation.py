"""A question and what was asked before -> a query that can be searched by itself.

No language model: a later question that leaves its subject out is read after the question before
it. Anything else is searched as asked, so a change of subject carries nothing over.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.antecedents import asked_of, compares, named_again, says_more
from assistant.leaning import (
    MAX_CARRIED_WORDS,
    MODIFIER,
    SUBJECT_POINTER,
    WORD,
    content,
    corrected,
    leans_back,
    opens_with_a_pointer,
    place_alone,
    pointer_beside_the_named,
    pointer_in,
    stock_phrase,
    without_connective,
    without_courtesy,
)
from assistant.predicates import (
    PEOPLE,
    for_condition,
    is_condition_alone,
    modified,
    of_the_condition_before,
    with_predicate,
)
from assistant.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question and the query that was searched for it."""

    question: str
    searched_as: str


_THERE = re.compile(r"\bthere\b", re.IGNORECASE)
_WHOM = re.compile(rf"(?:{PEOPLE}|humans|people|patients|animals|mice)", re.IGNORECASE)
_EVIDENCE = ": what is the evidence"
_ORDINAL = re.compile(
    r"^(?:and |what about )*(?:the )?(?P<ordinal>first|former|second|latter)(?: one)?\b[\s,:]*",
    re.IGNORECASE,
)
_VERSUS = re.compile(r"\s+(?:vs|versus|compared (?:to|with))\b\.?\s+", re.IGNORECASE)
_ALSO = re.compile(r"(?:[\s,]+(?:then|too|though|please|as well))*\s*[?.!]*$", re.IGNORECASE)
_ACCOMPANIED = re.compile(r"^(?:with|without|after|before|during)\b", re.IGNORECASE)
_ADDED = re.compile(r"^(?:than|vs|versus|compared)\b", re.IGNORECASE)
_WHY = re.compile(r": why(?: not)?$", re.IGNORECASE)
_MOST_REFERRED_TO = 8
_TO_SOMEBODY = re.compile(r"\b(?:you|u|your|ur|yours)\b", re.IGNORECASE)


def self_contained(question: str, history: Sequence[Turn], vocabulary: Vocabulary) -> str:
    """`question` as a query that needs no history; `history` is oldest first.

    "price?" after "Does PRP hurt" becomes "PRP: price?"; "how often?" after "infection after FUE"
    becomes "infection after FUE: how often?"; "and for women?" after "Does PRP work?" becomes
    "Does PRP work for women?"; "says who?" after it asks for its evidence, and "more" asks it
    again. A question that names its own subject, or begins a new one, is returned as it is.
    """
    return _joined(question, history, vocabulary, whole=True)


def with_subject(question: str, history: Sequence[Turn], vocabulary: Vocabulary) -> str:
    """`question` with no more of the history than the subject or the predicate that it leaves out.

    What was asked before belongs to a search, and not to what this question asks of the gate:
    "just tell me the side effects" is no personal question, even after "should I take it".
    """
    return _joined(question, history, vocabulary, whole=False)


def times_answered(question: str, history: Sequence[Turn], vocabulary: Vocabulary) -> int:
    """How often what `question` asks more of was answered before; 0 where it does not ask so."""
    if _turn_before(history, vocabulary) is None or not _asks_more(question, vocabulary):
        return 0
    query = self_contained(question, history, vocabulary)
    return sum(turn.searched_as == query for turn in history)


def names_nothing(question: str, vocabulary: Vocabulary) -> bool:
    """Whether a first question leaves out what it is about: "is it safe", "what are the risks"."""
    if stock_phrase(question) in vocabulary.bare:
        return True
    said = without_courtesy(question)
    words = {word.lower() for word in content(said).split()}
    tells = not vocabulary.general.isdisjoint(words) or bool(
        pointer_in(said) and not vocabulary.pointed.isdisjoint(words)
    )
    return (
        tells
        and words <= vocabulary.empty_words
        and not _TO_SOMEBODY.search(said)
        and not _asks_more(question, vocabulary)
    )


def of_subject(question: str, subject: str) -> str:
    """`question` of the `subject` that it leaves out: in place of the first word that points at it,
    else in front.
    """
    pointed = pointer_in(question)
    if pointed:
        return f"{question[: pointed.start()]}{subject}{question[pointed.end() :]}"
    return f"{subject}: {question}"


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
    words = WORD.findall(question.lower())
    points = any(word.partition("'")[0] in vocabulary.pointers for word in words)
    return bool(vocabulary.subjects_in(question)) and not (
        points or leans_back(question, vocabulary)
    )


def _asks_more(question: str, vocabulary: Vocabulary) -> bool:
    return stock_phrase(question) in vocabulary.more


def _joined(question: str, history: Sequence[Turn], vocabulary: Vocabulary, *, whole: bool) -> str:
    question = " ".join(question.split())
    before = _turn_before(history, vocabulary)
    switched = vocabulary.without_switch(question)
    if switched and before and pointer_in(switched):
        question = switched  # "never mind, how much is it" asks something else of the same
    elif switched is not None:
        return switched or question
    if before is None:
        return question
    if _asks_more(question, vocabulary):
        return before.searched_as
    asked = asked_of(before.question, before.searched_as, vocabulary)
    if stock_phrase(question) in vocabulary.doubts:
        return f"{before.searched_as.rstrip(' ?.!').partition(_EVIDENCE)[0]}{_EVIDENCE}"
    said = without_courtesy(question)
    if one := _one_of_two(said, asked, vocabulary):
        return one
    if not leans_back(said, vocabulary):
        return of_the_condition_before(question, before.searched_as, vocabulary)
    bare = without_connective(corrected(said, vocabulary) or said)
    people = _ALSO.sub("", bare)
    if _WHOM.fullmatch(people):
        bare = f"for {people}{'?' if bare.endswith('?') else ''}"
    elif is_condition_alone(bare, before.searched_as, vocabulary):
        bare = f"for {bare}"
    query = _WHY.sub("", before.searched_as.rstrip(" ?.!"))
    if place := place_alone(bare, vocabulary):
        return vocabulary.moved(query, place)
    if _ADDED.match(bare):
        return f"{query} {bare}"
    carried = vocabulary.subjects_in(before.searched_as)
    if not compares(before.searched_as, vocabulary):
        carried = carried[:1]
    if vocabulary.subjects_in(bare):
        return _of_its_own_subject(bare, before, asked, carried, vocabulary)
    is_modifier = MODIFIER.match(bare) and not pointer_in(bare)
    if is_modifier and len(WORD.findall(query)) <= MAX_CARRIED_WORDS:
        return modified(query, bare)
    if whole and (named := named_again(bare, asked, before.question, vocabulary)):
        return named
    subject = " and ".join(carried)
    is_short = len(WORD.findall(asked)) <= MAX_CARRIED_WORDS
    if is_short and (whole or not carried) and says_more(asked, vocabulary):
        lost = [term for term in carried if term not in vocabulary.subjects_in(asked)]
        return f"{', '.join([*lost, asked])}: {bare}"
    if not subject:
        return question
    return of_subject(bare, subject)


def _one_of_two(said: str, asked: str, vocabulary: Vocabulary) -> str | None:
    """A question of the first or second of two things, with that one alone in front."""
    chosen = _ORDINAL.match(said)
    if not chosen:
        return None
    pair = _VERSUS.split(asked)
    if len(pair) != 2:
        pair = list(vocabulary.subjects_in(asked))
    if len(pair) != 2:
        return None
    one = pair[chosen["ordinal"].lower() not in ("first", "former")]
    rest = said[chosen.end() :]
    return f"{one}: {rest}" if WORD.search(rest) else one


def _of_its_own_subject(
    bare: str, before: Turn, asked: str, carried: Sequence[str], vocabulary: Vocabulary
) -> str:
    """The query of a leaning question that names a subject."""
    if opens_with_a_pointer(bare) and _THERE.search(bare):
        return f"{asked}: {bare}"
    if opens_with_a_pointer(bare) and carried:
        return SUBJECT_POINTER.sub(rf"\g<verb> {carried[0]}", bare)
    if place := pointer_beside_the_named(bare):
        start, end = place
        return f"{bare[:start]}{carried[0]}{bare[end:]}" if carried else f"{asked}: {bare}"
    if MODIFIER.match(bare) and vocabulary.conditions.issuperset(vocabulary.subjects_in(bare)):
        return for_condition(before.searched_as.rstrip(" ?.!"), bare, vocabulary)
    if _ACCOMPANIED.match(bare):
        return f"{before.searched_as.rstrip(' ?.!')} {bare}"
    return with_predicate(bare, before.searched_as, vocabulary)


def _turn_before(history: Sequence[Turn], vocabulary: Vocabulary) -> Turn | None:
    """The latest turn that names what it is about, or the latest that searched anything."""
    searched = [turn for turn in reversed(history) if turn.searched_as.strip()]
    naming = (
        turn
        for turn in searched
        if vocabulary.subjects_in(turn.searched_as) or vocabulary.completes(turn.searched_as)
    )
    return next(naming, searched[0] if searched else None)

"""The question before, asked of another subject, place, group or condition."""

import re

from assistant.antecedents import FORM_AFTER
from assistant.leaning import WORD
from assistant.vocabulary import Vocabulary

_PLACE = re.compile(r"\s+in (?:the )?[^\W_]+(?: [^\W_]+)?$", re.IGNORECASE)
# "for women", "in older men", "on afro hair": whom or what the modifier is about stands last.
_ABOUT = r"(?:for|in|on|with|of|among) (?:(?!(?:for|in|on|with|of|among)\b)[^\W_]+[ -]){0,2}"
PEOPLE = (
    r"(?:fe)?male patients|(?:wo)?men|(?:fe)?males|guys|ladies|boys|girls|kids|children"
    r"|teen(?:ager)?s|adults"
)
_AGED = r"(?: (?:in their|over|under|aged?|past) (?:the )?[^\W_]+)?"
_FORM = re.compile(r"^(?:topical|oral|low[- ]dose)\b", re.IGNORECASE)
# "does PRP help": what with, the question before says.
_HELPS = re.compile(
    r"^(?:and |so |but )?(?:does|do|can|could|will|would) [^?.,]{2,40} (?:help|work)s?\s*[?.!]*$",
    re.IGNORECASE,
)
_MAX_FORM_WORDS = 3


def modified(query: str, modifier: str) -> str:
    """`query` with `modifier`, which takes the place of one about others of its kind.

    "in women?" after "Does it work in men with AGA" is about women with AGA, and "in Spain?" after
    "What does it cost in Turkey" about Spain.
    """
    head, colon, aspect = query.rpartition(": ")
    if colon and modifier.lower().startswith("in ") and _PLACE.search(head):
        return f"{modified(head, modifier.rstrip(' ?.!'))}: {aspect}"
    *_, last = WORD.findall(modifier.lower())
    if people := re.search(rf"\b(?:{PEOPLE})$", modifier.rstrip(" ?.!"), re.IGNORECASE):
        last = people.group()
        found = re.search(rf"\b{_ABOUT}(?:{PEOPLE})\b{_AGED}", query, re.IGNORECASE)
        if not found and (named := re.search(rf"\b(?:{PEOPLE})\b", query, re.IGNORECASE)):
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


def for_condition(query: str, modifier: str, vocabulary: Vocabulary) -> str:
    """`query` with `modifier`, which names a condition, in place of the one that it names last."""
    preposition, _, _ = modifier.partition(" ")
    before, found, after = query.rpartition(f" {preposition.lower()} ")
    named = vocabulary.subjects_in(after)
    replaced = found and named and vocabulary.conditions.issuperset(named)
    return f"{before if replaced else query} {modifier}"


def is_condition_alone(bare: str, searched_before: str, vocabulary: Vocabulary) -> bool:
    """Whether `bare` only names a condition, after a question of something else."""
    named = vocabulary.subjects_in(bare)
    if not named or WORD.search(vocabulary.without_subjects(bare)):
        return False
    earlier = vocabulary.subjects_in(searched_before)[:1]
    return vocabulary.conditions.issuperset(named) and not vocabulary.conditions.issuperset(earlier)


def of_the_condition_before(question: str, searched_before: str, vocabulary: Vocabulary) -> str:
    """`question`; "does PRP help" after one on alopecia areata asks whether it helps that."""
    named = vocabulary.subjects_in(question)
    earlier = vocabulary.subjects_in(searched_before)[:1]
    is_open = named and earlier and _HELPS.match(question) and earlier != named
    if not is_open or not vocabulary.conditions.issuperset(earlier):
        return question
    return f"{question.rstrip(' ?.!')} for {earlier[0]}"


def with_predicate(bare: str, searched_before: str, vocabulary: Vocabulary) -> str:
    """The query before, with its subject replaced by the one that `bare` names.

    Where `bare` says no more than "topical finasteride", in these words.
    """
    named = " and ".join(vocabulary.subjects_in(bare))
    words = WORD.findall(bare)
    if len(words) <= _MAX_FORM_WORDS and (_FORM.match(bare) or FORM_AFTER.search(bare)):
        named = bare.rstrip(" ?.!")
    for earlier in vocabulary.subjects_in(searched_before)[:1]:
        return vocabulary.mention(earlier).sub(lambda _: named, searched_before, count=1)
    return f"{searched_before.rstrip(' ?.!')} {bare}"

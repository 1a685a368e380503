"""What a later question may mean by "it", "they" or nothing: what was asked about before it."""

import re

from assistant.leaning import WORD, content, pointer_in, without_connective
from assistant.vocabulary import Vocabulary

_EXISTS = re.compile(r"\b(?:is|are|was|were) there\b")
# Not after "Dr." or "U.S.".
_SENTENCE_END = re.compile(r"(?<=\w{3}[.!?])\s+(?=[A-Z])")
_COMPARISON = re.compile(r"\b(?:vs|versus|or|compared?|than|difference|both)\b", re.IGNORECASE)
# "infection after PRP" and "trials on PRP" are about more than PRP.
_GOVERNED = re.compile(
    r"\b(?:in|after|before|during|with|without|from|on|at|by)\s+(?:[^\W_]+\s+){0,2}$", re.IGNORECASE
)
# "in the UK", "after a transplant", at the end.
_CIRCUMSTANCES = re.compile(
    r"\s(?:in|after|before|during|with|without|for|under|at|among)(?:\s[^\s:?\d]+){1,5}$",
    re.IGNORECASE,
)
_FORM_BEFORE = re.compile(r"\b(?:topical|oral|low[- ]dose)\s+$", re.IGNORECASE)
FORM_AFTER = re.compile(
    r"\s+(?:tablets?|pills?|foam|spray|gel|serum|lotion|cream|solution|shampoo)\b", re.IGNORECASE
)
# "is it normal?" is asked of what happens, and hair, not a treatment, grows back.
_OF_AN_EVENT = re.compile(
    r"\bit (?:really |actually )?(?:normal|common|usual|rare|true|expected|possible|serious)\b"
    r"|\bit (?:ever |all |still )*(?:re)?(?:grow|come|fall|shed|happen|wear)",
    re.IGNORECASE,
)
# "does it work" and "do they use it", and not "could surgery make it flare".
_IS_TREATMENT = re.compile(
    r"\b(?:is|was|does|did|do|can|could|will|would|has|should|get|use|take|have|try|buy|stop|offer"
    r"|do|need|want|sell|about|after|before|by|during|for|from|of|on|to|with) it$",
    re.IGNORECASE,
)
# "PRP clinic" is a clinic, not PRP.
_OF_IT = re.compile(
    r"\s+(?:clinics?|doctors?|compan(?:y|ies)|surgeons?|appointments?|trials?|stud(?:y|ies)"
    r"|reviews?)\b",
    re.IGNORECASE,
)
_MANY = frozenset({"they", "them", "those", "these"})


def asked_of(question: str, searched_as: str, vocabulary: Vocabulary) -> str:
    """What an earlier turn was about: what it leant on, or the last sentence with a subject."""
    leant_on, colon, _ = searched_as.rpartition(": ")
    if colon and ": " not in question:
        return leant_on
    sentences = _SENTENCE_END.split(" ".join(searched_as.split()))
    naming = [sentence for sentence in sentences if vocabulary.subjects_in(sentence)]
    return without_connective((naming or sentences)[-1].rstrip(" ?.!"))


def named_again(bare: str, asked: str, latest: str, vocabulary: Vocabulary) -> str | None:
    """`bare` with what was asked about in place of its pointer, or in front of its aspect.

    None where only the whole question before says what is meant.
    """
    subject = _asked_about(asked, vocabulary)
    pointed = pointer_in(bare)
    if pointed:
        pointer = pointed.group().lower()
        meant = None
        if pointer == "it" and subject and " and " not in subject:
            if _OF_AN_EVENT.search(bare):
                return None
            if not _IS_TREATMENT.search(bare, 0, pointed.end()):
                return f"{subject}: {bare}"
            meant = subject
        elif pointer in _MANY:
            meant = _group_in(latest, asked, vocabulary) or (
                subject if _is_plural(subject) else None
            )
        return f"{bare[: pointed.start()]}{meant}{bare[pointed.end() :]}" if meant else None
    words = WORD.findall(bare.lower())
    points = any(
        word in vocabulary.pointers for word in WORD.findall(_EXISTS.sub("", bare.lower()))
    )
    is_aspect = any(word in vocabulary.own_aspects for word in words) or words == ["how", "much"]
    return f"{subject}: {bare}" if subject and is_aspect and not points else None


def _asked_about(asked: str, vocabulary: Vocabulary) -> str | None:
    """The subject of `asked`, in its form and circumstances: "minoxidil foam in women".

    None where it names none, or is about more than that.
    """
    terms = vocabulary.subjects_in(asked)
    if not terms:
        return None
    if compares(asked, vocabulary):
        return " and ".join(terms) if len(terms) > 1 else None
    found = vocabulary.mention(terms[0]).search(asked)
    if not found or _GOVERNED.search(asked, 0, found.start()) or _OF_IT.match(asked, found.end()):
        return None
    before = _FORM_BEFORE.search(asked, 0, found.start())
    after = FORM_AFTER.match(asked, found.end())
    name = found.group() if before or after else terms[0]
    words = asked.split(" ")
    while words[-1].lower() in vocabulary.aspects:
        words.pop()
    circumstances = _CIRCUMSTANCES.search(" ".join(words), found.end())
    parts = (before.group() if before else "", name, after.group() if after else "")
    return "".join(parts) + (circumstances.group() if circumstances else "")


def compares(asked: str, vocabulary: Vocabulary) -> bool:
    """Whether it sets things side by side: "PRP or minoxidil", and "PRP and minoxidil: price"."""
    is_of_both = re.match(r"[^:]+ and [^:]+: ", asked) or not says_more(asked, vocabulary)
    return bool(_COMPARISON.search(asked) or (is_of_both and " and " in asked))


def _group_in(latest: str, asked: str, vocabulary: Vocabulary) -> str | None:
    """What may be many in what was `asked` of, or in the `latest` question; None for nothing.

    "the side effects of PRP" of "what are the side effects of PRP", and "the trials of PRP" of "did
    any trial of it fail".
    """
    terms = vocabulary.subjects_in(asked)
    for group in vocabulary.groups:
        found = re.search(
            rf"\b{group}(?: (?:of|from|after|with|on|in)\b.*)?$", asked, re.IGNORECASE
        )
        if found and (vocabulary.subjects_in(found.group()) or not terms):
            return f"the {found.group()}"
    for group in vocabulary.groups if terms else ():
        one = f"{group[:-3]}y" if group.endswith("ies") else group[:-1]
        many = rf"\b(?:{group}|(?:any|some|no) {one})\b"
        if re.search(many, f"{asked} {latest}", re.IGNORECASE):
            return f"the {group} of {terms[0]}"
    return None


def _is_plural(subject: str | None) -> bool:
    return subject is not None and re.search(r"[^s]s\b", subject) is not None


def says_more(asked: str, vocabulary: Vocabulary) -> bool:
    """Whether words remain beside the subjects and what every question holds."""
    return bool(content(vocabulary.without_subjects(asked)))

"""Whether a question leans on those before it, and by which of its words."""

import re

from assistant.vocabulary import Vocabulary

WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
MAX_CARRIED_WORDS = 14
# "in Turkey", "after menopause", "for women".
MODIFIER = re.compile(
    r"^(?:for|in|on|with|without|after|before|during|at)\b(?! (?:what|which|who|whom|whose|how)\b)",
    re.IGNORECASE,
)
SUBJECT_POINTER = re.compile(
    r"^(?P<verb>(?:(?:how|why|when|where) )?"
    r"(?:is|are|was|were|does|do|did|can|could|will|would|has|have)"
    r") (?P<pointer>it|they|that|this|those|these)\b",
    re.IGNORECASE,
)

# Courtesies say nothing: "cheers. what about exosomes" asks of exosomes.
_COURTESY = re.compile(
    r"^(?:(?:ok|okay|thanks|thank you|thx|cheers|great|good|nice|cool|right|well|yes|yeah|oh|ah|hm+"
    r"|hi|hello|hey)(?: mate)?(?:\s*[,.!;]+\s*|\s+(?=(?:and|but|what about|how about)\b)))+"
    r"(?=\S*\w)",
    re.IGNORECASE,
)
# "no, I meant PRF", "I asked about humans", "sorry, PRF".
_CORRECTION = (
    r"(?:(?:no|nope|sorry|wait|oops|actually|oh)\b[\s,.!]*)*"
    r"i (?:just )?(?:mean|meant|asked|was asking|am asking)\b(?: about)?[\s,:]*"
    r"|(?:no|nope),\s+|(?:sorry|actually|wait)\b[\s,.]+"
)
_CONNECTIVE = re.compile(
    rf"^(?:(?:and|or|but|so|then|ok|okay|also)\b[\s,]*|(?:what|how) about\s+|{_CORRECTION})+",
    re.IGNORECASE,
)
_CORRECTED = re.compile(rf"^(?:{_CORRECTION})+(?=\w)", re.IGNORECASE)
_AFTERTHOUGHT = re.compile(r"[\s,]+i meant?\s*[?.!]*$", re.IGNORECASE)
_NOT_BUT = re.compile(
    r"^not (?P<wrong>.+?)(?:\s*[,;]\s*(?:but )?|\s+but )(?P<right>.+)$", re.IGNORECASE
)
_SMALL_TALK_AT_THE_END = re.compile(
    r"(?:[\s,]+(?:please|pls|then|though|mate|about (?:it|this|that|them)))+$"
)
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
    r"|his|her|its|our|their|the|an?(?! (?:lot|bit)\b))\b))",
    re.IGNORECASE,
)
# "can I take it with minoxidil", "does PRP help with it": what is named is not what is pointed at.
_BESIDE_THE_NAMED = re.compile(
    r"\b(?P<pointer>it|them|that|this) "
    r"(?:with|before|after|and|or|instead of|on top of|alongside|together with)\b"
    r"|\b(?:with|for|on|against|to) (?P<last>it|them|that|this)\s*[?.!]*$",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"\b(?:after(?:wards?)?|before(?:hand)?|then|instead|again|without|with|for)\s*[?.!]*$"
)
_WHATS = re.compile(r"\b(what|who|where|when|how)'?s\b")
# "can I complain" says too little of its own.
_MAY_I = re.compile(r"^(?:can|could|should|do|will|would|must) (?:i|we|they)\b")
_FILLER = frozenset(
    """
    a an the is are was were do does did can could would will should i you my your me we of to in
    on at for from with by about as if than or and but so what which who when where why how much
    any some get got have has had be been please tell explain define just ok okay also then too
    there thing things stuff one ones that this those these
    """.split()  # noqa: SIM905 (a table of words reads better)
)
_QUESTION_WORDS = frozenset({"what", "who", "which", "when", "where", "why", "how"})
_MAX_NAMED_WORDS = 4


def without_courtesy(question: str) -> str:
    """`question` without the thanks, greeting or "right" that it opens with."""
    return _COURTESY.sub("", question)


def without_connective(question: str) -> str:
    """`question` without "and", "what about", "no, I meant" and their like; never empty."""
    return _CONNECTIVE.sub("", question) or question


def corrected(question: str, vocabulary: Vocabulary) -> str | None:
    """What `question` puts right: "PRF" of "sorry, I meant PRF" and of "not PRP, PRF".

    None where it corrects nothing.
    """
    if match := _CORRECTED.match(question):
        return question[match.end() :]
    if match := _AFTERTHOUGHT.search(question):
        return question[: match.start()]
    match = _NOT_BUT.match(question)
    if match and all(map(vocabulary.subjects_in, match.groups())):
        return match["right"]
    return None


def stock_phrase(question: str) -> str:
    """`question` as the lists of whole messages in the vocabulary write it."""
    lowered = " ".join(question.lower().replace("’", "'").split()).strip(" ?.!…")
    lowered = _SMALL_TALK_AT_THE_END.sub("", without_connective(without_courtesy(lowered)))
    lowered = re.sub(r"\b(what|where|who)s\b", r"\1's", lowered)
    return re.sub(r"[,.!?]|\b(?:a (?:bit|little)|some) (?=more)", "", lowered)


def place_alone(bare: str, vocabulary: Vocabulary) -> str | None:
    """The place that `bare` names and nothing else; None where it says more."""
    words = [w for w in WORD.findall(bare) if w.lower() not in ("in", "the", "then", "too")]
    place = " ".join(words)
    return place if place.lower() in vocabulary.places else None


def content(text: str) -> str:
    """The words of `text` that not every question holds."""
    return " ".join(word for word in WORD.findall(text) if word.lower() not in _FILLER)


def leans_back(question: str, vocabulary: Vocabulary) -> bool:
    """Whether a question cannot be understood alone."""
    lowered = _WHATS.sub(r"\1 is", question.lower().replace("’", "'"))
    unclaused = _BEFORE_A_CLAUSE.sub(" ", lowered)
    words = WORD.findall(unclaused)
    bare = without_connective(unclaused)
    left = content(bare).split()
    named = vocabulary.subjects_in(question)
    opens = lowered.startswith(vocabulary.openings) or corrected(question, vocabulary) is not None
    points = any(word in vocabulary.pointers for word in words)
    if not (named or points) and len(words) > 1 and vocabulary.completes(bare):
        # "what is alopecia" is a question of its own; "and for baldness?" and "stress?" are not.
        return opens and bare.split()[0] not in _QUESTION_WORDS
    if named:
        # "and exosomes?", "exosomes" and "those exosome things?" borrow a predicate; "is PRP safe"
        # does not.
        other = content(vocabulary.without_subjects(bare)).split()
        borrows = opens or (points and len(words) <= _MAX_NAMED_WORDS)
        borrows = borrows and not _BEFORE_A_CLAUSE.search(lowered)
        return (
            (borrows and len(other) <= 1)
            or not WORD.search(vocabulary.without_subjects(bare))
            or opens_with_a_pointer(question)
            or pointer_beside_the_named(question) is not None
        )
    about_an_aspect = any(word in vocabulary.aspects for word in left)
    if points and len(words) <= MAX_CARRIED_WORDS:
        return True
    if (opens and len(left) <= 6) or place_alone(bare, vocabulary):
        return True
    if _MAY_I.match(bare) and len(left) <= 1:
        return True
    if len(left) <= 4 and (about_an_aspect or (len(words) <= 6 and _DANGLING.search(lowered))):
        return True
    # "what should I write down", "from where?": too little of its own to be searched by itself.
    opens_as_one = bool(words) and words[0] in _QUESTION_WORDS
    asks = opens_as_one or question.endswith("?")
    return asks and len(words) <= 8 and len(left) <= (2 if opens_as_one else 1)


def pointer_in(question: str) -> re.Match[str] | None:
    """The first word that points at something before."""
    empty = {match.start() for match in _BEFORE_A_CLAUSE.finditer(question)}
    return next((m for m in _POINTED.finditer(question) if m.start() not in empty), None)


def opens_with_a_pointer(question: str) -> bool:
    """Whether the subject of `question` is a word that points at something before."""
    opening = SUBJECT_POINTER.match(question)
    return opening is not None and not _BEFORE_A_CLAUSE.match(question, opening.start("pointer"))


def pointer_beside_the_named(question: str) -> tuple[int, int] | None:
    """Where a pointer stands that is not what the question names: "can I take it with biotin"."""
    found = _BESIDE_THE_NAMED.search(question)
    if not found or len(WORD.findall(question)) > MAX_CARRIED_WORDS:
        return None
    return found.span("pointer") if found["pointer"] else found.span("last")

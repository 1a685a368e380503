"""Takes out of a text what tells who somebody is, before it is kept.

Telephone numbers are found by `phonenumbers`, a port of Google's library with the numbering plans
of all countries; everything else by the patterns below. They take out too much rather than too
little. What they miss: a name in small letters without an abbreviated title ("dr") or an
introduction before it, a single name that opens a sentence or stands in capitals, names in a text
that is in capitals throughout, and a year in words. A text that went through here is less telling,
not anonymous.

Libraries that find names by a model were tried and left out (November 2026): presidio-analyzer
2.2 brings spaCy, which needs a model from elsewhere and imports torch where it is installed;
scrubadub 2.0 brings scikit-learn, and its detectors of names need such models too; datafog 4.9
finds no names or addresses, and of "07911 123456" the first half, as a ZIP code.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

# Numbers written without a country's code are read as of these; with one, as of any country.
_REGIONS = ("US", "GB", "ES", "DE", "FR", "IT", "IN", "AU", "MX", "BR")

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_ORDINAL = (
    r"(?:twenty[\s-]|thirty[\s-])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
    r"|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth"
    r"|nineteenth|twentieth|thirtieth"
)
_DAY = rf"(?:the\s)?(?:\d{{1,2}}(?:st|nd|rd|th)?|{_ORDINAL})"
# What stands between day, month and year: "3 April, 1980", "3-Apr-80", "3. April '80".
_GAP = r"[\s.,/-]{1,2}"
_DATE = (
    r"(?:\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2}"
    rf"|{_DAY}{_GAP}(?:of\s)?{_MONTH}{_GAP}['’]?\d{{2,4}}|{_MONTH}{_GAP}{_DAY}{_GAP}\d{{4}}"
    rf"|\d{{4}}{_GAP}{_MONTH}{_GAP}\d{{1,2}}"
    rf"|{_DAY}\sde\s\w+\sde(?:l)?\s\d{{4}})"
)
# A capital and at least one small letter, so that PRP and FDA are none.
_NAME = r"[A-ZÀ-ÖØ-ÞŁŚŠŽŻĆČĐİ][\w’'-]*[a-zß-öø-ÿłśšžżćčđı][\w’'-]*"
_NAMES = rf"{_NAME}(?:\s(?:(?:de|da|di|del|la|le|van|von|der|den|bin|al)\s){{0,2}}{_NAME}){{0,4}}"
_TITLE = r"(?i:mr|mrs|ms|miss|mx|dr|doctor|prof|professor|sir|nurse|señora?|herr|frau|mme)"
# Before these a name may stand in small letters, unless one of the words after it follows at once.
_SHORT_TITLE = r"(?i:mr|mrs|ms|dr|prof)"
_NO_SURNAME = (
    r"(?i:and|or|but|is|was|are|has|had|have|do|does|did|can|could|will|would|may|might|should|must"
    r"|not|said|says|told|tells|gave|gives|put|took|takes|thinks|thought|wants|wanted|prescribed"
    r"|prescribes|recommended|recommends|suggested|suggests|injected|never|always|just|also|only"
    r"|who|that|what|when|where|why|how|if|in|on|at|for|from|with|about|to|of|by|the|a|an|my|your"
    r"|i|me|he|she|it|we|they|you|be|been|right|wrong|appointment|visit|office|clinic|google)"
)
_RELATION = (
    r"(?i:wife|husband|son|daughter|mum|mom|mother|dad|father|brother|sister|friend|partner"
    r"|girlfriend|boyfriend|doctor|surgeon|dermatologist|gp|boss)"
)
_INTRODUCTION = (
    r"(?i:my (?:full |first |last |sur)?name(?:\sis|['’]s)|\bname:|call(?:ed)? me|i['’]?m called"
    r"|i am called|me llamo|mi nombre es|ich heiße|je m['’]appelle)"
)
_AND_SO_ON = r"(?i:and|but|i|i['’]m|my|from|born|age[ds]?|the|a|in|on|with|who|y|und|et)"
_STREET = (
    r"(?i:street|road|avenue|ave|lane|drive|boulevard|blvd|crescent|terrace|highway|hwy|parkway)"
    r"|St|Rd|Ln|Dr|Close|Court|Ct|Square|Sq|Place|Pl|Way|Gardens|Row|Hill|Park"
)

# A group `x` alone is taken out. A date is looked for before a telephone number, which it can
# look like; all else after both.
_SUREST = (
    ("e-mail", r"[^\s@<>\"(),;:]{1,99}\s?@\s?[^\s@<>\"(),;:]{1,99}\.[^\W\d_]{2,}"),
    ("link", r"(?i:https?://|www\.)\S+|(?<!\w)@\w{2,}"),
    ("date", rf"(?i:(?<![\w.]){_DATE}(?![\w]))"),
    (
        "date",
        r"(?i:\b(?:born|birthday|birth date|date of birth|d\.?o\.?b\.?|geboren|nacid[oa])\b"
        r"\W{1,4}(?:(?:is|was|on|in|am|el|en)\s)*"
        rf"(?P<x>\d{{8}}|\d{{6}}"
        rf"|(?:{_DAY}\s(?:of\s)?)?(?:{_MONTH}\s)?(?:{_DAY},?\s)?(?:19|20)\d\d"
        rf"|{_DAY}\s(?:of\s)?{_MONTH}|{_MONTH}\s{_DAY}))(?!\w)",
    ),
)
_OTHERS = (
    ("postcode", r"\b[A-Za-z]{1,2}\d[A-Za-z\d]?\s?\d[A-Za-z]{2}\b"),
    ("postcode", r"\b[A-Z]{2},?\s\d{5}(?:-\d{4})?\b"),
    (
        "postcode",
        r"(?i:\b(?:zip(?: ?code)?|post ?code|plz)\b\W{1,3}(?P<x>(?=\w*\d)[\w-]{3,10}))",
    ),
    ("address", rf"\b\d{{1,5}}[A-Za-z]?,?\s(?:[\w’'.-]+\s){{1,3}}?(?:{_STREET})\b\.?"),
    ("address", r"(?i:\b\w{2,}(?:stra(?:ss|ß)e|str\.)\s?\d{1,4}\w?\b)"),
    (
        "address",
        r"(?i:\b(?:calle|avenida|rue|via|plaza)\s(?:[\w’'.-]+\s){0,3}?[\w’'.-]+,?\s\d+)",
    ),
    ("address", rf"\b\d{{5}}\s{_NAME}"),
    (
        "place",
        r"(?i:\bi(?:\sam|['’]?m)?\s(?:live|living|lived|based|come|from))\s"
        rf"(?i:(?:in|at|near|on|from)\s)?(?P<x>{_NAMES})",
    ),
    (
        "name",
        rf"{_INTRODUCTION}\s(?P<x>(?!(?i:on|at|back)\b)[\w’'-]+(?:\s(?!{_AND_SO_ON}\b)[\w’'-]+){{0,3}})",
    ),
    ("name", rf"\b(?:{_TITLE}\b\.?)\s?(?P<x>{_NAMES})"),
    (
        "name",
        rf"\b{_SHORT_TITLE}\b\.?\s?(?P<x>(?!{_NO_SURNAME}\b)[^\W\d_][\w’'-]+"
        rf"(?:\s(?!{_NO_SURNAME}\b)[^\W\d_][\w’'-]+)?)",
    ),
    ("name", rf"(?i:\bmy)\s{_RELATION},?\s(?P<x>{_NAMES})"),
    ("name", rf"(?i:\b(?:i am|i['’]?m|this is|soy|ich bin))\s(?P<x>{_NAMES})"),
    ("number", r"(?<![\w.$€£])\+?\(?\d(?:[\s().-]{0,2}\d){6,}(?!\w)"),
)
_CAPITALISED = re.compile(rf"(?<!\w){_NAMES}")
# Three capitals or more with a vowel among them, so that PRP and LLLT are none.
_IN_CAPITALS = re.compile(r"(?<!\w)(?=\w*[AEIOUYÀ-ÖØ-Þ])[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ’'-]{2,}(?!\w)")
_SENTENCE_END = re.compile(r"(?:^|[.!?:;\n]\s*|[\"“'‘(\[-]\s*)$")
# Capitalised words that name nobody: openings of questions, and treatments by their trade names.
_NOBODY = frozenset(
    re.findall(
        r"\S+",
        """
    a about after also am an and any are as at be because been before but by can could did do does
    doctor during for from had has have hello hey hi how however i if in is it its just may might my
    no not of ok okay on one or our please should since so some tell thank thanks that the their
    then there these they this those to was we were what when where which while who whose
    why will with would yes you your
    january february march april june july august september october november december monday
    tuesday wednesday thursday friday saturday sunday english spanish european american british
    america britain europe states united kingdom
    does help laser level light low more much never only really very work works
    alopecia areata avodart baricitinib cell cells deuruxolitinib dutasteride exosome exosomes
    finasteride follica hair histogen leqselvi litfulo loss minoxidil nanofat olumiant plasma
    platelet platelets propecia proscar regaine regenera rich rigenera ritlecitinib rogaine scalp
    spironolactone stem stemson svf therapy transplant treatment
    """,
    )
)


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text with `[kind]` in each place where something was taken out, and how many places."""

    text: str
    places: int


def redact(text: str) -> Redacted:
    """`text` without names, addresses, telephone numbers, e-mail addresses and full dates."""
    places = 0
    for kind, find in _FINDERS:
        text, found = _without(text, kind, find(text))
        places += found
    return Redacted(text, places)


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Where a group named `x` matches, or else the whole pattern."""
    group = "x" if "x" in pattern.groupindex else 0
    for match in pattern.finditer(text):
        yield match.span(group)


def _phone_numbers(text: str) -> Iterator[tuple[int, int]]:
    import phonenumbers

    for region in _REGIONS:
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            yield match.start, match.end


def _capitalised_names(text: str) -> Iterator[tuple[int, int]]:
    """Runs of capitalised words; of a run that opens a sentence, only where it has two or more."""
    for match in _CAPITALISED.finditer(text):
        words = [
            w
            for w in re.finditer(r"[\w’'-]+", match[0])
            if re.split("[’']", w[0].lower())[0] not in _NOBODY
        ]
        opens = bool(_SENTENCE_END.search(text, max(0, match.start() - 8), match.start()))
        named = [w for w in words if not (opens and w.start() == 0 and len(words) == 1)]
        if named:
            yield match.start() + named[0].start(), match.start() + named[-1].end()


def _names_in_capitals(text: str) -> Iterator[tuple[int, int]]:
    """Runs of two or more words in capitals, in a text that has small letters too.

    One of them has four letters or more; two short ones are abbreviations.
    """
    if text.isupper():
        return
    words = [w for w in _IN_CAPITALS.finditer(text) if w[0].lower() not in _NOBODY]
    for one, other in pairwise(words):
        if text[one.end() : other.start()].isspace() and max(len(one[0]), len(other[0])) > 3:
            yield one.start(), other.end()


def _without(text: str, kind: str, spans: Iterator[tuple[int, int]]) -> tuple[str, int]:
    """`text` with `[kind]` for each of `spans`, overlapping ones together, and their number."""
    parts: list[str] = []
    reached = taken = 0
    for start, end in _joined(spans):
        if start == end or not text[start:end].strip():
            continue
        lead = start + len(text[start:end]) - len(text[start:end].lstrip(" :,-"))
        parts += [text[reached:lead], f"[{kind}]"]
        reached, taken = end, taken + 1
    return "".join([*parts, text[reached:]]), taken


def _joined(spans: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """`spans` in order, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


_FINDERS: tuple[tuple[str, Callable[[str], Iterator[tuple[int, int]]]], ...] = (
    *((kind, partial(_matches, re.compile(pattern))) for kind, pattern in _SUREST),
    ("phone", _phone_numbers),
    *((kind, partial(_matches, re.compile(pattern))) for kind, pattern in _OTHERS),
    ("name", _capitalised_names),
    ("name", _names_in_capitals),
)

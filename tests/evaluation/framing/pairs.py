"""Pairs of questions that ask the same with another lean, in other words, or with typing errors.

Two ways of asking are made from one row each, so that every treatment is asked in the same ways.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions that should be answered with the same evidence."""

    kind: str
    one: str
    other: str


# A treatment as it is written, and with typing errors.
_TREATMENTS = (
    ("PRP", "prp injektions"),
    ("stem cell therapy for hair loss", "stem cel theraphy for hair los"),
    ("exosome therapy for hair", "exosone therapy for hair"),
    ("minoxidil", "minoxodil"),
    ("finasteride", "finastride"),
    ("dutasteride", "dutastride"),
    ("microneedling for hair", "microneedeling for hair"),
    ("low-level laser therapy for hair", "low level lazer therapy for hair"),
    ("a hair transplant", "a hair transplnt"),
    ("nanofat for hair loss", "nanofatt for hair loss"),
    ("mesotherapy for hair loss", "mesotheraphy for hair loss"),
    ("rosemary oil for hair", "rosemarry oil for hair"),
    ("biotin for hair loss", "biotine for hair loss"),
)
_FRAMES = (
    ("proof and disproof", "Does {} work?", "Is it true that {} does not work?"),
    ("proof and disproof", "Is there proof that {} works?", "Is there proof that {} doesn't work?"),
    ("proof and disproof", "Is {} effective?", "Is {} useless?"),
    ("proof and disproof", "Evidence for {}", "Evidence against {}"),
    ("safe and dangerous", "Is {} safe?", "Is {} dangerous?"),
    ("safe and dangerous", "Is {} harmless?", "Isn't {} harmful?"),
    ("paraphrase", "Does {} work?", "Can {} really help?"),
    ("paraphrase", "What are the side effects of {}?", "What harm can {} do?"),
)


def pairs() -> Iterator[Pair]:
    """Every pair, treatment by treatment."""
    for treatment, mistyped in _TREATMENTS:
        for kind, one, other in _FRAMES:
            yield Pair(kind, one.format(treatment), other.format(treatment))
        yield Pair("typing errors", f"Is {treatment} safe?", f"is {mistyped} saef")
        yield Pair("typing errors", f"Does {treatment} work?", f"dose {mistyped} wrok")

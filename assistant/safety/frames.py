"""How a sign is spoken of: reported, denied, over, supposed or asked about.

A sign counts only where it is reported. The cues are the table `frames.yaml`; this module says
how far each of them reaches.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

# Up to six words, none of which denies what follows.
_GAP = r"(?:(?!(?:not|no|never|without|nor)\b)[\w'./-]+[ ,]+){0,6}?"
_PUNCTUATION = frozenset([",", ":", " - "])


def any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern for whole words that any of `patterns` matches; for none, one that never does.

    `~` in a pattern stands for up to six words in between, none of which denies.
    """
    joined = "|".join(pattern.replace("~", _GAP) for pattern in patterns)
    return re.compile(rf"(?<![\w'])(?:{joined})(?!\w)" if joined else r"(?!)")


def _checked(pattern: str) -> str:
    try:
        any_of([re.sub(r"\{[a-z_]+\}", "x", pattern)])
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression ({error})") from error
    if pattern != pattern.strip():
        raise ValueError(f"{pattern!r} begins or ends with a space, so that it stands for no words")
    return pattern


# A pattern of a table, for `any_of`; it may name a list of its table as {name}.
Pattern = Annotated[str, AfterValidator(_checked)]


def _marked(example: str) -> str:
    if not re.fullmatch(r"[^<>]*<[^<>]+>[^<>]*", example):
        raise ValueError(f"{example!r} must mark one place in <angle brackets>")
    return example


class Cue(BaseModel):
    """A pattern, with examples that mark in <angle brackets> what it decides about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pattern: Pattern
    examples: tuple[Annotated[str, AfterValidator(_marked)], ...] = Field(min_length=1)


class FigureOfSpeech(Cue):
    """A cue for words that are taken out, and messages like them that stay as they are."""

    spares: tuple[str, ...] = ()


class FrameTable(BaseModel):
    """The table `frames.yaml`; the comments there say what each list is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    figures_of_speech: tuple[FigureOfSpeech, ...]
    denials: tuple[Cue, ...]
    not_denials: tuple[Cue, ...]
    denial_ends: tuple[Cue, ...]
    gone: tuple[Cue, ...]
    over: tuple[Cue, ...]
    present: tuple[Cue, ...]
    present_tense: tuple[Cue, ...]
    supposed: tuple[Cue, ...]
    feared: tuple[Cue, ...]
    planned: tuple[Cue, ...]
    asks: tuple[Cue, ...]
    asks_what: tuple[Cue, ...]
    asks_anywhere: tuple[Cue, ...]
    read_about: tuple[Cue, ...]
    own: tuple[Cue, ...]
    not_own: tuple[Cue, ...]
    mild: tuple[Cue, ...]
    clause_ends: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence `[start, end)` of a plain text, and where its clauses start, the first first."""

    start: int
    end: int
    clauses: tuple[int, ...]


class Frames:
    """Applies a frame table to plain text; pure."""

    def __init__(self, table: FrameTable) -> None:
        self._figures = _any_cue(table.figures_of_speech)
        self._denials = _any_cue(table.denials)
        self._not_denials = _any_cue(table.not_denials)
        self._denial_ends = _any_cue(table.denial_ends)
        self._gone = re.compile(rf"^{_any_cue(table.gone).pattern}")
        self._over = _any_cue(table.over)
        self._present = _any_cue(table.present)
        self._present_tense = _any_cue(table.present_tense)
        self._supposed = _any_cue(table.supposed)
        self._feared = _any_cue(table.feared)
        self._planned = _any_cue(table.planned)
        self._asks = re.compile(rf"^\W*{_any_cue(table.asks).pattern}")
        self._asks_what = re.compile(rf"^\W*(?:\w+ )?{_any_cue(table.asks_what).pattern}")
        self._asks_anywhere = _any_cue(table.asks_anywhere)
        self._read_about = _any_cue(table.read_about)
        self._own = _any_cue(table.own)
        self._not_own = _any_cue(table.not_own)
        self._mild = _any_cue(table.mild)
        self._clause_end = re.compile(rf"[,:]| - |{_any_cue(table.clause_ends).pattern}")
        self._joined = re.compile(rf"^\W*{_any_cue(table.clause_ends).pattern}")

    def without_figures_of_speech(self, text: str) -> str:
        """`text` with one meaningless word in place of each figure of speech."""
        return self._figures.sub("figuratively", text)

    def sentences(self, text: str) -> tuple[Sentence, ...]:
        """The sentences of `text`: what ends with a full stop, question mark or semicolon."""
        ends = [match.end() for match in re.finditer(r"[.!?;]+(?=\s|$)", text)]
        return tuple(
            Sentence(start, end, self._clauses(text, start, end))
            for start, end in pairwise([0, *ends, len(text)])
            if text[start:end].strip()
        )

    def _clauses(self, text: str, start: int, end: int) -> tuple[int, ...]:
        ends = self._clause_end.finditer(text, start, end)
        return (start, *(m.end() if m.group() in _PUNCTUATION else m.start() for m in ends))

    def reported(
        self,
        text: str,
        sentence: Sentence,
        start: int,
        end: int,
        *,
        even: Collection[str] = (),
    ) -> bool:
        """Whether the words `[start, end)` of `sentence` tell of what is happening to somebody.

        What is "planned" or "asked" counts too where `even` names it.
        """
        clause = max(c for c in sentence.clauses if c <= start)
        before = text[clause:start]
        return not (
            self._is_denied(text, sentence, clause, start, end)
            or self._is_over(text, sentence, clause, start, end)
            or self._supposed.search(before)
            or self._feared.search(text, start, end)
            or ("planned" not in even and self._planned.search(before))
            or ("asked" not in even and self.is_asked(text, sentence, clause))
        )

    def is_mild(self, text: str, start: int) -> bool:
        """Whether one of the three words before `start` makes little of what follows."""
        return self._mild.search(_last_words(text[:start], 3)) is not None

    def is_asked(self, text: str, sentence: Sentence, clause: int) -> bool:
        """Whether the clause at `clause` asks in general or tells of what somebody read."""
        here = text[clause : _next(sentence.clauses, clause, sentence.end)]
        whole = text[sentence.start : sentence.end]
        joined = clause > sentence.start and self._joined.search(here)
        if (self._asks_what if joined else self._asks).search(here):
            return not self._tells_own_case(here)
        if self._read_about.search(whole):
            return not self._tells_own_case(here)
        return self._asks_anywhere.search(whole) is not None and not self._tells_own_case(whole)

    def _is_denied(self, text: str, sentence: Sentence, clause: int, start: int, end: int) -> bool:
        before = _last_words(self._not_denials.sub(" ", text[clause:start]), 6)
        if self._denials.search(self._denial_ends.split(before)[-1]):
            return True
        if self._gone.search(text[end : sentence.end].lstrip()):
            return True
        return self._ends_a_denied_list(text, sentence, clause)

    def _ends_a_denied_list(self, text: str, sentence: Sentence, clause: int) -> bool:
        """Whether a clause is the last member of "no fever, pus or swelling"."""
        if not re.match(r"\s*(?:\w+ ){0,2}\w+(?: or | nor )", text[clause : sentence.end]):
            return False
        earlier = [c for c in sentence.clauses if c < clause]
        before = text[earlier[-1] : clause].strip() if earlier else ""
        return self._denials.match(before) is not None

    def _is_over(self, text: str, sentence: Sentence, clause: int, start: int, end: int) -> bool:
        if not self._over.search(text, sentence.start, sentence.end):
            return False
        here = text[clause : _next(sentence.clauses, clause, sentence.end)]
        told = f"{_last_words(text[clause:start], 3)} {text[start:end]}"
        return not (self._present.search(here) or self._present_tense.search(told))

    def _tells_own_case(self, words: str) -> bool:
        return self._own.search(self._not_own.sub(" ", words)) is not None


def _any_cue(cues: Iterable[Cue]) -> re.Pattern[str]:
    return any_of(cue.pattern for cue in cues)


def _next(clauses: Sequence[int], clause: int, end: int) -> int:
    return next((c for c in clauses if c > clause), end)


def _last_words(text: str, n: int) -> str:
    return " ".join(text.split()[-n:])

"""A message -> all that the gate's rules need to know of it, found once."""

import re
from dataclasses import dataclass

from assistant.safety.frames import Frames, FrameTable
from assistant.safety.signs import Found, Signs, SignTable
from assistant.safety.wording import SpellingTable, Wording
from assistant.tables import read_table

# A long message is also read in parts of about so many words: in a whole story, the one sentence
# that matters drowns. Of 40 emergencies put at the end of a story of 157 words, runs of 20 words
# found 0.78, of 30 words 0.25, at one false alarm in 110 long general and personal messages.
PART_WORDS = 20
MOST_SENTENCES = 16
_LONG_WORDS = 30
_SENTENCE_END = re.compile(r"(?<=[.!?\n])\s+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as the tables read it; `text` is plain and rightly spelt."""

    text: str
    found: Found


class Reader:
    """Reads messages by the tables; pure."""

    def __init__(self, wording: Wording, frames: Frames, signs: Signs) -> None:
        self._wording = wording
        self._frames = frames
        self._signs = signs

    @classmethod
    def shipped(cls) -> "Reader":
        """The reader with the tables of this package; raises TablesInvalid."""
        frames = Frames(read_table("frames.yaml", FrameTable))
        return cls(
            Wording(read_table("spelling.yaml", SpellingTable)),
            frames,
            Signs(read_table("emergencies.yaml", SignTable), frames),
        )

    def read(self, message: str) -> Reading:
        text = self._wording.corrected(self._wording.plain(message))
        return Reading(text, self._signs.find(text))


def parts_of(message: str) -> tuple[str, ...]:
    """A long message in runs of whole sentences; none for a short one.

    Each sentence begins a run, which goes on while it has at most `PART_WORDS` words. Of a message
    with more than `MOST_SENTENCES` the runs do not overlap, and are longer where they would still
    be many more than that: every run is read by the classifier.
    """
    words = len(message.split())
    if words <= _LONG_WORDS:
        return ()
    sentences = _sentences(message)
    many = len(sentences) > MOST_SENTENCES
    limit = max(PART_WORDS, words // MOST_SENTENCES) if many else PART_WORDS
    parts: list[str] = []
    first = 0
    while first < len(sentences):
        part, following = sentences[first], first + 1
        while (
            following < len(sentences)
            and len(part.split()) + len(sentences[following].split()) <= limit
        ):
            part = f"{part} {sentences[following]}"
            following += 1
        parts.append(part)
        first = following if many else first + 1
    return tuple(parts)


def _sentences(message: str) -> list[str]:
    return [s for s in _SENTENCE_END.split(message) if s.strip()]

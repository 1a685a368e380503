"""A message -> all that the gate's rules need to know of it, found once."""

import re
from dataclasses import dataclass

from assistant.safety.frames import Frames, FrameTable
from assistant.safety.signs import Found, Signs, SignTable
from assistant.safety.wording import SpellingTable, Wording
from assistant.tables import read_table

# A longer message is also read in parts of about so many words: in a whole story, the one sentence
# that matters drowns. Of 330 emergencies among two to nine idle sentences 0.84 are found in the
# whole, and 0.99 with its parts; of 180 other messages among such 0.04 and 0.05 raise an alarm (a
# scratch script).
PART_WORDS = 30
MOST_PARTS = 16
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
    """A message in runs of whole sentences of up to `PART_WORDS` words; none where that is one.

    The runs of a very long one are longer, `MOST_PARTS` or hardly more: all are read.
    """
    sentences = _sentences(message)
    limit = max(PART_WORDS, len(message.split()) // MOST_PARTS)
    parts: list[str] = []
    room = 0
    for sentence in sentences:
        words = len(sentence.split())
        if words <= room:
            parts[-1] = f"{parts[-1]} {sentence}"
            room -= words
        else:
            parts.append(sentence)
            room = limit - words
    return tuple(parts) if len(parts) > 1 else ()


def _sentences(message: str) -> list[str]:
    return [s for s in _SENTENCE_END.split(message) if s.strip()]

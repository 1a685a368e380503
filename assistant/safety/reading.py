"""A message -> all that the gate's rules need to know of it, found once."""

from dataclasses import dataclass

from assistant.safety.frames import Frames, FrameTable
from assistant.safety.signs import Found, Signs, SignTable
from assistant.safety.wording import SpellingTable, Wording
from assistant.tables import read_table

# The classifier reads the beginning of a message, about 190 words, so a long one is also read in
# overlapping parts.
PART_WORDS = 90
_STEP = 60


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
    """A message of more than `PART_WORDS` words in runs of so many, each beginning with
    the last third of the one before; none for a shorter one.
    """
    words = message.split()
    if len(words) <= PART_WORDS:
        return ()
    starts = range(0, len(words) - PART_WORDS + _STEP, _STEP)
    return tuple(" ".join(words[start : start + PART_WORDS]) for start in starts)

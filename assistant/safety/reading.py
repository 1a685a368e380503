"""A message -> all that the gate's rules need to know of it, found once."""

import re
from dataclasses import dataclass

from assistant.safety.frames import Frames, FrameTable
from assistant.safety.signs import Found, Signs, SignTable
from assistant.safety.wording import SpellingTable, Wording
from assistant.tables import read_table

# A long message is also read in parts of about so many words: in the embedding of a whole story,
# the one sentence that matters drowns. On the long development messages, parts of 20 words tell
# urgent from other stories best (`python -m assistant.training.safety`).
PART_WORDS = 20
MOST_SENTENCES = 16
_LONG_WORDS = 30
_SENTENCE_END = re.compile(r"(?<=[.!?\n])\s+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as the tables read it.

    `text` is plain and rightly spelt; `to_embed` is what the classifier's embedding is made of: the
    words as written (so that a search for them embeds nothing twice) unless they were misspelt or
    hold a figure of speech, which is left out.
    """

    text: str
    to_embed: str
    found: Found
    cues: tuple[bool, ...]


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
        plain = self._wording.plain(message)
        text = self._wording.corrected(plain)
        found = self._signs.find(text)
        cleaned = self._frames.without_figures_of_speech(text)
        cues = (
            len(found.mentioned) > len(found.reported),
            found.tells_of_treatment,
            *self._frames.cues(cleaned),
        )
        literal = self._frames.without_figures_of_speech(text, instead="")
        if not literal.strip(" ?.!,"):
            literal = text
        to_embed = message if text == plain and literal == text else literal
        return Reading(text, " ".join(to_embed.split()), found, cues)


def asking_sentence(message: str) -> str | None:
    """The last sentence with a question mark, else the last; None where there is but one."""
    sentences = _sentences(message)
    asked = [sentence for sentence in sentences if "?" in sentence]
    return (asked or sentences)[-1] if len(sentences) > 1 else None


def parts_of(message: str) -> tuple[str, ...]:
    """A long message in runs of whole sentences; none for a short one.

    Each sentence begins a run, which goes on while it has at most `PART_WORDS` words. Of a message
    with more than `MOST_SENTENCES` the runs do not overlap, and are longer where they would still
    be many more than that: every run costs an embedding.
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

"""Questions whose answers are known, and what one like them can expect.

Which sentences of the shipped documents answer each of them, if any, was judged by a reader or
said by who wrote it (`tests/evaluation/README.md`). A new question that lies near them is likely
answered by the same sentences, and likely not at all where its neighbours were not: a
nearest-neighbour vote, which knows what the documents cover where a model that reads one sentence
at a time cannot. The closest of them that a sentence answers is read with it, too. Stored are
vectors, the hashes of sentences, and the words of what is answered; made by `python -m
assistant.training --stage judged`.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.document import Document
from index.embedding import Vectors
from index.errors import EmbedderFailure
from index.passage import Passage
from index.query_encoder import SHIPPED

_ARRAYS = "judged_questions.npz"
_CARD = "judged_questions.json"
# The grades that are stored.
PARTLY, ANSWERS = 1, 2
# So many neighbours vote; beyond them, few have a cosine over a half. Chosen on `dev`: a
# neighbour's weight falls by a factor of e for each 1/16 of cosine behind the closest one.
_NEIGHBOURS = 200
_SHARPNESS = 16.0
# What a vote counts where the sentence answers the neighbour in part: the ratio of the weights of
# both kinds, fitted apart on questions of `keys` (0.62 to 0.66, a scratch script).
_PARTLY = 0.65

# The cosine of a question that is left out.
LEFT_OUT = -1.0

# The numbers of a passage and of a sentence in it.
Place = tuple[int, int]


def sentence_key(doc_id: str, sentence: str) -> int:
    """What a sentence of a document is stored as: 64 bits of SHA-256."""
    return int.from_bytes(hashlib.sha256(f"{doc_id}\n{sentence}".encode()).digest()[:8], "big")


@dataclass(frozen=True, slots=True)
class StoredQuestions:
    """What is on disk.

    `vectors` `[n, d]` int8 are the questions as the encoder `encoder` puts them, times 1/`scale`.
    Question `questions[i]` is answered by the sentence of `sentence_key` `sentences[i]`, in full
    where `grades[i]` is `ANSWERS`, else in part; all three are `[m]`. `texts` `[n]` are the queries
    of those that are answered in full, "" for any other.
    """

    vectors: NDArray[np.int8]
    texts: tuple[str, ...]
    scale: float
    questions: NDArray[np.int32]
    sentences: NDArray[np.uint64]
    grades: NDArray[np.uint8]
    encoder: str

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        vectors: Vectors,
        graded: Sequence[Mapping[tuple[str, str], int]],
        encoder: str,
    ) -> "StoredQuestions":
        """Of queries, their unit vectors `[n, d]`, and the grade of each judged (doc_id, sentence).

        Sentences that answer nothing of it are not stored.
        """
        found = [
            (number, sentence_key(doc_id, sentence), grade)
            for number, judged in enumerate(graded)
            for (doc_id, sentence), grade in sorted(judged.items())
            if grade >= PARTLY
        ]
        scale = float(np.abs(vectors).max()) / 127
        return cls(
            vectors=np.round(vectors / scale).astype(np.int8),
            texts=tuple(
                " ".join(text.split()) if ANSWERS in judged.values() else ""
                for text, judged in zip(texts, graded, strict=True)
            ),
            scale=scale,
            questions=np.array([number for number, _, _ in found], np.int32),
            sentences=np.array([key for _, key, _ in found], np.uint64),
            grades=np.array([grade for _, _, grade in found], np.uint8),
            encoder=encoder,
        )

    def save(self, folder: Path) -> None:
        """Writes the arrays and their card."""
        np.savez_compressed(
            folder / _ARRAYS,
            vectors=self.vectors,
            texts=np.frombuffer("\n".join(self.texts).encode(), np.uint8),
            questions=self.questions,
            sentences=self.sentences,
            grades=self.grades,
        )
        card = {
            "encoder": self.encoder,
            "scale": self.scale,
            "questions": len(self.vectors),
            "answered": len(np.unique(self.questions[self.grades == ANSWERS])),
            "sha256": _sha256(folder / _ARRAYS),
        }
        (folder / _CARD).write_text(json.dumps(card, indent=2) + "\n", "utf-8")

    @classmethod
    def read(cls, folder: Path) -> "StoredQuestions":
        """What `save` wrote; raises EmbedderFailure when it is missing or altered."""
        try:
            card = json.loads((folder / _CARD).read_text("utf-8"))
            if _sha256(folder / _ARRAYS) != card["sha256"]:
                raise EmbedderFailure(
                    f"{folder / _ARRAYS} is not the file that {_CARD} names; check both out again"
                )
            with np.load(folder / _ARRAYS) as arrays:
                return cls(
                    vectors=arrays["vectors"],
                    texts=tuple(arrays["texts"].tobytes().decode().split("\n")),
                    scale=card["scale"],
                    questions=arrays["questions"],
                    sentences=arrays["sentences"],
                    grades=arrays["grades"],
                    encoder=card["encoder"],
                )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EmbedderFailure(
                f"no usable judged questions in {folder} ({error}); check the files out again"
            ) from error


class JudgedQuestions:
    """The stored questions over the passages of one index. Thread-safe."""

    def __init__(
        self,
        stored: StoredQuestions,
        passages: Sequence[Passage],
        documents: Mapping[str, Document],
    ) -> None:
        """What answers counts only where it stands in one of `passages`."""
        places: dict[int, list[Place]] = defaultdict(list)
        for passage, item in enumerate(passages):
            for number, sentence in enumerate(item.sentences):
                key = sentence_key(item.doc_id, sentence.of(documents[item.doc_id].text))
                places[key].append((passage, number))
        self._places: dict[int, list[tuple[Place, bool]]] = defaultdict(list)
        self._answered: set[int] = set()
        answering: dict[Place, list[int]] = defaultdict(list)
        documents_judged: set[str] = set()
        for question, key, grade in zip(
            stored.questions.tolist(),
            stored.sentences.tolist(),
            stored.grades.tolist(),
            strict=True,
        ):
            found = places.get(key, ())
            self._places[question] += ((place, grade == ANSWERS) for place in found)
            if found and grade == ANSWERS:
                self._answered.add(question)
                documents_judged.update(passages[p].doc_id for p, _ in found)
                for place in found:
                    answering[place].append(question)
        self._is_judged = [passage.doc_id in documents_judged for passage in passages]
        self._answering = {place: np.array(numbers) for place, numbers in answering.items()}
        self._texts = stored.texts
        self._vectors: Vectors = stored.vectors.astype(np.float32) * np.float32(stored.scale)

    @classmethod
    def shipped(
        cls, encoder: str, passages: Sequence[Passage], documents: Mapping[str, Document]
    ) -> "JudgedQuestions | None":
        """Those of this package; None where another encoder made their vectors.

        Raises EmbedderFailure when the files are missing or altered.
        """
        stored = StoredQuestions.read(SHIPPED)
        return cls(stored, passages, documents) if stored.encoder == encoder else None

    def around(self, vector: Vectors, *, without: int | None = None) -> "Around":
        """What those around a query's unit vector `[d]` tell, `without` one of them."""
        all_cosines = self._vectors @ vector
        if without is not None:
            all_cosines[without] = LEFT_OUT
        few = min(_NEIGHBOURS, len(all_cosines))
        numbers = np.argpartition(-all_cosines, few - 1)[:few] if few else np.empty(0, np.int64)
        numbers = numbers[np.lexsort((numbers, -all_cosines[numbers]))]
        cosines = all_cosines[numbers]
        weights = np.exp(_SHARPNESS * (cosines - cosines.max(initial=-1.0)))
        total = float(weights.sum())
        closest: dict[Place, float] = {}
        votes: dict[Place, float] = defaultdict(float)
        answered = 0.0
        for number, cosine, weight in zip(
            numbers.tolist(), cosines.tolist(), weights.tolist(), strict=True
        ):
            answered += weight * (number in self._answered)
            for place, in_full in self._places.get(number, ()):
                votes[place] += weight / total * (1.0 if in_full else _PARTLY)
                if in_full:
                    closest.setdefault(place, cosine)
        return Around(closest, votes, (answered + 0.5) / (total + 1.0), all_cosines)

    def asked_of(self, around: "Around", passage: int, sentences: int) -> tuple[str, ...]:
        """For each of the `sentences` of a passage, the closest question that it answers, or ""."""
        return tuple(self.closest_asked(around, (passage, n))[0] for n in range(sentences))

    def closest_asked(self, around: "Around", place: Place) -> tuple[str, float]:
        """The closest question that the sentence at `place` answers in full, and its cosine.

        "" and 0.0 where there is none.
        """
        numbers = self._answering.get(place)
        if numbers is None:
            return "", 0.0
        cosines = around.cosines[numbers]
        closest = int(cosines.argmax())
        cosine = float(cosines[closest])
        return (self._texts[numbers[closest]], cosine) if cosine > LEFT_OUT else ("", 0.0)

    def is_judged(self, passage: int) -> bool:
        """Whether some question is answered by the document of passage number `passage`."""
        return self._is_judged[passage]


@dataclass(frozen=True, slots=True)
class Around:
    """What the judged questions around one query tell.

    `closest` has, for each sentence that answers one of them, the cosine of the closest such;
    `votes` the share in [0, 1] of them that a sentence answers, the closest counting most and an
    answer in part less; `share` in (0, 1) is how many of them are answered at all. `cosines` `[n]`
    are those of the query and every judged question.
    """

    closest: Mapping[Place, float]
    votes: Mapping[Place, float]
    share: float
    cosines: NDArray[np.float32]

    def questions_of(self, passage: int, sentences: int) -> tuple[float, ...]:
        """For each of the `sentences` of a passage, the cosine of its closest question, or 0."""
        return tuple(max(0.0, self.closest.get((passage, n), 0.0)) for n in range(sentences))

    def votes_of(self, passage: int, sentences: int) -> tuple[float, ...]:
        """For each of the `sentences` of a passage, its share of the votes."""
        return tuple(self.votes.get((passage, n), 0.0) for n in range(sentences))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

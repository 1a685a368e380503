"""Questions about the documents, and how well sentences answer them, as `tests/evaluation` keeps
them (its README says how they came about).

`topics.tsv` holds the questions, `sentences.tsv` the sentences that were judged, `qrels.txt` the
judgements in TREC form: `question 0 sentence grade`, 0 no, 1 partly, 2 answers. A sentence is kept
by its words and not by its place, so that a judgement outlives other changes of its document.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.conversation import Turn, self_contained
from assistant.training.examples import shuffled
from assistant.vocabulary import Vocabulary

# The splits whose questions vote (`index/judged_questions.py`); some of `keys` are questions on
# documents whose sentences may train no model.
JUDGED_SPLITS = ("train", "keys")
# So many of the questions that people asked in `keys` train no model.
OF_KEYS = 600
# The questions of people from here on, of whom none trains a model either: the probabilities are
# fitted on them, for they were judged over the documents as they are now.
_JUDGED_LAST_FROM = "S5189"
_SEED = 1

# (doc_id, sentence) -> grade.
Grades = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Topic:
    """A question; `history` holds the questions before it, oldest first."""

    qid: str
    split: str
    style: str
    history: tuple[str, ...]
    question: str

    def turns(self, vocabulary: Vocabulary) -> tuple[Turn, ...]:
        """The history as the assistant is given it."""
        turns: list[Turn] = []
        for asked in self.history:
            turns.append(Turn(asked, self_contained(asked, turns, vocabulary)))
        return tuple(turns)

    def query(self, vocabulary: Vocabulary) -> str:
        """The question as a query that needs no history."""
        return self_contained(self.question, self.turns(vocabulary), vocabulary)


def read_topics(folder: Path) -> tuple[Topic, ...]:
    """Every question."""
    return tuple(
        Topic(r["qid"], r["split"], r["style"], tuple(json.loads(r["history"])), r["question"])
        for r in _rows(folder / "topics.tsv")
    )


def people_in_keys(topics: Iterable[Topic], limit: int) -> list[Topic]:
    """So many of the questions of `keys` that people asked; they were judged over every document.

    Drawn with a seed, the first `OF_KEYS` of them always the same.
    """
    asked = [t for t in topics if t.split == "keys" and t.qid.startswith("P")]
    return shuffled(asked, _SEED)[:limit]


def judged_last(topics: Iterable[Topic]) -> list[Topic]:
    """The questions of people in `keys` that were judged last."""
    return [t for t in topics if t.qid.startswith("S") and t.qid >= _JUDGED_LAST_FROM]


def read_grades(folder: Path, qrels: str = "qrels.txt") -> Mapping[str, Grades]:
    """For each question, the grade that the file `qrels` has of each judged (doc_id, sentence)."""
    sentences = {r["id"]: (r["doc_id"], r["sentence"]) for r in _rows(folder / "sentences.tsv")}
    found: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    with (folder / qrels).open(encoding="utf-8") as file:
        for line in file:
            qid, _, sentence, grade = line.split()
            found[qid][sentences[sentence]] = int(grade)
    return found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)

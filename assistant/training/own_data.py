"""Our own judged questions as examples.

Topics and judgements are those of `tests/evaluation` (its README says how they came about); only
questions of the training part are read.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.conversation import Turn, Vocabulary, self_contained
from assistant.selection import candidates_of
from assistant.training.examples import Example
from index.storage import Index

_LABELS = {2: 1.0, 1: 0.4, 0: 0.0}
_MISSES = 12


@dataclass(frozen=True, slots=True)
class Topic:
    """A question of the evaluation set; `history` holds the questions before it."""

    qid: str
    split: str
    history: tuple[str, ...]
    question: str

    def query(self, vocabulary: Vocabulary) -> str:
        """The question as a query that needs no history."""
        turns: list[Turn] = []
        for asked in self.history:
            turns.append(Turn(asked, self_contained(asked, turns, vocabulary)))
        return self_contained(self.question, turns, vocabulary)


def read_topics(folder: Path) -> tuple[Topic, ...]:
    """The rows of `topics.tsv`."""
    with (folder / "topics.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(
            Topic(r["qid"], r["split"], tuple(json.loads(r["history"])), r["question"])
            for r in rows
        )


def read_judgements(folder: Path) -> Mapping[str, Mapping[tuple[str, str], int]]:
    """Topic id -> (doc_id, sentence) -> grade 0 to 2, from `judgements.tsv`."""
    found: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    with (folder / "judgements.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            found[row["qid"]][(row["doc_id"], row["sentence"])] = int(row["grade"])
    return found


def own_examples(folder: Path, index: Index, vocabulary: Vocabulary) -> Iterator[Example]:
    """One example for each training question, of its judged sentences that `index` holds."""
    judgements = read_judgements(folder)
    everything = {
        (passage.doc_id, candidate.sentence): candidate
        for passage in index.retriever.passages
        for candidate in candidates_of(passage, index.documents[passage.doc_id].text)
    }
    for topic in read_topics(folder):
        if topic.split != "train":
            continue
        graded = sorted(
            (
                (everything[key], grade)
                for key, grade in judgements.get(topic.qid, {}).items()
                if key in everything
            ),
            key=lambda item: -item[1],
        )
        most = sum(grade > 0 for _, grade in graded) + _MISSES
        if graded:
            candidates, grades = zip(*graded[:most], strict=True)
            labels = tuple(_LABELS[grade] for grade in grades)
            yield Example(topic.query(vocabulary), candidates, labels, "own", topic.qid)

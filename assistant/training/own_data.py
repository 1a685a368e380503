"""Our own judged questions as examples: the passages that retrieval brings for each.

Topics and judgements are those of `tests/evaluation` (its README says how they came about); only
questions of the training part are read.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.conversation import Turn, Vocabulary, self_contained
from assistant.training.examples import UNJUDGED, Example
from corpus.document import Document
from index.embedding import Embedder
from index.passage import Passage
from index.storage import Index

PASSAGES = 6
MISSES = 4
# A sentence this close to a gold sentence may answer as well: it is not taught as a miss.
SAME_MEANING_COSINE = 0.82
_GRADES = {2: 1.0, 1: 0.5, 0: 0.0}
_SAME_SECTION = 0.2


@dataclass(frozen=True, slots=True)
class Topic:
    """A question of the evaluation set; `history` holds the questions before it."""

    qid: str
    split: str
    style: str
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
            Topic(r["qid"], r["split"], r["style"], tuple(json.loads(r["history"])), r["question"])
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
    """One example for each retrieved passage of each training question."""
    judgements = read_judgements(folder)
    for topic in read_topics(folder):
        if topic.split != "train":
            continue
        query = topic.query(vocabulary)
        judged = judgements.get(topic.qid, {})
        hits = index.retriever.retrieve(query, PASSAGES)
        passages = [hit.passage for hit in hits]
        passages += [
            p for p in index.retriever.passages if _holds_an_answer(p, judged, index.documents)
        ]
        examples = list(_examples(query, passages, judged, index.documents, index.embedder))
        yield from (e for e in examples if max(e.labels) >= _GRADES[2])
        yield from [e for e in examples if max(e.labels) < _GRADES[2]][:MISSES]


def _holds_an_answer(
    passage: Passage,
    judged: Mapping[tuple[str, str], int],
    documents: Mapping[str, Document],
) -> bool:
    if not any(doc_id == passage.doc_id for doc_id, _ in judged):
        return False
    text = documents[passage.doc_id].text
    return any(judged.get((passage.doc_id, s.of(text))) == 2 for s in passage.sentences)


def _examples(
    query: str,
    passages: Sequence[Passage],
    judged: Mapping[tuple[str, str], int],
    documents: Mapping[str, Document],
    embedder: Embedder,
) -> Iterator[Example]:
    gold = [sentence for (_, sentence), grade in judged.items() if grade == 2]
    gold_vectors = embedder.embed(gold) if gold else None
    for passage in dict.fromkeys(passages):
        text = documents[passage.doc_id].text
        sentences = [span.of(text) for span in passage.sentences]
        grades = [judged.get((passage.doc_id, sentence)) for sentence in sentences]
        miss = _SAME_SECTION if 2 in grades else 0.0
        labels = [miss if grade is None else _GRADES[grade] for grade in grades]
        if gold_vectors is not None:
            close = (embedder.embed(sentences) @ gold_vectors.T).max(1)
            for number in np.flatnonzero(close >= SAME_MEANING_COSINE):
                if grades[number] is None:
                    labels[number] = UNJUDGED
        yield Example(
            query,
            ": ".join(passage.heading_path),
            tuple(sentences),
            tuple(labels),
            "own",
            passage.doc_id,
        )

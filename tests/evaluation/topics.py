"""The evaluation set: questions about the corpus, and which sentences answer them.

`topics.tsv` holds the questions, `judgements.tsv` the grades of sentences (0 no, 1 partly, 2
answers). `python -m tests.evaluation.topics` writes the same judgements as TREC qrels over spans of
the present documents (`qrels.txt`), and names the judged sentences that are no longer there.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.conversation import Turn, Vocabulary, self_contained
from corpus.document import Document
from corpus.loader import load_corpus

FOLDER = Path(__file__).parent
DOCUMENTS = FOLDER.parents[1] / "corpus" / "documents"
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


@cache
def topics(split: str | None = None) -> tuple[Topic, ...]:
    """The questions of one split ("train", "dev" or "test"), or all."""
    found = (
        Topic(r["qid"], r["split"], r["style"], tuple(json.loads(r["history"])), r["question"])
        for r in _rows("topics.tsv")
    )
    return tuple(topic for topic in found if split in (None, topic.split))


@cache
def grades() -> Mapping[str, Grades]:
    """For each question, the grade of each judged (doc_id, sentence)."""
    found: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for row in _rows("judgements.tsv"):
        found[row["qid"]][(row["doc_id"], row["sentence"])] = int(row["grade"])
    return found


def is_answerable(qid: str) -> bool:
    """Whether some sentence was judged to answer the question."""
    return 2 in grades().get(qid, {}).values()


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def anchored(documents: Mapping[str, Document]) -> tuple[list[str], list[str]]:
    """Lines of qrels over spans of `documents`, and the judgements that find no sentence."""
    lines: list[str] = []
    lost: list[str] = []
    for qid, judged in grades().items():
        for (doc_id, sentence), grade in judged.items():
            document = documents.get(doc_id)
            start = document.text.find(sentence) if document else -1
            if start < 0:
                lost.append(f"{qid} {doc_id}: {sentence}")
            else:
                lines.append(f"{qid} 0 {doc_id}:{start}-{start + len(sentence)} {grade}")
    return lines, lost


def main() -> None:
    """Write `qrels.txt` and print what was lost."""
    documents = {d.doc_id: d for d in load_corpus(DOCUMENTS).documents}
    lines, lost = anchored(documents)
    (FOLDER / "qrels.txt").write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lost))
    print(f"{len(lines)} judgements anchored, {len(lost)} whose sentence has changed")


if __name__ == "__main__":
    main()

"""The evaluation set: questions about the documents, and which sentences answer them.

`python -m tests.evaluation.topics` writes the judgements as TREC qrels over spans of the present
documents (`qrels-spans.txt`), and names the judged sentences that are no longer there.
"""

import argparse
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from assistant.training.topics import Grades, Topic, read_grades, read_topics
from corpus.document import Document
from corpus.loader import load_corpus

FOLDER = Path(__file__).parent
DOCUMENTS = FOLDER.parents[1] / "corpus" / "documents"
SPLITS = ("train", "keys", "dev", "test", "final", "people")


@cache
def topics(split: str | None = None) -> tuple[Topic, ...]:
    """The questions of one of `SPLITS`, or all."""
    return tuple(topic for topic in read_topics(FOLDER) if split in (None, topic.split))


@cache
def grades() -> Mapping[str, Grades]:
    """For each question, the grade of each judged (doc_id, sentence)."""
    return read_grades(FOLDER)


def is_answerable(qid: str) -> bool:
    """Whether some sentence was judged to answer the question."""
    return 2 in grades().get(qid, {}).values()


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
    """Write `qrels-spans.txt` and print what was lost."""
    argparse.ArgumentParser(
        prog="python -m tests.evaluation.topics", description=__doc__
    ).parse_args()
    documents = {d.doc_id: d for d in load_corpus(DOCUMENTS).documents}
    lines, lost = anchored(documents)
    (FOLDER / "qrels-spans.txt").write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lost))
    print(f"{len(lines)} judgements anchored, {len(lost)} whose sentence has changed")


if __name__ == "__main__":
    main()

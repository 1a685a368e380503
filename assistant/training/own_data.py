"""Our own judged questions as examples.

Only questions of the training part are read, and no sentence of a document that questions of the
test part were written from.
"""

from collections.abc import Iterator
from copy import copy
from pathlib import Path

from assistant.ordering import candidates_of, closest
from assistant.training.examples import Example, in_held_out_part
from assistant.training.topics import read_grades, read_topics
from assistant.vocabulary import Vocabulary
from index.retriever import Retriever
from index.storage import Index

HELD_OUT_DOCUMENTS = 1 / 3
# What each grade teaches.
LABELS = {2: 1.0, 1: 0.4, 0: 0.0}
# Of the sentences that do not answer, so many are kept: those that retrieval finds closest.
_MISSES = 5
_PASSAGES = 40


def own_examples(folder: Path, index: Index, vocabulary: Vocabulary) -> Iterator[Example]:
    """One example for each training question, of its judged sentences that `index` holds.

    In the order of `topics.tsv`. Misses are chosen by a search without judged questions, for a
    training question would find itself among them, and what is stored there came after training.
    """
    retriever = without_judged_questions(index.retriever)
    judged = read_grades(folder)
    everything = {
        (passage.doc_id, candidate.sentence): candidate
        for passage in retriever.passages
        if not in_held_out_part(passage.doc_id, HELD_OUT_DOCUMENTS)
        for candidate in candidates_of(passage, index.documents[passage.doc_id].text)
    }
    for topic in read_topics(folder):
        if topic.split != "train":
            continue
        query = topic.query(vocabulary)
        hits = retriever.retrieve(query, _PASSAGES)
        found = closest(hits, index.documents, len(everything))
        place = {item.candidate.sentence: number for number, item in enumerate(found)}
        graded = sorted(
            (
                (everything[key], grade)
                for key, grade in judged.get(topic.qid, {}).items()
                if key in everything
            ),
            key=lambda item: (-item[1], place.get(item[0].sentence, len(place))),
        )
        most = sum(grade > 0 for _, grade in graded) + _MISSES
        if graded:
            candidates, grades = zip(*graded[:most], strict=True)
            labels = tuple(LABELS[grade] for grade in grades)
            yield Example(query, candidates, labels, "own", topic.qid)


def without_judged_questions(retriever: Retriever) -> Retriever:
    """Another over the same index, in which no judged question votes."""
    plain = copy(retriever)
    plain._judged = None
    return plain

"""Our own judged questions as examples, each sentence beside a question that it is known to answer.

As a sentence is read when it is searched: beside the other judged question closest to the one asked
(`index/judged_questions.py`). No sentence is read of a document behind the test part.
"""

import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.cross_encoder import Candidate
from assistant.ordering import candidates_of
from assistant.querying import Querying
from assistant.training.examples import Example, in_held_out_part
from assistant.training.own_data import HELD_OUT_DOCUMENTS, LABELS
from assistant.training.topics import JUDGED_SPLITS, Topic, read_grades, read_topics
from assistant.vocabulary import Vocabulary
from index.judged_questions import Place
from index.remembering import vector_of
from index.storage import Index

# Of one question so many sentences are read that answer it, wholly or in part, and so many that do
# not: those that answer the closest questions, and others as drawn.
_MOST_ANSWERS = 7
_CLOSE_MISSES = 2
_DRAWN_MISSES = 2
# So often a sentence is read alone, as those are for which no question was judged.
_SHARE_ALONE = 0.15


@dataclass(frozen=True, slots=True)
class _Judged:
    """A judged sentence with its grade, and the cosine of the question that is read with it."""

    candidate: Candidate
    grade: int
    cosine: float


def may_train(topic: Topic) -> bool:
    """Whether `topic` votes and is none of K, of which hardly more than the answers was judged."""
    return topic.split in JUDGED_SPLITS and not topic.qid.startswith("K")


def asked_examples(
    folder: Path, index: Index, querying: Querying, seed: int, *, without: Collection[str] = ()
) -> Iterator[Example]:
    """One example for each question of `JUDGED_SPLITS`, of its judged sentences in `index`.

    In the order of `topics.tsv`; left out are the ids `without` and what may not train. Raises
    ValueError where `index` has no judged questions.
    """
    known, encoder = index.retriever.judged, index.retriever.query_encoder
    if known is None:
        raise ValueError("the index has no judged questions; build it with the shipped model")
    sentences: dict[tuple[str, str], tuple[Place, Candidate]] = {
        (passage.doc_id, candidate.sentence): ((number, at), candidate)
        for number, passage in enumerate(index.retriever.passages)
        if not in_held_out_part(passage.doc_id, HELD_OUT_DOCUMENTS)
        for at, candidate in enumerate(candidates_of(passage, index.documents[passage.doc_id].text))
    }
    grades, vocabulary, chance = read_grades(folder), Vocabulary.shipped(), random.Random(seed)
    voters = [topic for topic in read_topics(folder) if topic.split in JUDGED_SPLITS]
    for number, topic in enumerate(voters):
        graded = [
            (*sentences[key], grade)
            for key, grade in grades.get(topic.qid, {}).items()
            if key in sentences
        ]
        if not graded or not may_train(topic) or topic.qid in without:
            continue
        query = querying.query(topic.question, topic.turns(vocabulary)).text
        around = known.around(vector_of(query, embedder=encoder), without=number)
        judged = []
        for place, candidate, grade in graded:
            asked, cosine = known.closest_asked(around, place)
            judged.append(_Judged(replace(candidate, asked=asked), grade, cosine))
        chosen = [_at_times_alone(item, chance) for item in _chosen(judged, chance)]
        yield Example(
            query,
            tuple(item.candidate for item in chosen),
            tuple(LABELS[item.grade] for item in chosen),
            "asked",
            topic.qid,
        )


def _chosen(judged: list[_Judged], chance: random.Random) -> list[_Judged]:
    misses = sorted((j for j in judged if j.grade == 0), key=lambda item: -item.cosine)
    others = misses[_CLOSE_MISSES:]
    drawn = chance.sample(others, min(_DRAWN_MISSES, len(others)))
    return [*[j for j in judged if j.grade][:_MOST_ANSWERS], *misses[:_CLOSE_MISSES], *drawn]


def _at_times_alone(item: _Judged, chance: random.Random) -> _Judged:
    if chance.random() >= _SHARE_ALONE:
        return item
    return replace(item, candidate=replace(item.candidate, asked=""))

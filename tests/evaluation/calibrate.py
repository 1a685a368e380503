"""Fits what turns scores into probabilities: `python -m tests.evaluation.calibrate --sets DIR`.

On development questions and everyday requests only. Prints the numbers of
`assistant.selection.Calibration`: the weight of similarity that puts an answer first most often,
the logistic fit of whether a question is answered at all (with everyday requests of CLINC150 that
the safety gate lets through, none of which is), and the scale that fits the grades of the other
sentences best. Then, for each threshold, what share of answerable and of other development
questions would be answered.
"""

import argparse
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from assistant.cross_encoder import SentenceCrossEncoder
from assistant.safety import Route, SafetyGate
from assistant.selection import SENTENCES, closest
from assistant.settings import Settings
from assistant.training.examples import shuffled
from assistant.training.topics import Topic
from index.remembering import vector_of
from index.storage import Index, open_index
from tests.evaluation.queries import Queries
from tests.evaluation.topics import grades, is_answerable, topics

EVERYDAY = 250


@dataclass(frozen=True, slots=True)
class Read:
    """What the model made of the closest sentences of one question; grades are -1 unjudged."""

    topic: Topic
    signals: np.ndarray
    grades: np.ndarray


def reading(index: Index, questions: list[Topic], sentences: int) -> list[Read]:
    """For each question, `[n, 2]` scores and similarities of its closest sentences."""
    queries = Queries(index)
    encoder = SentenceCrossEncoder.shipped()
    found = []
    for topic in questions:
        query = queries.of_topic(topic)
        hits = index.retriever.retrieve(query.text, Settings().passages, words=query.words)
        ranked = closest(hits, index.documents, sentences)
        scores = encoder.scores(query.text, [item.candidate for item in ranked])
        judged: dict[str, int] = {}
        for (_, sentence), grade in grades()[topic.qid].items():
            judged[sentence] = max(grade, judged.get(sentence, 0))
        found.append(
            Read(
                topic,
                np.stack([scores, [item.similarity for item in ranked]], 1),
                np.array([judged.get(item.candidate.sentence, -1) for item in ranked]),
            )
        )
    return found


def everyday_requests(index: Index, folder: Path) -> list[Topic]:
    """Training and validation requests of CLINC150 that the gate does not call off topic."""
    sets = json.loads(gzip.decompress((folder / "clinc150/data_full.json.gz").read_bytes()))
    out_of_scope = [words for words, _ in (*sets["oos_train"], *sets["oos_val"])]
    in_scope = [words for words, _ in sets["train"]]
    gate = SafetyGate.shipped(
        partial(vector_of, embedder=index.embedder), embedder=index.embedder.identity
    )
    chosen = [*out_of_scope, *shuffled(in_scope, 1)[:EVERYDAY]]
    return [
        Topic(f"clinc-{number}", "dev", "everyday", (), words)
        for number, words in enumerate(chosen)
        if gate.assess(words).route is not Route.OFF_TOPIC
    ]


def similarity_weight(read: Sequence[Read]) -> float:
    """The weight with which the first sentence answers most often; the smallest of the best."""

    def share(weight: float) -> float:
        first = [item.grades[(item.signals @ (1.0, weight)).argmax()] == 2 for item in read]
        return float(np.mean(first))

    return max(np.arange(0.0, 1.05, 0.1).round(2), key=lambda w: (share(w), -w))


def scale_of(read: Sequence[Read], weight: float) -> float:
    """The scale under which the grades of the sentences of answerable questions are likeliest."""

    def log_likelihood(scale: float) -> float:
        total = 0.0
        for item in read:
            ranks = item.signals @ (1.0, weight)
            judged = item.grades >= 0
            answers = item.grades[judged] == 2
            fall = np.exp((ranks[judged] - ranks.max()) / scale)
            likely = np.clip(0.9 * fall, 1e-4, 1 - 1e-4)
            total += float(np.log(np.where(answers, likely, 1.0 - likely)).sum())
        return total

    return max(np.arange(0.5, 6.1, 0.25), key=log_likelihood)


def main() -> None:
    """Print the fit and the curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Settings().data)
    parser.add_argument("--sets", type=Path, required=True, help="folder of public question sets")
    parser.add_argument("--sentences", type=int, default=SENTENCES)
    options = parser.parse_args()
    index = open_index(options.data)
    read = reading(index, list(topics("dev")), options.sentences)
    answerable = np.array([is_answerable(item.topic.qid) for item in read])
    answered = [item for item, is_so in zip(read, answerable, strict=True) if is_so]
    weight = similarity_weight(answered)
    rows = np.array([item.signals.max(0) for item in read])
    everyday = reading(index, everyday_requests(index, options.sets), options.sentences)
    strange = np.array([item.signals.max(0) for item in everyday])
    model = LogisticRegression(C=10.0, max_iter=2000).fit(
        np.concatenate([rows, strange]), np.concatenate([answerable, np.zeros(len(strange), bool)])
    )
    highest, nearest = model.coef_[0]
    print(
        f"similarity={weight:.1f} highest={highest:.3f} closest={nearest:.3f} "
        f"bias={model.intercept_[0]:.3f} scale={scale_of(answered, weight):.2f}"
    )
    chances = model.predict_proba(rows)[:, 1]
    first = np.array([i.grades[(i.signals @ (1.0, weight)).argmax()] == 2 for i in read])
    for threshold in np.arange(0.2, 0.95, 0.05):
        passed = chances >= threshold
        print(
            f"threshold {threshold:.2f}: answerable answered {passed[answerable].mean():.3f}, "
            f"others answered {passed[~answerable].mean():.3f}, "
            f"first answers {first[passed & answerable].mean():.3f}"
        )


if __name__ == "__main__":
    main()

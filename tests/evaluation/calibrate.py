"""Fits what turns scores into probabilities: `python -m tests.evaluation.calibrate`.

On the development questions only. Prints the numbers of `assistant.selection.Calibration`: the
weight of similarity that puts an answer first most often, the logistic fit of whether a question is
answered at all, and the scale that fits the grades of the other sentences best. Then, for each
threshold, what share of answerable and of other development questions would be answered.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from assistant.cross_encoder import SentenceCrossEncoder
from assistant.selection import closest
from assistant.settings import Settings
from index.storage import Index, open_index
from tests.evaluation.queries import Queries
from tests.evaluation.topics import Topic, grades, is_answerable, topics

SENTENCES = 12


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
    parser.add_argument("--sentences", type=int, default=SENTENCES)
    options = parser.parse_args()
    read = reading(open_index(options.data), list(topics("dev")), options.sentences)
    answerable = np.array([is_answerable(item.topic.qid) for item in read])
    answered = [item for item, is_so in zip(read, answerable, strict=True) if is_so]
    weight = similarity_weight(answered)
    rows = np.array([[item.signals[:, 0].max()] for item in read])
    model = LogisticRegression(C=10.0, max_iter=2000).fit(rows, answerable)
    print(
        f"similarity={weight:.1f} highest={model.coef_[0][0]:.3f} "
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

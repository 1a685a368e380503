"""Fits what turns scores into probabilities: `python -m tests.evaluation.calibrate --sets DIR`.

On development questions, on those of people's in `keys` that were judged last (each left out of
the vote) and on everyday requests. Prints the numbers of `assistant.calibration.Calibration`: the
weight of similarity that puts an answer first most often, the logistic fits, without and with
judged questions, of whether that first sentence answers, of whether any of the documents does
(with everyday requests of CLINC150 that the safety gate lets through, which none does), and of
whether another sentence that was judged answers too, where replies would quote.
Then, for each threshold, what share of answerable and of other questions would be answered, and of
everyday requests.
"""

import argparse
import gzip
import json
import math
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from assistant.calibration import Another, Calibration, Chance, Chances, Others, Signals
from assistant.cross_encoder import SentenceCrossEncoder
from assistant.ordering import closest
from assistant.safety import Route, SafetyGate
from assistant.selection import SENTENCES
from assistant.settings import Settings
from assistant.training.examples import shuffled
from assistant.training.topics import Topic, judged_last
from index.judged_questions import ANSWERS
from index.storage import Index, open_index
from tests.evaluation.ordering import LeavesOneOut
from tests.evaluation.queries import Queries
from tests.evaluation.topics import grades, is_answerable, topics

EVERYDAY = 250


@dataclass(frozen=True, slots=True)
class Read:
    """What is known of the closest sentences of one question; grades are -1 unjudged."""

    topic: Topic
    signals: Signals
    grades: np.ndarray

    def first_answers(self, fit: Calibration) -> bool:
        """Whether the sentence that ranks first was judged to answer."""
        return bool(self.grades[fit.ranks(self.signals).argmax()] == ANSWERS)

    def row(self) -> list[float]:
        """The signals of `Chance`, in its order, without its bias."""
        highest, closest = self.signals.scores.max(), self.signals.similarities.max()
        shares = [share for share in self.signals.answered_shares if share is not None]
        return [highest, closest, *(math.log(share / (1 - share)) for share in shares[:1])]


def reading(
    index: Index, questions: list[Topic], sentences: int, *, with_judged: bool
) -> list[Read]:
    """For each question, the signals of its closest sentences, with judged questions or without.

    A question has no vote on itself.
    """
    queries, retriever = Queries(index), copy(index.retriever)
    voters = LeavesOneOut(retriever) if with_judged else None
    if not voters:
        retriever._judged = None
    encoder = SentenceCrossEncoder.shipped()
    found = []
    for topic in questions:
        if voters:
            voters.asks(topic)
        query = queries.of_topic(topic)
        hits = retriever.retrieve(query.text, Settings().passages, words=query.words)
        ranked = closest(hits, index.documents, sentences)
        scores = encoder.scores(query.text, [item.candidate for item in ranked])
        judged: dict[str, int] = {}
        for (_, sentence), grade in grades()[topic.qid].items():
            judged[sentence] = max(grade, judged.get(sentence, 0))
        found.append(
            Read(
                topic,
                Signals.of(ranked, scores),
                np.array([judged.get(item.candidate.sentence, -1) for item in ranked]),
            )
        )
    return found


def everyday_requests(index: Index, folder: Path) -> list[Topic]:
    """Training and validation requests of CLINC150 that the gate does not call off topic."""
    sets = json.loads(gzip.decompress((folder / "clinc150/data_full.json.gz").read_bytes()))
    out_of_scope = [words for words, _ in (*sets["oos_train"], *sets["oos_val"])]
    in_scope = [words for words, _ in sets["train"]]
    gate = SafetyGate.shipped()
    chosen = [*out_of_scope, *shuffled(in_scope, 1)[:EVERYDAY]]
    return [
        Topic(f"clinc-{number}", "dev", "everyday", (), words)
        for number, words in enumerate(chosen)
        if gate.assess(words).route is not Route.OFF_TOPIC
    ]


def similarity_weight(read: Sequence[Read]) -> float:
    """The weight with which the first sentence answers most often; the smallest of the best."""

    def share(weight: float) -> float:
        return float(np.mean([item.first_answers(Calibration(weight)) for item in read]))

    return max(map(float, np.arange(0.0, 1.55, 0.1)), key=lambda w: (round(share(w), 6), -w))


def another_of(read: Sequence[Read], fit: Calibration, threshold: float) -> Another:
    """The logistic fit of whether another sentence than the first answers, where any does from
    `threshold` on.
    """
    rows, answers = [], []
    for item in read:
        if fit.answerable(item.signals) < threshold:
            continue
        scores, similarities = item.signals.scores, item.signals.similarities
        first = int(fit.ranks(item.signals).argmax())
        for number in np.flatnonzero(item.grades >= 0):
            if number != first:
                below = similarities[first] - similarities[number]
                rows.append([scores[number], similarities[number], below])
                answers.append(item.grades[number] == ANSWERS)
    model = LogisticRegression(C=10.0, max_iter=2000).fit(rows, answers)
    score, similarity, below = map(float, model.coef_[0])
    return Another(score, similarity, -below, float(model.intercept_[0]))


def chance_of(read: Sequence[Read], answers: Sequence[bool] | np.ndarray) -> Chance:
    """The logistic fit of `answers`, one for each question."""
    rows = np.array([item.row() for item in read])
    model = LogisticRegression(C=10.0, max_iter=2000).fit(rows, answers)
    highest, closest, *around = map(float, model.coef_[0])
    return Chance(highest, closest, float(model.intercept_[0]), *around)


def main() -> None:
    """Print the fit and the curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Settings().data)
    parser.add_argument("--sets", type=Path, required=True, help="folder of public question sets")
    parser.add_argument("--sentences", type=int, default=SENTENCES)
    options = parser.parse_args()
    index = open_index(options.data)
    asked = [
        *topics("dev"),
        *judged_last(topics()),
        *everyday_requests(index, options.sets),
    ]
    answerable = np.array([is_answerable(topic.qid) for topic in asked])
    read = reading(index, asked, options.sentences, with_judged=True)
    alone = reading(index, asked, options.sentences, with_judged=False)
    answered = [item for item, is_so in zip(read, answerable, strict=True) if is_so]
    fit = Calibration(similarity_weight(answered))
    fit = replace(
        fit,
        first=Chances(
            *(
                chance_of(items, [item.first_answers(fit) for item in items])
                for items in (alone, read)
            )
        ),
        answered=Chances(*(chance_of(items, answerable) for items in (alone, read))),
    )
    serves = Settings().answer_threshold
    fit = replace(fit, others=Others(*(another_of(i, fit, serves) for i in (alone, read))))
    print(fit)
    chances = np.array([fit.answerable(item.signals) for item in read])
    first = np.array([item.first_answers(fit) for item in read])
    kinds = np.array(["everyday" if t.style == "everyday" else t.split for t in asked])
    for threshold in np.arange(0.2, 0.95, 0.05):
        passed = chances >= threshold
        for split in ("dev", "keys"):
            of, others = (kinds == split) & answerable, (kinds == split) & ~answerable
            print(
                f"threshold {threshold:.2f}, {split}: answerable answered {passed[of].mean():.3f}, "
                f"others answered {passed[others].mean():.3f}, "
                f"first answers {first[passed & of].mean():.3f}"
            )
        print(f"    everyday requests answered {passed[kinds == 'everyday'].mean():.3f}")


if __name__ == "__main__":
    main()

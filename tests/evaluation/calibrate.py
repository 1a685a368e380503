"""Fits what turns scores into a probability: `python -m tests.evaluation.calibrate`.

On the training and development questions only. Prints the three numbers of
`assistant.selection.Calibration`, then what share of answerable and of other development questions
would be answered at each threshold.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from assistant.conversation import Vocabulary, self_contained
from assistant.cross_encoder import SentenceCrossEncoder
from assistant.selection import CrossEncoderSelector
from assistant.settings import Settings
from index.storage import Index, open_index
from tests.evaluation.topics import Topic, is_answerable, topics

PASSAGES = 8
SELECTOR = Path(__file__).parents[2] / "assistant" / "models" / "selector"


def signals(index: Index, questions: list[Topic]) -> NDArray[np.float64]:
    """`[questions, 2]`: the rank value of the best sentence, and the highest score."""
    vocabulary = Vocabulary.shipped()
    selector = CrossEncoderSelector(SentenceCrossEncoder(SELECTOR), index.documents)
    rows = []
    for topic in questions:
        query = self_contained(topic.question, topic.turns(vocabulary), vocabulary)
        found = [
            pair
            for hit in index.retriever.retrieve(query, PASSAGES)
            for pair in selector.signals(query, hit)
        ]
        rows.append((max(rank for rank, _ in found), max(score for _, score in found)))
    return np.array(rows)


def main() -> None:
    """Print the fit and the curve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Settings().data)
    parser.add_argument("--every", type=int, default=3, help="use every n-th training question")
    options = parser.parse_args()
    index = open_index(options.data)
    development = list(topics("dev"))
    fitted = [*list(topics("train"))[:: options.every], *development]
    table = signals(index, fitted)
    labels = np.array([is_answerable(topic.qid) for topic in fitted])
    model = LogisticRegression(C=3.0, max_iter=2000).fit(table, labels)
    rank, score = model.coef_[0]
    print(f"rank={rank:.3f} score={score:.3f} bias={model.intercept_[0]:.3f} n={len(fitted)}")
    answers = model.predict_proba(table[-len(development) :])[:, 1]
    answerable = labels[-len(development) :]
    for threshold in (0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9):
        passed = answers >= threshold
        print(
            f"threshold {threshold:.2f}: answerable answered {passed[answerable].mean():.3f}, "
            f"others answered {passed[~answerable].mean():.3f}"
        )


if __name__ == "__main__":
    main()

"""How well repetitions are told: `python -m tests.evaluation.repetitions [--data var]`.

`repetitions.tsv` holds pairs of statements of answers to short questions, and whether readers
called the second a repetition of the first. Weights are fitted on those of `dev`, and the chance
from which one is left out was chosen there; those of `held` had no part in it.
"""

import argparse
import csv
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from assistant.balance import BalanceTable
from assistant.figures import FiguresTable
from assistant.repetition import Likeness, Repetitions, Weights
from assistant.settings import Settings
from index.embedding import Embedder
from index.storage import open_index
from tests.evaluation.measures import mean

PAIRS = Path(__file__).with_name("repetitions.tsv")


@dataclass(frozen=True, slots=True)
class Pair:
    """A second statement beside a first; `likeness` is None where it cannot repeat.

    `repeats` is what readers said, `is_left_out` what becomes of it.
    """

    likeness: Likeness | None
    repeats: bool
    is_left_out: bool


def pairs(split: str, embedder: Embedder) -> list[Pair]:
    """Those of `dev` or `held`."""
    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        found = [row for row in rows if row["split"] == split]
    texts = [row[name] for row in found for name in ("first", "second")]
    vectors = embedder.embed([embedder.truncated(text) for text in texts])
    cosines = (vectors[::2] * vectors[1::2]).sum(axis=1)
    told = Repetitions(BalanceTable.shipped(), FiguresTable.shipped())
    found_pairs = []
    for row, cosine in zip(found, map(float, cosines), strict=True):
        one, earlier = row["second"], row["first"]
        likeness = told.likeness(one, earlier, cosine) if told.may_repeat(one, earlier) else None
        is_left_out = told.says_again(one, earlier, cosine)
        found_pairs.append(Pair(likeness, row["repeats"] == "1", is_left_out))
    return found_pairs


def fitted(read: list[Pair]) -> Weights:
    """Logistic regression on the pairs whose second may repeat the first."""
    like = [(pair.likeness, pair.repeats) for pair in read if pair.likeness is not None]
    rows = np.array([astuple(likeness) for likeness, _ in like], float)
    model = LogisticRegression(C=10.0, max_iter=2000).fit(rows, [said for _, said in like])
    weights = (round(float(weight), 1) for weight in model.coef_[0])
    return Weights(Likeness(*weights), round(float(model.intercept_[0]), 1))


def main() -> None:
    """Print the fit, and what the shipped weights leave out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Settings().data, help="the built index")
    embedder = open_index(parser.parse_args().data).embedder
    print(fitted(pairs("dev", embedder)))
    for split in ("dev", "held"):
        read = pairs(split, embedder)
        for name, repeats in (("repetitions", True), ("others", False)):
            left_out = [pair.is_left_out for pair in read if pair.repeats is repeats]
            print(mean(f"{split}: {name} left out", left_out))


if __name__ == "__main__":
    main()

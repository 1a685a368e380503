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

from assistant.figures import FiguresTable
from assistant.repetition import FITTED, Likeness, Repetitions, Weights, may_repeat
from assistant.settings import Settings
from index.embedding import Embedder
from index.storage import open_index
from tests.evaluation.measures import mean

PAIRS = Path(__file__).with_name("repetitions.tsv")


@dataclass(frozen=True, slots=True)
class Pair:
    """A second statement beside a first; `likeness` is None where its numbers are new."""

    likeness: Likeness | None
    repeats: bool

    def is_left_out(self, weights: Weights) -> bool:
        """Whether the second would not be shown."""
        return self.likeness is not None and weights.says_the_same(self.likeness)


def pairs(split: str, embedder: Embedder) -> list[Pair]:
    """Those of `dev` or `held`."""
    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        found = [row for row in rows if row["split"] == split]
    texts = [row[name] for row in found for name in ("first", "second")]
    vectors = embedder.embed([embedder.truncated(text) for text in texts])
    cosines = (vectors[::2] * vectors[1::2]).sum(axis=1)
    told = Repetitions(FiguresTable.shipped())
    return [
        Pair(
            told.likeness(row["second"], row["first"], float(cosine))
            if may_repeat(row["second"], row["first"])
            else None,
            row["repeats"] == "1",
        )
        for row, cosine in zip(found, cosines, strict=True)
    ]


def fitted(read: list[Pair]) -> Weights:
    """Logistic regression on the pairs whose second gives no new number."""
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
        left_out = [pair.is_left_out(FITTED) for pair in read]
        print(mean(f"{split}: repetitions left out", _of(read, left_out, repeats=True)))
        print(mean(f"{split}: others left out", _of(read, left_out, repeats=False)))


def _of(read: list[Pair], left_out: list[bool], *, repeats: bool) -> list[bool]:
    return [out for pair, out in zip(read, left_out, strict=True) if pair.repeats is repeats]


if __name__ == "__main__":
    main()

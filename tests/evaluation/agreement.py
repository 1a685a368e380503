"""How far a second reader agrees: `python -m tests.evaluation.agreement`.

`second_pass.txt` holds, in the form of `qrels.txt`, the grades that an independent reader gave to
candidates of 200 questions of `test`, without sight of the first ones.
"""

from collections.abc import Sequence

import numpy as np
from sklearn.metrics import cohen_kappa_score

from assistant.training.topics import read_grades
from tests.evaluation.measures import estimated, mean
from tests.evaluation.topics import FOLDER, grades

SECOND_PASS = FOLDER / "second_pass.txt"


def pairs() -> list[tuple[int, int]]:
    """The first and the second grade of each candidate that both have."""
    first = grades()
    return [
        (first[qid][sentence], grade)
        for qid, judged in read_grades(FOLDER, SECOND_PASS.name).items()
        for sentence, grade in judged.items()
        if sentence in first.get(qid, {})
    ]


def _kappa(first: Sequence[int], second: Sequence[int]) -> float:
    return float(cohen_kappa_score(first, second))


def main() -> None:
    """Print the share of equal grades, of equal "answers or not", and Cohen's kappa of both."""
    first, second = map(np.array, zip(*pairs(), strict=True))
    print(mean("the same grade", first == second))
    print(estimated("the same grade: Cohen's kappa", _kappa, first, second))
    print(mean("both or neither answers", (first == 2) == (second == 2)))
    print(estimated("both or neither answers: Cohen's kappa", _kappa, first == 2, second == 2))
    print("first grade in rows, second in columns, 0 to 2:")
    for grade in range(3):
        print("  ", *(int(((first == grade) & (second == other)).sum()) for other in range(3)))


if __name__ == "__main__":
    main()

"""How the safety gate's classifier is made: `python -m assistant.training.safety`.

Reads the development examples, embeds them with the default model and writes
`assistant/models/safety/`. With `--check` it writes nothing and prints what ten-fold
cross-validation says of the classifier and of logistic regression on the same features. The
held-out examples (tests/evaluation/safety) are not read here.
"""

import argparse
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import SVC

from assistant.safety.classifier import FOLDER, Weights, features
from assistant.safety.gate import OFF_TOPIC_FROM, PERSONAL_FROM, PERSONAL_ROW_FROM, URGENT_FROM
from assistant.safety.reading import Reader, Reading, asking_sentence
from assistant.safety.rows import PersonalAdvice, PersonalTable
from assistant.tables import read_table
from index.embedding import Embedder, SentenceTransformerEmbedder
from index.models import find_model

logger = logging.getLogger("assistant.training.safety")

EXAMPLES = Path(__file__).parent / "safety_examples.yaml"
GAMMA = 1.0
COST = 3.0
CUE_SCALE = 0.5
_FOLDS = 10
_STEP = 1 / 127

Rows = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled message; `kind` only of urgent ones."""

    message: str
    expect: str
    wording: str
    kind: str | None = None

    @property
    def is_urgent(self) -> bool:
        return self.expect == "urgent"

    @property
    def is_near_miss(self) -> bool:
        return not self.is_urgent and self.wording != "plain"


def read_examples(path: Path) -> tuple[Example, ...]:
    """The examples of a YAML file of groups, in its order."""
    return tuple(
        Example(str(message), group["expect"], group["wording"], group.get("kind"))
        for group in yaml.safe_load(path.read_text("utf-8"))
        for message in group["questions"]
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What the machines see of the examples.

    `messages` and `asking` are `[n, d + cues]` features of the whole messages and of the sentences
    that ask in them, the same row where a message has but one; `readings` are of the messages.
    """

    messages: Rows
    asking: Rows
    readings: Sequence[Reading]

    def rows(self, head: str) -> Rows:
        """What the machine of a head is fitted on.

        That for personal advice sees both, so scaled that its kernel is the root of the product of
        their kernels: on a message of one sentence it is the kernel of the other heads.
        """
        if head != "personal":
            return self.messages
        both: Rows = np.hstack([self.messages, self.asking]) / np.float32(np.sqrt(2))
        return both


def told_by(examples: Sequence[Example], embedder: Embedder) -> Told:
    reader = Reader.shipped()
    readings = [reader.read(example.message) for example in examples]
    asking = [asking_sentence(example.message) for example in examples]
    asked = [reader.read(sentence) for sentence in asking if sentence is not None]
    messages = features_of(readings, embedder)
    rows = messages.copy()
    rows[[sentence is not None for sentence in asking]] = features_of(asked, embedder)
    return Told(messages, rows, readings)


def features_of(readings: Sequence[Reading], embedder: Embedder) -> Rows:
    vectors = embedder.embed([embedder.truncated(reading.to_embed) for reading in readings])
    rows = [features(v, r.cues, CUE_SCALE) for v, r in zip(vectors, readings, strict=True)]
    return np.stack(rows)


@dataclass(frozen=True, slots=True)
class Task:
    """What one head learns: `of` says which examples it sees, `positive` which it looks for."""

    head: str
    of: Mask
    positive: Mask


def tasks(examples: Sequence[Example]) -> Iterator[Task]:
    """The heads in their order: urgent, personal, off_topic, then the kinds of emergencies."""
    expect = np.array([example.expect for example in examples])
    kind = np.array([str(example.kind) for example in examples])
    urgent = expect == "urgent"
    asked = ~urgent & (expect != "story")
    yield Task("urgent", np.ones(len(expect), bool), urgent)
    yield Task("personal", asked, expect == "personal")
    yield Task("off_topic", asked, expect == "off_topic")
    for name in sorted(set(kind[urgent])):
        yield Task(name, urgent, urgent & (kind == name))


def machine() -> SVC:
    return SVC(C=COST, gamma=GAMMA)


def train(told: Told, examples: Sequence[Example], embedder: str) -> Weights:
    """One machine for each head over shared support vectors, rounded to int8."""
    heads, columns, intercepts = [], [], []
    for task in tasks(examples):
        rows, seen = told.rows(task.head), np.flatnonzero(task.of)
        fitted = machine().fit(rows[seen], task.positive[seen])
        column = np.zeros(len(rows), np.float32)
        column[seen[fitted.support_]] = fitted.dual_coef_[0]
        heads.append(task.head)
        columns.append(column)
        intercepts.append(float(fitted.intercept_[0]))
    coefficients = np.stack(columns, axis=1)
    used = np.flatnonzero(np.abs(coefficients).max(axis=1) > 0)
    messages, asking = told.messages[used], told.asking[used]
    longer = np.flatnonzero((messages != asking).any(axis=1))
    places = np.arange(len(used), dtype=np.int16)
    places[longer] = len(used) + np.arange(len(longer))
    return Weights(
        support=np.round(np.vstack([messages, asking[longer]]) / _STEP).astype(np.int8),
        asking=places,
        scale=_STEP,
        coefficients=coefficients[used],
        intercepts=np.array(intercepts, np.float32),
        heads=tuple(heads),
        gamma=GAMMA,
        cue_scale=CUE_SCALE,
        embedder=embedder,
    )


def cross_validated(told: Told, task: Task, strata: Sequence[str], *, linear: bool) -> Rows:
    """Scores of each example by a machine that has not seen it; NaN outside the task."""
    rows, seen = told.rows(task.head), np.flatnonzero(task.of)
    scores = np.full(len(rows), np.nan)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    for fit, held in folds.split(rows[seen], np.array(strata)[seen]):
        model = LogisticRegression(C=5.0, max_iter=3000) if linear else machine()
        model.fit(rows[seen[fit]], task.positive[seen[fit]])
        scores[seen[held]] = model.decision_function(rows[seen[held]])
    return scores


def check(told: Told, examples: Sequence[Example]) -> None:
    """Prints cross-validated shares above each head's threshold, by expectation and wording."""
    advice = PersonalAdvice(read_table("personal.yaml", PersonalTable))
    by_tables = {
        "urgent": np.array([reading.found.is_urgent for reading in told.readings]),
        "personal": np.array([bool(advice.rows(reading.text)) for reading in told.readings]),
    }
    rows_from = {"urgent": -np.inf, "personal": PERSONAL_ROW_FROM}
    limits = {"urgent": URGENT_FROM, "personal": PERSONAL_FROM, "off_topic": OFF_TOPIC_FROM}
    strata = [example.expect for example in examples]
    groups = sorted({(example.expect, example.wording) for example in examples})
    for task in list(tasks(examples))[:3]:
        logger.info(f"{task.head}: share above {limits[task.head]} (logistic regression: above 0)")
        scores = cross_validated(told, task, strata, linear=False)
        machines = scores > limits[task.head]
        logistic = cross_validated(told, task, strata, linear=True) > 0
        for group in groups:
            of = np.array([(e.expect, e.wording) == group for e in examples]) & task.of
            if of.any():
                line = (
                    f"  {group[0]:10} {group[1]:17} {of.sum():4}  machine {machines[of].mean():.3f}"
                )
                line += f"  logistic {logistic[of].mean():.3f}"
                if task.head in by_tables:
                    rows = by_tables[task.head] & (scores > rows_from[task.head])
                    line += f"  machine or tables {(machines | rows)[of].mean():.3f}"
                logger.info(line)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="cross-validate, write nothing")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    embedder = SentenceTransformerEmbedder(find_model(None))
    examples = read_examples(EXAMPLES)
    told = told_by(examples, embedder)
    if options.check:
        check(told, examples)
        return
    weights = train(told, examples, embedder.identity)
    weights.save(
        FOLDER,
        {"examples": len(examples), "cost": COST, "made_by": "python -m assistant.training.safety"},
    )
    logger.info(f"{len(examples)} examples, {len(weights.support)} support vectors -> {FOLDER}")


if __name__ == "__main__":
    main()

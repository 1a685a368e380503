"""Measures answers on the evaluation set: `python -m tests.evaluation.run [--split test]`.

A first statement is right when it holds a sentence that was judged to answer; one that nobody
judged counts as wrong, so the figures are lower bounds. Intervals are 95% bootstrap intervals over
questions, with a fixed seed.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

import app
from assistant.answering import Assistant
from assistant.conversation import Vocabulary
from assistant.reply import Reply, Statement
from assistant.settings import Settings
from tests.evaluation.topics import Topic, grades, is_answerable, topics

_SAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question."""

    topic: Topic
    reply: Reply

    @property
    def answered(self) -> bool:
        return bool(self.reply.statements)

    @property
    def grades(self) -> list[int | None]:
        return [grade_of(self.topic.qid, statement) for statement in self.reply.statements]


def grade_of(qid: str, statement: Statement) -> int | None:
    """The best grade of a judged sentence in the quoted words; None where none was judged."""
    found = [
        grade
        for (doc_id, sentence), grade in grades()[qid].items()
        if sentence in statement.text and doc_id == statement.citation.doc_id
    ]
    same_words = [g for (_, s), g in grades()[qid].items() if s == statement.text]
    return max([*found, *same_words], default=None)


def measured(outcomes: Sequence[Outcome]) -> list[tuple[str, list[float]]]:
    """Each measure with one value a question that it is about."""
    answerable = [o for o in outcomes if is_answerable(o.topic.qid)]
    others = [o for o in outcomes if not is_answerable(o.topic.qid)]
    answered = [o for o in answerable if o.answered]
    return [
        ("answerable: answered", [float(o.answered) for o in answerable]),
        ("answerable and answered: first statement answers (P@1)",
         [float(o.grades[0] == 2) for o in answered]),
        ("answerable and answered: some statement answers",
         [float(2 in o.grades) for o in answered]),
        ("answerable: some statement answers", [float(2 in o.grades) for o in answerable]),
        ("answerable and answered: first statement not judged",
         [float(o.grades[0] is None) for o in answered]),
        ("not answerable: answered all the same", [float(o.answered) for o in others]),
    ]  # fmt: skip


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean and 95% bootstrap interval."""
    sample = np.asarray(values)
    generator = np.random.default_rng(0)
    means = sample[generator.integers(0, len(sample), (_SAMPLES, len(sample)))].mean(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(sample.mean()), float(low), float(high)


def outcomes_of(assistant: Assistant, split: str) -> list[Outcome]:
    """A reply to every question of a split."""
    vocabulary = Vocabulary.shipped()
    return [
        Outcome(topic, assistant.reply(topic.question, topic.turns(vocabulary)))
        for topic in topics(split)
    ]


def by(outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, list[Outcome]]:
    """The outcomes in groups."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[key(outcome)].append(outcome)
    return dict(sorted(groups.items()))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.run", description=__doc__)
    parser.add_argument("--split", choices=("train", "dev", "test"), default="test")
    parser.add_argument("--data", type=Path, default=Settings().data)
    options = parser.parse_args()
    settings = Settings(data=options.data)
    assistant = app._assistant(app._open(settings), settings, date.today)
    outcomes = outcomes_of(assistant, options.split)
    print(f"{len(outcomes)} questions of the split {options.split}")
    for name, values in measured(outcomes):
        if values:
            mean, low, high = interval(values)
            print(f"{name:58} {mean:.3f}  [{low:.3f}, {high:.3f}]  n={len(values)}")
    print("\nby kind of reply:")
    for kind, group in by(outcomes, lambda o: o.reply.kind).items():
        share = sum(is_answerable(o.topic.qid) for o in group) / len(group)
        print(f"  {kind:12} {len(group):5}, of which answerable {share:.2f}")
    print("\nsome statement answers, by style:")
    answerable = [o for o in outcomes if is_answerable(o.topic.qid)]
    for style, group in by(answerable, lambda o: o.topic.style).items():
        right = float(np.mean([2 in o.grades for o in group]))
        print(f"  {style:12} {right:.3f}  n={len(group)}")


if __name__ == "__main__":
    main()

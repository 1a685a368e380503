"""Measures answers on the evaluation set: `python -m tests.evaluation.run [--split test]`.

What counts as right: `tests.evaluation.outcomes`. The figures are followed by their difference to
those of the baseline, by the times of the replies, by the risk-coverage curve over the probability
that the documents answer, by how often that of the best sentence comes true, and, with
`--sentences-read` or `--plots`, by quality against the number of sentences that are read.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.cross_encoder import SentenceCrossEncoder
from assistant.selection import CrossEncoderSelector
from assistant.settings import Settings
from assistant.training.examples import shuffled
from index.storage import open_index
from tests.evaluation.baseline import add_options, compared, read_baseline, write_baseline
from tests.evaluation.curves import Reading, area_under_risk, by_sentences_read, risk_coverage
from tests.evaluation.measures import Bin, Figure, estimated, reliability
from tests.evaluation.outcomes import Outcome, measured, outcomes_of
from tests.evaluation.topics import SPLITS, is_answerable, topics
from tests.evaluation.watching import served_assistant

_SEED = 20261125
_THRESHOLDS = tuple(float(t) for t in np.arange(0.0, 1.0, 0.05).round(2))


def by(outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, list[Outcome]]:
    """The outcomes in groups."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[key(outcome)].append(outcome)
    return dict(sorted(groups.items()))


def figures_of(outcomes: Sequence[Outcome]) -> list[Figure]:
    """Every measure of the table."""
    risk = estimated(
        "all: area under the risk-coverage curve (lower is better)",
        area_under_risk,
        [o.answerable for o in outcomes],
        [o.best_answers for o in outcomes],
    )
    return [*measured(outcomes), risk]


def reliability_of(outcomes: Sequence[Outcome]) -> list[Bin]:
    """How often the most probable sentence answers, by its probability, where any was read."""
    read = [o for o in outcomes if o.weighed]
    return reliability(
        np.array([o.probability for o in read]), np.array([o.best_answers for o in read])
    )


def print_times(outcomes: Sequence[Outcome]) -> None:
    """How long the replies took on this machine; no baseline holds that."""
    print("\nmilliseconds of a reply (timings_ms.total):")
    for name, group in (
        ("all", outcomes),
        ("searched", [o for o in outcomes if o.searched is not None]),
    ):
        if group:
            median, high = np.quantile([o.reply.timings_ms.total for o in group], [0.5, 0.95])
            print(
                f"  {name:10} median {median:.0f}, 95th percentile {high:.0f}, "
                f"of {len(group)} replies"
            )


def print_groups(outcomes: Sequence[Outcome]) -> None:
    """What became of the questions, by kind of reply and by style."""
    print("\nby kind of reply:")
    for kind, group in by(outcomes, lambda o: o.reply.kind).items():
        share = sum(is_answerable(o.topic.qid) for o in group) / len(group)
        print(f"  {kind:12} {len(group):5}, of which answerable {share:.2f}")
    print("\nsome statement answers, by style:")
    answerable = [o for o in outcomes if is_answerable(o.topic.qid)]
    for style, group in by(answerable, lambda o: o.topic.style).items():
        right = float(np.mean([2 in o.grades for o in group]))
        print(f"  {style:12} {right:.3f}  n={len(group)}")


def print_risk(outcomes: Sequence[Outcome], threshold: float) -> None:
    """The risk-coverage curve, the threshold that serves among its points."""
    print("\nif the most probable sentence were shown from a probability of an answer on:")
    print("  threshold  coverage  risk   answerable answered  others answered")
    points = risk_coverage(outcomes, sorted({*_THRESHOLDS, threshold}))
    for point in points:
        served = "  <- serves" if point.threshold == threshold else ""
        print(
            f"  {point.threshold:9.2f}  {point.coverage:8.3f}  {point.risk:.3f}"
            f"  {point.answerable:19.3f}  {point.others:15.3f}{served}"
        )


def print_reliability(bins: Sequence[Bin]) -> None:
    """Whether the probability of the most probable sentence comes true."""
    print("\nby the probability of the most probable sentence:")
    print("  probability  it answers  questions")
    for found in bins:
        print(f"  {found.probability:11.2f}  {found.share:10.2f}  {found.count:9}")


def print_readings(readings: Sequence[Reading]) -> None:
    """Quality and cost against the number of sentences read."""
    print(f"\nby the number of sentences read, over {readings[0].auroc.count} questions:")
    print("  sentences  most probable answers    answerability AUROC      median ms")
    for reading in readings:
        print(
            f"  {reading.sentences:9}  {reading.first.short}    {reading.auroc.short}"
            f"    {reading.milliseconds:9.1f}"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables, and write what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.run", description=__doc__)
    parser.add_argument("--split", choices=SPLITS, default="test")
    parser.add_argument("--data", type=Path, default=Settings().data, help="the built index")
    parser.add_argument("--limit", type=int, help="only so many questions, drawn with a seed")
    parser.add_argument("--sentences-read", action="store_true", help="also that curve")
    parser.add_argument("--plots", type=Path, metavar="FOLDER", help="draw the curves there")
    add_options(parser)
    options = parser.parse_args(arguments)
    if options.limit and options.write_baseline:
        parser.error("a baseline is over the whole split; leave out --limit")
    settings = Settings(data=options.data)
    index = open_index(settings.data, model=settings.model)
    scorer = SentenceCrossEncoder.shipped()
    asked = topics(options.split)
    if options.limit:
        asked = tuple(shuffled(asked, _SEED)[: options.limit])
    outcomes = outcomes_of(
        asked,
        *served_assistant(index, settings),
        selector=CrossEncoderSelector(scorer, index.documents),
        documents=index.documents,
    )
    figures = figures_of(outcomes)
    _print_figures(options, figures, len(outcomes))
    print_times(outcomes)
    print_groups(outcomes)
    print_risk(outcomes, settings.answer_threshold)
    print_reliability(reliability_of(outcomes))
    if options.write_baseline:
        write_baseline(options.baseline, options.split, figures)
        print(f"\nwrote {options.baseline}")
    if options.sentences_read or options.plots:
        readings = by_sentences_read(outcomes, scorer, index.documents)
        print_readings(readings)
        if options.plots:
            _draw(options.plots, outcomes, readings, settings.answer_threshold)


def _print_figures(options: argparse.Namespace, figures: Sequence[Figure], count: int) -> None:
    print(f"{count} questions of the split {options.split}")
    before = read_baseline(options.baseline).get(options.split)
    if options.write_baseline or options.limit or before is None:
        print("\n".join(map(str, figures)))
        if not options.write_baseline:
            reason = "only some questions" if options.limit else f"none of it in {options.baseline}"
            print(f"not compared with a baseline: {reason}")
        return
    print(f"last column: difference to {options.baseline}")
    for figure in figures:
        print(compared(figure, before.get(figure.name)))


def _draw(
    folder: Path, outcomes: Sequence[Outcome], readings: Sequence[Reading], threshold: float
) -> None:
    from tests.evaluation.plots import draw  # matplotlib is slow to import

    [served] = risk_coverage(outcomes, [threshold])
    drawn = draw(
        folder,
        points=risk_coverage(outcomes),
        readings=readings,
        bins=reliability_of(outcomes),
        served=served,
    )
    print(f"\ndrew {', '.join(map(str, drawn))}")


if __name__ == "__main__":
    main()

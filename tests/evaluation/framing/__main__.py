"""Measures framing: `python -m tests.evaluation.framing [--data DIR]`.

For each kind of pair, of the pairs of which a reply quotes something, how many they are, the share
whose replies have a quotation in common and their mean overlap (Jaccard, of the quoted sentences'
spans), before (each question searched as it leans and is written) and after. Pairs neither of whose
replies quotes anything are in none of the three. It needs a built index, by default that of
`python app.py index`.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from assistant.answering import Assistant
from assistant.framing import Framing
from assistant.reply import Reply
from assistant.settings import Settings
from index.storage import Index, open_index
from tests.evaluation.framing.pairs import Pair, pairs
from tests.small_corpus import assistant_over

Ask = Callable[[str], Reply]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `quoting` pairs, of which a reply quotes something, the share with a quotation in common
    and the mean overlap, in [0, 1]; `silent` are the other pairs.
    """

    quoting: int
    silent: int
    common: float
    overlap: float


def overlap(one: Reply, other: Reply) -> float | None:
    """The share of the quotations of both replies that are in both; None where both have none."""
    first, second = _quoted(one), _quoted(other)
    return len(first & second) / len(first | second) if first | second else None


def agreement(asked: Sequence[Pair], ask: Ask) -> Agreement:
    """The agreement of the replies to `asked`."""
    overlaps = [overlap(ask(pair.one), ask(pair.other)) for pair in asked]
    found = [o for o in overlaps if o is not None]
    silent = len(overlaps) - len(found)
    if not found:
        return Agreement(0, silent, 0.0, 0.0)
    return Agreement(len(found), silent, mean(o > 0 for o in found), mean(found))


def as_it_leans(index: Index) -> Assistant:
    """The assistant that searches each question as it was asked, errors and all."""
    return assistant_over(index, framing=Framing(opens="(?!)", leans=()), corrects=False)


def _quoted(reply: Reply) -> set[tuple[str, int]]:
    return {(s.citation.doc_id, s.citation.span.start) for s in reply.statements}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Settings().data)
    index = open_index(parser.parse_args().data)
    asked = list(pairs())
    before, after = as_it_leans(index).reply, assistant_over(index).reply
    print(
        f"{'kind':20} {'pairs':>5}  {'quoting':16}  common quote  mean overlap   (before -> after)"
    )
    for kind in [*dict.fromkeys(pair.kind for pair in asked), "all"]:
        chosen = [pair for pair in asked if kind in (pair.kind, "all")]
        old, new = agreement(chosen, before), agreement(chosen, after)
        print(
            f"{kind:20} {len(chosen):5}  {old.quoting:7} -> {new.quoting:<5}  "
            f"{old.common:5.2f} -> {new.common:.2f}  {old.overlap:5.2f} -> {new.overlap:.2f}"
        )


if __name__ == "__main__":
    main()

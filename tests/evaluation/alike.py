"""Counts held-out questions that are worded almost as others: `python -m tests.evaluation.alike`.

A question of `test`, `final` or `people` counts where its words are alike by 85% or more
(`rapidfuzz.fuzz.ratio`, case ignored) to those of a question that trained, tuned or votes (`train`,
`dev`, `keys`), or to one of the documents' own lists of questions. Follow-ups are left out, for
what they ask is not in their words alone. `--print` shows each beside the closest.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from assistant.settings import Settings
from index.files import read_contents
from index.storage import current_generation
from tests.evaluation.topics import topics

HELD_OUT = ("test", "final", "people")
_KNOWN = ("train", "dev", "keys")
_ALIKE = 85


def alike(asked: Sequence[str], known: Sequence[str]) -> list[tuple[str, str]]:
    """The questions of `asked` that are worded almost as one of `known`, each with the closest."""
    if not asked or not known:
        return []
    ratios = process.cdist(
        [text.lower() for text in asked],
        [text.lower() for text in known],
        scorer=fuzz.ratio,
        score_cutoff=_ALIKE,
        dtype=np.float32,
    )
    found = np.flatnonzero(ratios.max(1) >= _ALIKE)
    return [(asked[int(row)], known[int(ratios[row].argmax())]) for row in found]


def _first_turns(*splits: str) -> list[str]:
    return [t.question for split in splits for t in topics(split) if not t.history]


def main() -> None:
    """Print the counts of each split."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.alike", description=__doc__)
    parser.add_argument("--data", type=Path, default=Settings().data, help="the built index")
    parser.add_argument("--print", action="store_true", help="each of them, and the closest")
    options = parser.parse_args()
    contents = read_contents(current_generation(options.data))
    groups = {
        "questions of train, dev, keys": _first_turns(*_KNOWN),
        "the documents' own": [q.text for q in contents.questions if not q.is_heading],
    }
    for split in HELD_OUT:
        asked = _first_turns(split)
        for name, known in groups.items():
            found = alike(asked, known)
            print(f"{split:8} {len(found):3} of {len(asked)} alike to {name}")
            if options.print:
                print("".join(f"    {one}\n    = {other}\n" for one, other in found), end="")


if __name__ == "__main__":
    main()

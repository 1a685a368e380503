"""How the safety gate's classifier is made: `python -m assistant.training.safety`.

Fine-tunes an encoder on the development examples and writes `assistant/models/safety/`, in about
ten minutes on two CPU cores. With `--check` it writes nothing: it is fitted on four fifths of them,
and what it and logistic regression on the embedder's vectors say of the last fifth is printed. The
held-out examples (tests/evaluation/safety) are not read here.
"""

import argparse
import hashlib
import json
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from assistant.safety.classifier import FOLDER, HEADS_FILE, YES_OR_NO
from assistant.safety.gate import OFF_TOPIC_FROM, PERSONAL_FROM, PERSONAL_ROW_FROM, URGENT_FROM
from assistant.safety.reading import Reader
from assistant.safety.rows import PersonalAdvice, PersonalTable
from assistant.safety.signs import SignTable
from assistant.tables import read_table
from assistant.training.examples import in_held_out_part
from assistant.training.safety_encoder import Heads, fine_tuned
from index.embedding import SentenceTransformerEmbedder
from index.export import export_onnx
from index.models import find_model

logger = logging.getLogger("assistant.training.safety")

EXAMPLES = Path(__file__).parent / "safety_examples.yaml"
CHECKED_PART = 1 / 5
_SEED = 20261126
_MOST_BESIDE = 4
_SHORT_WORDS = 25
_SHARE_ASKED_BESIDE = 0.4

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


def table_examples() -> tuple[Example, ...]:
    """The examples of the rows that a clinician edits: a classifier must not overrule them.

    What a row says is not urgent may still be personal, so it teaches nothing else.
    """
    signs = read_table("emergencies.yaml", SignTable).signs
    advice = read_table("personal.yaml", PersonalTable)
    found = [Example(m, "urgent", "direct", sign.kind) for sign in signs for m in sign.urgent]
    found += [Example(m, "story", "plain") for sign in signs for m in sign.not_urgent]
    for row in (*advice.patterns, *advice.not_personal):
        found += [Example(m, "personal", "plain") for m in row.personal]
        found += [Example(m, "answer", "plain") for m in row.general]
    return tuple(found)


def heads_of(examples: Sequence[Example]) -> tuple[tuple[str, ...], Heads]:
    """The names of the heads, `YES_OR_NO` and then the kinds of emergencies, and what they learn.

    A story that is no emergency and asks for nothing teaches only what is not urgent.
    """
    expect = np.array([example.expect for example in examples])
    kind = np.array([str(example.kind) for example in examples])
    urgent = expect == "urgent"
    asked = ~urgent & (expect != "story")
    kinds = sorted(set(kind[urgent].tolist()))
    of = [np.ones(len(expect), bool), asked, asked, *[urgent for _ in kinds]]
    positive = [expect == name for name in YES_OR_NO] + [urgent & (kind == name) for name in kinds]
    return (*YES_OR_NO, *kinds), Heads(np.stack(of, axis=1), np.stack(positive, axis=1))


def joined(examples: Sequence[Example], seed: int) -> list[Example]:
    """Every third message with something else told or asked before it, after it, or both.

    People do not write one sentence. What stands beside it, up to `_MOST_BESIDE` things told, the
    last of them perhaps a general question, changes nothing of what a message asks for.
    """
    chance = random.Random(seed)
    told = [e.message for e in examples if e.expect == "story" and _is_short(e)]
    asked = [e.message for e in examples if (e.expect, e.wording) == ("answer", "plain")]
    joined = []
    for example in examples[::3]:
        if example.expect in ("urgent", "personal", "answer"):
            beside = chance.sample(told, chance.randint(1, _MOST_BESIDE))
            if chance.random() < _SHARE_ASKED_BESIDE:
                beside[-1] = chance.choice(asked)
            at = chance.choice((0, len(beside), chance.randint(0, len(beside))))
            parts = [_closed(part) for part in (*beside[:at], example.message, *beside[at:])]
            joined.append(replace(example, message=" ".join(parts)))
    return joined


def _is_short(example: Example) -> bool:
    return len(example.message.split()) <= _SHORT_WORDS


def _closed(part: str) -> str:
    return part if part[-1] in ".!?" else f"{part}."


def train(examples: Sequence[Example]) -> tuple[SentenceTransformerEmbedder, Rows, Rows]:
    """The encoder, and weights and biases of the heads."""
    examples = [*examples, *joined(examples, _SEED), *table_examples()]
    messages = [example.message for example in examples]
    return fine_tuned(messages, heads_of(examples)[1], _SEED)


def write(
    trained: tuple[SentenceTransformerEmbedder, Rows, Rows], examples: Sequence[Example]
) -> None:
    """The encoder as int8 ONNX, its heads and a card, beside the README of the folder."""
    encoder, weights, biases = trained
    readme = (FOLDER / "README.md").read_text("utf-8")
    report = export_onnx(encoder, FOLDER, [example.message for example in examples[::10]])
    (FOLDER / "README.md").write_text(readme, "utf-8")
    np.savez_compressed(
        FOLDER / HEADS_FILE, weights=weights.astype(np.float32), biases=biases.astype(np.float32)
    )
    card = json.loads((FOLDER / "card.json").read_text("utf-8"))
    card["heads"] = heads_of(examples)[0]
    card["examples"] = len(examples)
    card["files"][HEADS_FILE] = hashlib.sha256((FOLDER / HEADS_FILE).read_bytes()).hexdigest()
    (FOLDER / "card.json").write_text(json.dumps(card, indent=2) + "\n", "utf-8")
    logger.info(
        f"{len(examples)} examples; {report.variant} agrees by {report.int8.mean:.4f} -> {FOLDER}"
    )


def check(examples: Sequence[Example]) -> None:
    """Prints shares above each head's threshold, by expectation and wording, of what is held out.

    With the rows of the tables that speak for the same head; beside it logistic regression on the
    vectors of the default model.
    """
    held = np.array([in_held_out_part(example.message, CHECKED_PART) for example in examples])
    fitted = [example for example, out in zip(examples, held, strict=True) if not out]
    encoder, weights, biases = train(fitted)
    messages = [example.message for example in examples]
    logits = _vectors(encoder, messages) @ weights + biases
    plain = _vectors(SentenceTransformerEmbedder(find_model(None)), messages)
    reader, advice = Reader.shipped(), PersonalAdvice(read_table("personal.yaml", PersonalTable))
    readings = [reader.read(message) for message in messages]
    urgent_rows = np.array([reading.found.is_urgent for reading in readings])
    personal_rows = np.array([bool(advice.rows(reading.text)) for reading in readings])
    rows = (
        urgent_rows,
        personal_rows & (logits[:, 1] > PERSONAL_ROW_FROM),
        np.zeros(len(examples), bool),
    )
    limits = (URGENT_FROM, PERSONAL_FROM, OFF_TOPIC_FROM)
    heads = heads_of(examples)[1]
    groups = sorted({(example.expect, example.wording) for example in examples})
    for number, name in enumerate(YES_OR_NO):
        logger.info(f"{name}: share above {limits[number]} (logistic regression: above 0)")
        of = heads.of[:, number]
        regression = LogisticRegression(C=5.0, max_iter=3000)
        regression.fit(plain[of & ~held], heads.positive[of & ~held, number])
        logistic = regression.predict(plain)
        tuned = logits[:, number] > limits[number]
        for group in groups:
            seen = np.array([(e.expect, e.wording) == group for e in examples]) & of & held
            if seen.any():
                logger.info(
                    f"  {group[0]:10} {group[1]:17} {seen.sum():4}"
                    f"  encoder {tuned[seen].mean():.3f}"
                    f"  with the tables {(tuned | rows[number])[seen].mean():.3f}"
                    f"  logistic regression {logistic[seen].mean():.3f}"
                )


def _vectors(encoder: SentenceTransformerEmbedder, messages: Sequence[str]) -> Rows:
    return encoder.embed([encoder.truncated(message) for message in messages])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="hold a fifth out, write nothing")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    examples = read_examples(EXAMPLES)
    if options.check:
        check(examples)
    else:
        write(train(examples), examples)


if __name__ == "__main__":
    main()

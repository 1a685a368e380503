"""One question is embedded once, and remembered only for a while."""

from collections.abc import Sequence

import numpy as np

from index.embedding import OnnxEmbedder, Vectors
from index.remembering import RememberingEmbedder, vector_of


class CountingEmbedder:
    """The tiny embedder, which keeps the texts that it had to embed."""

    def __init__(self, embedder: OnnxEmbedder) -> None:
        self._embedder = embedder
        self.identity, self.variant = embedder.identity, embedder.variant
        self.dimension, self.max_tokens = embedder.dimension, embedder.max_tokens
        self.count_tokens, self.truncated = embedder.count_tokens, embedder.truncated
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return self._embedder.embed(texts)


def test_a_text_given_alone_is_embedded_once(tiny_onnx_embedder: OnnxEmbedder) -> None:
    counting = CountingEmbedder(tiny_onnx_embedder)
    embedder = RememberingEmbedder(counting)
    first, second = embedder.embed(["hair"]), embedder.embed(["hair"])
    assert counting.embedded == ["hair"]
    assert np.array_equal(first, second)
    assert np.array_equal(first, tiny_onnx_embedder.embed(["hair"]))


def test_what_a_caller_does_to_a_vector_is_not_remembered(tiny_onnx_embedder: OnnxEmbedder) -> None:
    embedder = RememberingEmbedder(tiny_onnx_embedder)
    embedder.embed(["hair"])[:] = 0
    assert np.array_equal(embedder.embed(["hair"]), tiny_onnx_embedder.embed(["hair"]))


def test_texts_are_forgotten_when_others_come(tiny_onnx_embedder: OnnxEmbedder) -> None:
    counting = CountingEmbedder(tiny_onnx_embedder)
    embedder = RememberingEmbedder(counting)
    for text in ("hair", *map(str, range(20)), "hair"):
        embedder.embed([text])
    assert counting.embedded.count("hair") == 2


def test_the_vector_of_a_long_text_is_that_of_its_beginning(
    tiny_onnx_embedder: OnnxEmbedder,
) -> None:
    long = "hair loss " * 500
    vector = vector_of(long, embedder=tiny_onnx_embedder)
    assert vector.shape == (tiny_onnx_embedder.dimension,)
    beginning = tiny_onnx_embedder.embed([tiny_onnx_embedder.truncated(long)])[0]
    assert np.array_equal(vector, beginning)

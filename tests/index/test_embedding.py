"""One contract over every embedder, with the shipped model and with a small one of another make."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedding import (
    Embedder,
    OnnxEmbedder,
    SentenceTransformerEmbedder,
    longest_beginning,
)
from index.errors import EmbedderFailure
from index.models import find_model
from tests.index.conftest import SENTENCES
from tests.small_corpus import SmallIndex

ROOT = Path(__file__).parent.parent.parent
EMBEDDERS = ["torch_embedder", "onnx_embedder", "tiny_torch_embedder", "tiny_onnx_embedder"]
ODD = [
    "",
    " ",
    "\n",
    "?",
    "👩🏽‍⚕️ 🧬",
    "العلاج",
    "n̈ \x07 \u200b",
    "a" * 300,
    "<script>&amp;</script>",
]


@pytest.fixture(params=[*EMBEDDERS, "remembering_embedder"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    named: Embedder = request.getfixturevalue(request.param)
    return named


def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    return float(one @ other)


def test_texts_become_rows_of_length_one(embedder: Embedder) -> None:
    rows = embedder.embed(SENTENCES)
    assert rows.dtype == np.float32
    assert rows.shape == (len(SENTENCES), embedder.dimension)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_no_texts_become_no_rows(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimension)
    assert embedder.count_tokens([]) == []


def test_rows_stand_in_the_order_of_the_texts(embedder: Embedder) -> None:
    rows = embedder.embed(SENTENCES)
    for number in (0, len(SENTENCES) // 2, len(SENTENCES) - 1):
        (alone,) = embedder.embed([SENTENCES[number]])
        assert int(np.argmax(rows @ alone)) == number


def test_a_text_has_the_same_vector_whatever_stands_beside_it(embedder: Embedder) -> None:
    among = embedder.embed(SENTENCES)
    alone = np.vstack([embedder.embed([sentence]) for sentence in SENTENCES])
    if embedder.variant == "torch":
        assert np.einsum("ij,ij->i", among, alone) == pytest.approx(1.0, abs=1e-5)
    else:
        assert np.array_equal(among, alone)


def test_many_threads_get_the_same_vectors(embedder: Embedder) -> None:
    expected = embedder.embed(SENTENCES)
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda text: embedder.count_tokens([text])[0], SENTENCES * 3))
        rows = np.vstack(list(pool.map(lambda text: embedder.embed([text])[0], SENTENCES * 3)))
    assert counts == embedder.count_tokens(SENTENCES) * 3
    assert rows == pytest.approx(np.vstack([expected] * 3), abs=1e-4)


def test_tokens_are_counted_with_the_two_special_ones(embedder: Embedder) -> None:
    assert embedder.count_tokens(["", "hair", "hair, hair"]) == [2, 3, 5]


@pytest.mark.parametrize("text", ODD, ids=ascii)
def test_an_odd_text_is_embedded(embedder: Embedder, text: str) -> None:
    (row,) = embedder.embed([text])
    assert np.linalg.norm(row) == pytest.approx(1.0, abs=1e-5)
    assert embedder.truncated(text) == text


def test_the_longest_text_that_is_read_is_embedded_and_a_longer_one_refused(
    embedder: Embedder,
) -> None:
    most = embedder.max_tokens
    longest = "hair " * (most - 2)
    assert embedder.count_tokens([longest]) == [most]
    assert embedder.embed([longest]).shape == (1, embedder.dimension)
    with pytest.raises(ValueError, match=f"{most + 1} tokens would be cut; at most {most}"):
        embedder.embed(["short", longest + "hair"])


@pytest.mark.parametrize("word", ["hair ", "unbelievable, ", "x", "脱毛", "🧬 "])
def test_a_long_text_is_cut_to_as_much_as_is_read(embedder: Embedder, word: str) -> None:
    text = "  What is " + " ".join([word * 40] * 50)
    cut = embedder.truncated(text)
    (count,) = embedder.count_tokens([cut])
    assert text.startswith(cut)
    assert count <= embedder.max_tokens
    assert len(cut) == len(text) or count >= embedder.max_tokens - 3
    embedder.embed([cut])


def test_an_embedder_says_which_model_it_is_and_how_it_runs(embedder: Embedder) -> None:
    assert embedder.variant in {"torch", "fp32", "int8"}
    name, _, revision = embedder.identity.partition("@")
    assert name
    assert len(revision) == 12


@pytest.mark.parametrize("pair", [EMBEDDERS[:2], EMBEDDERS[2:]], ids=["shipped", "tiny"])
def test_an_export_counts_and_reads_as_its_original(
    request: pytest.FixtureRequest, pair: list[str]
) -> None:
    original, export = map(request.getfixturevalue, pair)
    texts = [*SENTENCES, *ODD]
    assert (export.identity, export.dimension, export.max_tokens) == (
        original.identity,
        original.dimension,
        original.max_tokens,
    )
    assert export.count_tokens(texts) == original.count_tokens(texts)
    cosines = np.einsum("ij,ij->i", export.embed(SENTENCES), original.embed(SENTENCES))
    assert cosines.mean() >= 0.99
    assert cosines.min() >= 0.9


@pytest.mark.parametrize("name", EMBEDDERS[:2])
def test_the_shipped_model_knows_what_is_alike(request: pytest.FixtureRequest, name: str) -> None:
    embedder: Embedder = request.getfixturevalue(name)
    assert embedder.identity == "all-MiniLM-L6-v2@53aa51172d14"
    assert (embedder.dimension, embedder.max_tokens) == (384, 256)
    question, near, far = embedder.embed(
        [
            "How much does plasma treatment cost?",
            "A session costs $500 to $1,500.",
            "No agency has approved fat cells for hair.",
        ]
    )
    assert _cosine(question, near) > _cosine(question, far) + 0.2


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    source = find_model(None)
    folder = tmp_path / "model"
    shutil.copytree(source.folder, folder)
    weights = folder / "model.safetensors"
    with weights.open("r+b") as file:
        file.seek(-1000, 2)
        byte = file.read(1)
        file.seek(-1000, 2)
        file.write(bytes([byte[0] ^ 1]))
    with pytest.raises(EmbedderFailure, match=r"all-MiniLM-L6-v2 have SHA-256 .*expected 53aa5"):
        SentenceTransformerEmbedder(replace(source, folder=folder))


def test_a_folder_that_holds_no_working_model_is_told(tmp_path: Path, tiny_model: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(EmbedderFailure, match="no sentence-transformers model that can be loaded"):
        SentenceTransformerEmbedder(find_model(folder))


def test_an_exported_model_is_opened_and_run_without_torch(small_index: SmallIndex) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from index.storage import open_index\n"
        "index = open_index(Path(sys.argv[1]))\n"
        "assert index.embedder.variant == 'int8', index.embedder.variant\n"
        "assert index.retriever.retrieve('What does PRP cost?')\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'onnx', 'gradio'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(small_index.data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


@given(st.text(), st.integers(0, 30))
def test_a_longest_beginning_has_room_for_no_further_character(text: str, most: int) -> None:
    def count(texts: list[str]) -> list[int]:
        return [len(t.encode()) for t in texts]

    cut = longest_beginning(text, count, most)  # type: ignore[arg-type]
    assert text.startswith(cut)
    assert count([cut])[0] <= most
    assert cut == text or count([text[: len(cut) + 1]])[0] > most


def test_onnx_vectors_do_not_depend_on_how_often_a_model_was_opened(
    small_index: SmallIndex, onnx_embedder: OnnxEmbedder
) -> None:
    again = OnnxEmbedder(
        small_index.data / "models" / onnx_embedder.identity.replace("@", "-")
    ).embed(SENTENCES)
    assert np.array_equal(again, onnx_embedder.embed(SENTENCES))

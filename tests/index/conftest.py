"""Embedders and indexes that several tests share: torch is loaded once, and only if needed."""

import shutil
from pathlib import Path

import pytest

from index.embedding import OnnxEmbedder, SentenceTransformerEmbedder
from index.export import export_folder, export_onnx, open_export
from index.models import find_model
from index.remembering import RememberingEmbedder
from tests.index.places import FILES, Place
from tests.small_corpus import SmallIndex

# Sentences of many lengths, for comparing an export with its original.
SENTENCES = """
Plasma is made from blood.
It holds platelets, and it holds no stem cells.
A doctor spins the blood in a small machine for about ten minutes.
A session costs $500 to $1,500.
People need three sessions, so a year costs more.
No agency has approved fat cells for hair.
A clinic that says otherwise is wrong.
Each of 38 people got one injection, half of them with nothing in it.
After 16 weeks hair had grown by 28.1% with the solution and by 7.1% without it (p < 0.05).
Wash your hair after two days.
Call the clinic when the skin is red, hot or swollen.
Is it safe?
Which treatments are approved?
Minoxidil is approved for pattern hair loss in men and in women.
Finasteride is for men only, and it takes months to work.
The trials were small, and few ran for longer than a year.
Ask the clinic who made the product, whether a donor gave the cells, and what was tested.
Exosomes are small bubbles that cells let go of.
Hair grows in cycles: it grows for years, rests for months, and falls out.
Stem cells in the bulge of a follicle start each cycle anew.
Infections after injections are rare but can be severe.
Insurance does not pay for it, because it is held to be cosmetic.
The review found 24 studies, of which 5 were randomised and 2 had a low risk of bias.
She was told that it would last for ever; nobody knows that.
""".strip().splitlines()


@pytest.fixture(scope="session")
def torch_embedder() -> SentenceTransformerEmbedder:
    """all-MiniLM-L6-v2 run by torch."""
    return SentenceTransformerEmbedder(find_model(None))


@pytest.fixture(scope="session")
def onnx_embedder(small_index: SmallIndex) -> OnnxEmbedder:
    """all-MiniLM-L6-v2 as the index build exported it."""
    source = find_model(None)
    return open_export(export_folder(small_index.data, source), source)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers model with random weights, made on the spot."""
    from tests.index.tiny_models import save_tiny_model

    return save_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def tiny_torch_embedder(tiny_model: Path) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(find_model(tiny_model))


@pytest.fixture(scope="session")
def tiny_data(
    tiny_torch_embedder: SentenceTransformerEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A data folder with nothing but the export of the tiny model. Read only."""
    data = tmp_path_factory.mktemp("tiny") / "data"
    source = tiny_torch_embedder.source
    export_onnx(tiny_torch_embedder, export_folder(data, source), SENTENCES)
    return data


@pytest.fixture(scope="session")
def tiny_onnx_embedder(tiny_data: Path, tiny_model: Path) -> OnnxEmbedder:
    source = find_model(tiny_model)
    return open_export(export_folder(tiny_data, source), source)


@pytest.fixture(scope="session")
def remembering_embedder(tiny_onnx_embedder: OnnxEmbedder) -> RememberingEmbedder:
    return RememberingEmbedder(tiny_onnx_embedder)


@pytest.fixture
def place(tmp_path: Path, tiny_data: Path, tiny_model: Path) -> Place:
    """A few documents and a data folder of one's own, with the tiny model exported already."""
    shutil.copytree(tiny_data, tmp_path / "data")
    place = Place(tmp_path / "documents", tmp_path / "data", tiny_model)
    for name, text in FILES.items():
        place.write(name, text)
    return place

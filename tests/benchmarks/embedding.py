"""How fast a build embeds, against the embedder alone, and how near the export is.

`python -m tests.benchmarks.embedding [--corpus DIR] [--rounds N]` builds an index of the documents
in an empty folder, then gives the same texts to the exported embedder and to sentence-transformers
by themselves. Rates are texts a second, medians over the rounds; on a busy machine only their
ratios mean something, and the rounds take turns so that all suffer alike.
"""

import argparse
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from assistant.settings import Settings
from index.builder import build_index
from index.embedding import Embedder, SentenceTransformerEmbedder
from index.export import export_folder, open_export
from index.files import read_contents
from index.models import find_model
from index.storage import current_generation


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Settings().corpus)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    source = find_model(None)
    with TemporaryDirectory() as folder:
        data = Path(folder)
        build_index(options.corpus, data)
        texts = read_contents(current_generation(data)).texts
        export = open_export(export_folder(data, source), source)
        original = SentenceTransformerEmbedder(source)
        rates: dict[str, list[float]] = {"build": [], "export alone": [], "torch alone": []}
        for _ in range(options.rounds):
            rates["build"].append(_build_rate(options.corpus, data))
            rates["export alone"].append(_rate(export, texts))
            rates["torch alone"].append(_rate(original, texts))
        _tell(rates, texts, export, original)


def _tell(
    rates: dict[str, list[float]], texts: Sequence[str], export: Embedder, original: Embedder
) -> None:
    counts = original.count_tokens(texts)
    print(f"{len(texts)} texts of {statistics.mean(counts):.0f} tokens on average")
    for name, values in rates.items():
        low, high = min(values), max(values)
        print(f"{name}: {statistics.median(values):.0f} texts/s ({low:.0f} to {high:.0f})")
    build, alone, torch = (statistics.median(values) for values in rates.values())
    print(f"build / export alone: {build / alone:.2f}")
    print(f"build / torch alone: {build / torch:.2f}")
    cosines = np.einsum("ij,ij->i", export.embed(texts), original.embed(texts))
    print(f"cosine to the original: mean {cosines.mean():.4f}, least {cosines.min():.4f}")


def _build_rate(corpus: Path, data: Path) -> float:
    """Texts a second of the embedding stage of a build from nothing but the export."""
    (data / "index" / "current").unlink()
    report = build_index(corpus, data)
    return report.embedded / report.seconds["embed"]


def _rate(embedder: Embedder, texts: Sequence[str]) -> float:
    start = time.perf_counter()
    embedder.embed(texts)
    return len(texts) / (time.perf_counter() - start)


if __name__ == "__main__":
    main()

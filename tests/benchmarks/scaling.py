"""What a question's retrieval costs as the corpus grows from 1,000 to 100,000 passages.

`python -m tests.benchmarks.scaling [--data DIR] [--sizes N ...] [--plot FILE]` takes the index in
DIR, copies its documents until there are enough passages, and asks the questions of the development
split. In a copy three words in ten give way to other words of the corpus, drawn as often as they
occur there, one in a hundred to a word that was nowhere before, and each vector is moved as
`perturbed` says. The first copy brings all its questions, the others only their headings, as
documents do that people add. The sentences of a copy share the vectors of the original.

Costs are processor time of the asking thread, in which all of the search runs: on an idle machine
that is the time to wait, and a busy one adds nothing but colder caches. The embedding of the
question does not depend on the corpus and is left out.
"""

import argparse
import random
import re
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from assistant.settings import Settings
from corpus.document import Document
from index.contents import Contents
from index.dense import FaissStore
from index.embedding import Embedder, Vectors
from index.files import read_contents, read_documents, read_vectors
from index.lexical import LexicalIndex
from index.passage import Passage
from index.remembering import RememberingEmbedder
from index.retriever import Question, Retriever, as_rows
from index.storage import current_generation, open_index
from tests.evaluation.topics import topics

mpl.use("Agg")
SIZES = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
_PARTS = ("whole retrieval", "passage vectors", "question vectors", "BM25", "overlaps")
_WORD = re.compile(r"[^\W\d_]+")
_DEPTH = 40
_HITS = 20


@dataclass(frozen=True, slots=True)
class Grown:
    """Many copies of a corpus, from which a corpus of any smaller size is cut."""

    documents: Mapping[str, Document]
    passages: Sequence[Passage]
    passage_vectors: Vectors
    sentence_vectors: Sequence[Vectors]
    questions: Sequence[Question]
    question_vectors: Vectors

    def cut(self, size: int) -> "Grown":
        """Its first `size` passages, and the questions whose passages are all among them."""
        kept = [n for n, q in enumerate(self.questions) if q.passages[-1] < size]
        return Grown(
            self.documents,
            self.passages[:size],
            self.passage_vectors[:size],
            self.sentence_vectors[:size],
            [self.questions[n] for n in kept],
            self.question_vectors[kept],
        )

    @property
    def texts(self) -> list[str]:
        """What BM25 reads of each passage, as a build gives it."""
        return [
            f"{' '.join(p.heading_path)} {p.span.of(self.documents[p.doc_id].text)}"
            for p in self.passages
        ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=Settings().data)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--asked", type=int, default=60, help="questions a size")
    parser.add_argument("--plot", type=Path, default=Path("var/scaling.png"))
    options = parser.parse_args()
    sizes = sorted(options.sizes)
    embedder = open_index(options.data).embedder
    asked = random.Random(1).sample([t.question for t in topics("dev")], options.asked)
    folder = current_generation(options.data)
    corpus = grown(
        read_documents(folder), read_contents(folder), read_vectors(folder), passages=sizes[-1]
    )
    costs = {size: _costs(corpus.cut(size), asked, embedder) for size in sizes}
    first = costs[sizes[0]]
    for part in _PARTS:
        ratios = "".join(f"{costs[size][part] / first[part]:>9.2f}" for size in sizes)
        print(f"{part + ', ratio':<24}{ratios}")
    _plot(costs, options.plot)
    print(f"drawn: {options.plot}")


def grown(
    documents: Mapping[str, Document], contents: Contents, vectors: Vectors, *, passages: int
) -> Grown:
    """At least `passages` passages: the corpus and as many perturbed copies as that takes."""
    copies = -(-passages // len(contents.passages))
    words = [word for d in documents.values() for word in _WORD.findall(d.text)]
    perturb = _Words(words)
    random_rows = np.random.default_rng(1)
    of_passages = vectors[list(contents.passage_rows)]
    of_questions = vectors[list(contents.question_rows)]
    of_sentences = as_rows(vectors[list(contents.sentence_rows)], contents.sentence_counts)
    headings = [n for n, question in enumerate(contents.questions) if question.is_heading]
    copied = dict(documents)
    all_passages, all_questions = list(contents.passages), list(contents.questions)
    passage_rows, question_rows = [of_passages], [of_questions]
    for copy in range(1, copies):
        first = len(all_passages)
        for document in documents.values():
            doc_id = f"{document.doc_id}-{copy}"
            copied[doc_id] = replace(document, doc_id=doc_id, text=perturb(document.text))
        all_passages += [
            replace(
                p, doc_id=f"{p.doc_id}-{copy}", heading_path=tuple(map(perturb, p.heading_path))
            )
            for p in contents.passages
        ]
        all_questions += [
            replace(q, text=perturb(q.text), passages=tuple(first + n for n in q.passages))
            for q in (contents.questions[n] for n in headings)
        ]
        passage_rows.append(perturbed(of_passages, vectors, random_rows))
        question_rows.append(perturbed(of_questions[headings], vectors, random_rows))
    return Grown(
        copied,
        all_passages,
        np.concatenate(passage_rows),
        of_sentences * copies,
        all_questions,
        np.concatenate(question_rows),
    )


def perturbed(rows: Vectors, among: Vectors, random_rows: np.random.Generator) -> Vectors:
    """Unit `rows` `[n, d]`, each moved as real texts of a field differ, and by noise.

    A row `x` becomes `x + u (y - z) + 0.3 g`, made unit again: `y` and `z` are rows of `among`, `u`
    is drawn from [0, 0.5], `g` from the unit sphere.
    """
    y, z = (among[random_rows.integers(0, len(among), len(rows))] for _ in range(2))
    noise = random_rows.standard_normal(rows.shape, np.float32)
    noise *= 0.3 / np.linalg.norm(noise, axis=1, keepdims=True)
    share = random_rows.uniform(0, 0.5, (len(rows), 1)).astype(np.float32)
    moved = rows + share * (y - z) + noise
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)


class _Words:
    """Changes words of a text for others of the same length, so that all its spans still hold."""

    def __init__(self, words: Sequence[str]) -> None:
        self._random = random.Random(1)
        self._of_length: dict[int, list[str]] = {}
        for word in words:
            self._of_length.setdefault(len(word), []).append(word)

    def __call__(self, text: str) -> str:
        return _WORD.sub(self._another, text)

    def _another(self, match: re.Match[str]) -> str:
        word, drawn = match[0], self._random.random()
        if drawn < 0.01:
            return "".join(self._random.choices("abcdefghijklmnopqrstuvwxyz", k=len(word)))
        if drawn < 0.31 and len(word) in self._of_length:
            return self._random.choice(self._of_length[len(word)])
        return word


def _costs(corpus: Grown, asked: Sequence[str], embedder: Embedder) -> dict[str, float]:
    """Median milliseconds a question, whole and by part; also printed."""
    began = time.process_time()
    passages = FaissStore.of(corpus.passage_vectors, np.arange(len(corpus.passages)))
    questions = FaissStore.of(corpus.question_vectors, np.arange(len(corpus.questions)))
    dense_built = time.process_time()
    lexical = LexicalIndex.of(corpus.texts)
    built = time.process_time()
    remembering = RememberingEmbedder(embedder)
    retriever = Retriever(
        documents=corpus.documents,
        passages=corpus.passages,
        questions=corpus.questions,
        embedder=remembering,
        passage_store=passages,
        question_store=questions,
        lexical=lexical,
        passage_vectors=corpus.passage_vectors,
        sentence_vectors=corpus.sentence_vectors,
        question_vectors=corpus.question_vectors,
    )
    taken: dict[str, list[float]] = {part: [] for part in _PARTS}
    for question in asked:
        vector = remembering.embed([remembering.truncated(question)])[0]
        hits = retriever.retrieve(question, _HITS)
        sentences = [
            f"{' '.join(h.passage.heading_path)} {span.of(corpus.documents[h.passage.doc_id].text)}"
            for h in hits
            for span in h.passage.sentences
        ]
        steps: tuple[Callable[[], object], ...] = (
            partial(retriever.retrieve, question, _HITS),
            partial(passages.search, vector, _DEPTH),
            partial(questions.search, vector, _DEPTH),
            partial(lexical.search, question, _DEPTH),
            partial(lexical.overlaps, question, sentences),
        )
        for part, step in zip(_PARTS, steps, strict=True):
            taken[part].append(_milliseconds(step))
    costs = {part: statistics.median(values) for part, values in taken.items()}
    print(f"{len(corpus.passages)} passages, {len(corpus.questions)} questions: ", end="")
    print(f"built in {dense_built - began:.1f} s (vectors) + {built - dense_built:.1f} s (words)")
    print("  " + ", ".join(f"{part} {ms:.2f} ms" for part, ms in costs.items()), flush=True)
    return costs


def _milliseconds(step: Callable[[], object]) -> float:
    """Processor time of this thread."""
    began = time.thread_time()
    step()
    return (time.thread_time() - began) * 1e3


def _plot(costs: Mapping[int, Mapping[str, float]], path: Path) -> None:
    sizes = sorted(costs)
    first = costs[sizes[0]]["whole retrieval"]
    canvas = Figure(figsize=(6.4, 4.4), layout="constrained")
    axes = canvas.add_subplot()
    for part in _PARTS:
        axes.plot(sizes, [costs[n][part] / first for n in sizes], marker="o", label=part)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("passages")
    axes.set_ylabel(f"cost of a question / whole retrieval at {sizes[0]:,}")
    axes.grid(alpha=0.3)
    canvas.legend(loc="outside upper center", ncols=3)
    path.parent.mkdir(parents=True, exist_ok=True)
    canvas.savefig(path, dpi=150)


if __name__ == "__main__":
    main()

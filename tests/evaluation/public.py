"""Measures on public sets: `python -m tests.evaluation.public --data ../shared/data`.

SQuAD 2.0's held-out articles, WikiQA's development questions, SciFact as whole retrieval, and the
share of CLINC150's everyday requests that the assistant answers. None of these was trained on. A
set that is not there is named as skipped; nothing of them is kept.
"""

import argparse
import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from assistant.cross_encoder import SentenceCrossEncoder
from assistant.ordering import in_context
from assistant.selection import ScoresCandidates
from assistant.settings import Settings
from assistant.training.examples import Example, in_held_out_part, shuffled
from assistant.training.public_data import HELD_OUT_ARTICLES, squad2
from index.embedding import Embedder
from index.export import serving_embedder
from index.lexical import LexicalIndex
from index.models import find_model
from index.storage import open_index
from tests.evaluation import scifact
from tests.evaluation.baseline import add_options, report
from tests.evaluation.measures import (
    Figure,
    auroc,
    average_precision,
    estimated,
    mean,
    ndcg,
    reciprocal_rank,
)
from tests.evaluation.watching import served_assistant

_SEED = 20261125
_UTTERANCES = 600
Score = Callable[[Example], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Given:
    """The folder of public sets, the built index, and how many questions of a set at most."""

    data: Path
    index: Path
    limit: int | None


def measured_on_squad2(given: Given, scorer: ScoresCandidates | None = None) -> Iterator[Figure]:
    """Which sentence of its paragraph answers a question, and whether one does."""
    scorer = scorer or SentenceCrossEncoder.shipped()
    held_out = [e for e in squad2(given.data) if in_held_out_part(e.group, HELD_OUT_ARTICLES)]
    asked = shuffled(held_out, _SEED)[: given.limit]
    highest, answerable, right = [], [], []
    for example in asked:
        scores = scorer.scores(example.question, example.candidates)
        highest.append(scores.max())
        answerable.append(any(example.labels))
        right.append(example.labels[int(scores.argmax())] > 0)
    firsts = [r for r, has_answer in zip(right, answerable, strict=True) if has_answer]
    yield mean("SQuAD 2.0 held-out articles: P@1", firsts)
    yield estimated("SQuAD 2.0 held-out articles: answerability AUROC", auroc, highest, answerable)


def wikiqa(path: Path) -> list[Example]:
    """The questions with an answer, each with the sentences of its page."""
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            rows[row["QuestionID"]].append(row)
    return [
        Example(
            found[0]["Question"],
            tuple(in_context(found[0]["DocumentTitle"], [row["Sentence"] for row in found])),
            tuple(float(row["Label"]) for row in found),
            "wikiqa",
            question,
        )
        for question, found in rows.items()
        if any(row["Label"] == "1" for row in found)
    ]


def measured_on_wikiqa(given: Given, scorer: ScoresCandidates | None = None) -> Iterator[Figure]:
    """How high the answering sentences rank, beside cosines and BM25."""
    reader = scorer or SentenceCrossEncoder.shipped()
    everything = wikiqa(given.data / "wikiqa" / "WikiQA-dev.tsv")
    asked = shuffled(everything, _SEED)[: given.limit]
    rankings: list[tuple[str, Score]] = [
        ("selector", lambda e: list(reader.scores(e.question, e.candidates))),
        ("cosine", cosines(serving_embedder(given.index, find_model(None)))),
        ("BM25", bm25(everything)),
    ]
    for name, score in rankings:
        ranked = [_in_order(example, score(example)) for example in asked]
        precisions = [average_precision(relevant, sum(relevant)) for relevant in ranked]
        yield mean(f"WikiQA dev: MAP, {name}", precisions)
        yield mean(f"WikiQA dev: MRR, {name}", [reciprocal_rank(r) for r in ranked])


def cosines(embedder: Embedder) -> Score:
    """Scores by the cosine of question and sentence."""

    def score(example: Example) -> Sequence[float]:
        texts = [example.question, *(c.sentence for c in example.candidates)]
        vectors = embedder.embed([embedder.truncated(text) for text in texts])
        return list(map(float, vectors[1:] @ vectors[0]))

    return score


def bm25(examples: Sequence[Example]) -> Score:
    """Scores by BM25, with the frequencies of all sentences of `examples`."""
    numbers = {c: n for n, c in enumerate(c for e in examples for c in e.candidates)}
    sentences = [c.sentence for e in examples for c in e.candidates]
    lexical = LexicalIndex.of(sentences)

    def score(example: Example) -> Sequence[float]:
        found = dict(lexical.search(example.question, len(sentences)))
        return [found.get(numbers[candidate], 0.0) for candidate in example.candidates]

    return score


def _in_order(example: Example, scores: Sequence[float]) -> list[bool]:
    """Whether each candidate answers, highest score first, ties in the order of the text."""
    order = np.argsort(-np.asarray(scores), kind="stable")
    return [example.labels[int(number)] > 0 for number in order]


def measured_on_scifact(given: Given) -> Iterator[Figure]:
    """nDCG@10 of the abstracts that a claim cites, by the whole of retrieval and by BM25."""
    archive = given.data / scifact.ARCHIVE
    papers = scifact.abstracts(archive)
    asked = shuffled(scifact.claims(archive), _SEED)[: given.limit]
    words = scifact.ByWords(papers)
    with TemporaryDirectory() as folder:
        index = scifact.index_of(papers, Path(folder), given.index / "models")
        rankings = [
            ("whole retrieval", [scifact.ranked(claim, index.retriever) for claim in asked]),
            ("BM25", [words.ranked(claim) for claim in asked]),
        ]
    for name, ranked in rankings:
        values = [
            ndcg([float(paper in claim.cited) for paper in found], [1.0] * len(claim.cited), 10)
            for claim, found in zip(asked, ranked, strict=True)
        ]
        yield mean(f"SciFact test claims: nDCG@10, {name}", values)


def measured_on_clinc150(given: Given) -> Iterator[Figure]:
    """How many everyday requests the assistant answers: all of them are off topic here."""
    packed = (given.data / "clinc150" / "data_full.json.gz").read_bytes()
    utterances = json.loads(gzip.decompress(packed))
    settings = Settings(data=given.index)
    assistant, _ = served_assistant(open_index(given.index, model=settings.model), settings)
    for part, name in (("oos_test", "out of its domain"), ("test", "in its domain")):
        texts = shuffled([text for text, _ in utterances[part]], _SEED)
        asked = texts[: given.limit or _UTTERANCES]
        replies = [assistant.reply(text) for text in asked]
        yield mean(f"CLINC150, {name}: answered", [bool(r.statements) for r in replies])


PARTS: dict[str, Callable[[Given], Iterator[Figure]]] = {
    "squad2": measured_on_squad2,
    "wikiqa": measured_on_wikiqa,
    "scifact": measured_on_scifact,
    "clinc150": measured_on_clinc150,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures of each set that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets")
    parser.add_argument("--index", type=Path, default=Settings().data, help="the built index")
    parser.add_argument("--parts", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--limit", type=int, help="at most so many questions a set, seeded")
    add_options(parser)
    options = parser.parse_args(arguments)
    if options.limit and options.write_baseline:
        parser.error("a baseline is over the whole sets; leave out --limit")
    given = Given(options.data, options.index, options.limit)
    for part in options.parts:
        if not (given.data / part).is_dir():
            print(f"SKIPPED {part}: no folder {given.data / part}")
            continue
        report(part, PARTS[part](given), options, is_whole=not options.limit)


if __name__ == "__main__":
    main()

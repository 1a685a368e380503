"""Public question sets as examples: SQuAD 2.0, BioASQ, MedQuAD.

Only sets whose licences let a shipped model be trained on them (the model card names them). What
is natural to each makes the near misses: impossible questions and the sentences that share most
words with the question in SQuAD 2.0, the other question types of the same disease in MedQuAD, the
closest snippets of other questions in BioASQ.
"""

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bm25s

from assistant.cross_encoder import Candidate
from assistant.ordering import in_context
from assistant.training.examples import Example, in_held_out_part, shuffled
from index.lexical import terms, words_of
from index.sentences import split_sentences

HELD_OUT_ARTICLES = 1 / 3
_SPACE = re.compile(r"\s+")
_CANDIDATES = 5
_SNIPPETS_OF_A_QUESTION = 3
_DISTRACTORS = 4
_MEDQUAD_EXAMPLES = 5000
_MEDQUAD_MISSES = 3
_SEED = 20261125


def public_examples(folder: Path) -> Iterator[Example]:
    """What the public stage learns from; a third of SQuAD's articles is held out."""
    for example in squad2(folder):
        if not in_held_out_part(example.group, HELD_OUT_ARTICLES):
            yield with_hardest(example)
    yield from bioasq(folder)
    yield from shuffled(list(medquad(folder)), _SEED)[:_MEDQUAD_EXAMPLES]


def squad2(folder: Path) -> Iterator[Example]:
    """Every question of SQuAD 2.0's development set with the sentences of its paragraph.

    Groups are articles.
    """
    articles = json.loads(gzip.decompress((folder / "squad2/dev-v2.0.json.gz").read_bytes()))
    for article in articles["data"]:
        heading = article["title"].replace("_", " ")
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            spans = split_sentences(context)
            candidates = tuple(in_context(heading, [span.of(context) for span in spans]))
            for asked in paragraph["qas"]:
                starts = {answer["answer_start"] for answer in asked["answers"]}
                labels = tuple(
                    float(any(span.start <= start < span.end for start in starts)) for span in spans
                )
                if bool(starts) == any(labels):
                    question = asked["question"].strip()
                    yield Example(question, candidates, labels, "squad2", article["title"])


def with_hardest(example: Example) -> Example:
    """The example with its answers and those of the others that share most with the question."""
    asked = set(terms(words_of(example.question)))

    def rank(number: int) -> tuple[bool, int]:
        shared = asked & set(terms(words_of(example.candidates[number].sentence)))
        return example.labels[number] == 0.0, -len(shared)

    kept = sorted(sorted(range(len(example.labels)), key=rank)[:_CANDIDATES])
    return Example(
        example.question,
        tuple(example.candidates[i] for i in kept),
        tuple(example.labels[i] for i in kept),
        example.source,
        example.group,
    )


def medquad(folder: Path) -> Iterator[Example]:
    """Each question with the opening of its answer and those of other types' answers.

    The first sentence of an answer is taken to answer, the second partly.
    """
    by_focus: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _lines(folder / "medquad/medquad.jsonl.gz"):
        if row["answer"] and row["answer"].strip():
            by_focus[row["focus"].lower()].append(row)
    for focus, rows in by_focus.items():
        openings = [_opening(row["answer"]) for row in rows]
        for number, row in enumerate(rows):
            own = openings[number]
            misses = [
                opening[0]
                for other, opening in zip(rows, openings, strict=True)
                if other["qtype"] != row["qtype"] and opening and opening[:1] != own[:1]
            ]
            misses = list(dict.fromkeys(misses))[:_MEDQUAD_MISSES]
            if own:
                yield Example(
                    _SPACE.sub(" ", row["question"]).replace(" ?", "?").strip(),
                    tuple(Candidate(s, row["focus"]) for s in (*own, *misses)),
                    ((1.0, 0.6)[: len(own)]) + (0.0,) * len(misses),
                    "medquad",
                    focus,
                )


def _opening(answer: str) -> list[str]:
    """The first two sentences of an answer."""
    text = _SPACE.sub(" ", answer[:1500]).removeprefix("Key Points ").strip()
    found = [span.of(text) for span in split_sentences(text)]
    return [s for s in found if 20 <= len(s) <= 400][:2]


def bioasq(folder: Path) -> Iterator[Example]:
    """Gold snippets of one or two sentences among the closest snippets of other questions."""
    rows = list(_lines(folder / "bioasq/bioasq-7b-11b.jsonl.gz"))
    gold = [_short_snippets(row) for row in rows]
    pool = [(number, text) for number, texts in enumerate(gold) for text in texts]
    bm25 = bm25s.BM25()
    bm25.index(bm25s.tokenize([text for _, text in pool], show_progress=False), show_progress=False)
    for number, row in enumerate(rows):
        if not gold[number]:
            continue
        question = _SPACE.sub(" ", row["question"]).strip()
        tokens = bm25s.tokenize(question, show_progress=False)
        found, _ = bm25.retrieve(tokens, k=min(60, len(pool)), show_progress=False)
        misses = [
            pool[int(i)][1]
            for i in found[0]
            if pool[int(i)][0] != number and pool[int(i)][1] not in gold[number]
        ]
        for turn, snippet in enumerate(gold[number][:_SNIPPETS_OF_A_QUESTION]):
            near = misses[turn * _DISTRACTORS : (turn + 1) * _DISTRACTORS]
            yield Example(
                question,
                tuple(map(Candidate, (snippet, *near))),
                (1.0, *([0.0] * len(near))),
                "bioasq",
                row["id"],
            )


def _short_snippets(row: dict[str, Any]) -> list[str]:
    texts = dict.fromkeys(_SPACE.sub(" ", s["text"]).strip() for s in row["snippets"])
    return [text for text in texts if 30 <= len(text) <= 400]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)

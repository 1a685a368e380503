"""Do the documents answer the questions that they say they answer?

`python -m tests.evaluation.own_questions [--limit 240] [--seed 1]` asks, word for word, questions
that sections of the shipped documents carry, drawn with a seed, and counts whether the reply quotes
the section. What such a question counts (`assistant.calibration.Calibration.known`) was set with
the first 200 of seed 20261127 in view.
"""

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from assistant.reply import Reply
from assistant.settings import Settings
from corpus.document import Document
from corpus.loader import load_corpus
from index.storage import open_index
from tests.evaluation.watching import served_assistant

_SEED = 1


def own_questions(documents: Sequence[Document]) -> list[tuple[str, str, str]]:
    """Every question in people's words, with the document and the heading of its section."""
    return [
        (question, document.doc_id, section.path[-1])
        for document in documents
        for section in document.sections
        if section.path
        for question in section.questions
    ]


def outcome(reply: Reply, doc_id: str, heading: str) -> str:
    """What the reply quotes of the section."""
    places = [(s.citation.doc_id, s.citation.section) for s in reply.statements]
    if not places:
        return f"quotes nothing ({reply.kind})"
    if places[0] == (doc_id, heading):
        return "leads with its section"
    return "quotes its section later" if (doc_id, heading) in places else "quotes others"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.evaluation.own_questions", description=__doc__
    )
    parser.add_argument("--data", type=Path, default=Settings().data, help="the built index")
    parser.add_argument("--limit", type=int, default=240, help="so many, drawn with a seed")
    parser.add_argument("--seed", type=int, default=_SEED)
    parser.add_argument("--print", action="store_true", help="those that do not lead with it")
    options = parser.parse_args(arguments)
    asked = own_questions(load_corpus(Settings().corpus).documents)
    drawn = random.Random(options.seed).sample(asked, min(options.limit, len(asked)))
    index = open_index(options.data, model=Settings().model)
    assistant, _ = served_assistant(index, Settings())
    counts: Counter[str] = Counter()
    for question, doc_id, heading in drawn:
        found = outcome(assistant.reply(question), doc_id, heading)
        counts[found] += 1
        if options.print and not found.startswith("leads"):
            print(f"{found}: {question} | {doc_id} > {heading}")
    print(f"of {len(drawn)} of {len(asked)} questions that sections carry:")
    for found, count in counts.most_common():
        print(f"  {found:32} {count:4}  {count / len(drawn):.2f}")


if __name__ == "__main__":
    main()

"""A few documents, written for the tests, and a real index of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.answering import Assistant, Thresholds
from assistant.balance import BalanceTable
from assistant.composing import Composer
from assistant.cross_encoder import SentenceCrossEncoder
from assistant.figures import FiguresTable
from assistant.framing import Framing
from assistant.freshness import Freshness
from assistant.language import Languages
from assistant.listing import ListQuestions
from assistant.querying import Querying
from assistant.reply import IndexIdentity
from assistant.safety import SafetyGate
from assistant.safety_advice import SafetyAdvice
from assistant.selection import CrossEncoderSelector
from assistant.settings import Settings
from assistant.spelling import Spelling, common_words
from assistant.synonyms import Synonyms
from assistant.vocabulary import Vocabulary
from index.storage import Index

FILES: Mapping[str, str] = {
    "prp.md": """---
title: What PRP is
doc_id: prp
topic: mechanism
source_type: reference_work
reviewed: 2026-11-24
language: en
---
# What is PRP?

PRP is made from a patient's own blood and holds platelets, not stem cells [@gupta2019]. The blood
is spun in a centrifuge so that the platelets come together.

# What does a PRP session cost?

A PRP session costs between $500 and $1,500 at clinics in the United States. Health insurers
refuse to pay for hair treatments.

# Does PRP work for hair loss?

In a review of trials PRP raised hair density by about 25 hairs per square centimetre
[@gupta2019; @tak2020]. The trials were small, and few ran for longer than a year.
""",
    "rules/approval.md": """---
title: Which treatments are approved
doc_id: approval
source_type: regulator
reviewed: 2026-11-20
language: en
---
# Are exosomes approved for hair loss?

The US Food and Drug Administration has not approved any exosome product for hair loss. A clinic
that says otherwise is wrong.

# Which treatments are approved?

- Minoxidil is approved for pattern hair loss in men and in women.
- Finasteride is approved for pattern hair loss in men only.
""",
    "awkward.md": """# Words that a page could spoil

The label said <script>alert("quoted")</script> & nothing else about the 👩🏽‍⚕️ doctor. A naïve
reader of the word Ǻngström finds n̈ and 𝒜𝓈𝓉𝓇𝒶𝓁 letters in this sentence about shampoo labels.

العلاج بالخلايا الجذعية غير معتمد لتساقط الشعر.
""",
    "visit.txt": """BEFORE THE VISIT

Bring a list of your medicines to the first visit. Wash your hair on the day before the visit.
""",
}

BIBLIOGRAPHY = [
    {
        "id": "tak2020",
        "type": "article-journal",
        "title": "A randomized, double-blind, vehicle-controlled clinical study",
        "author": [{"family": "Tak", "given": "Young Jin"}, {"family": "Lee", "given": "S."}],
        "issued": {"date-parts": [[2020]]},
        "DOI": "10.1002/sctm.19-0410",
        "source_type": "controlled_trial",
    },
    {
        "id": "gupta2019",
        "type": "article-journal",
        "title": "Platelet-rich plasma for hair loss",
        "author": [{"family": "Gupta", "given": "A."}],
        "issued": {"date-parts": [[2019]]},
        "DOI": "10.1111/jocd.12345",
        "source_type": "systematic_review",
    },
]


@dataclass(frozen=True, slots=True)
class SmallIndex:
    """The folder of documents, and the data folder that holds their index. Read only."""

    corpus: Path
    data: Path

    @property
    def options(self) -> list[str]:
        """The command-line options that name both folders."""
        return ["--corpus", str(self.corpus), "--data", str(self.data)]


def write_corpus(folder: Path) -> None:
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / "references.json").write_text(json.dumps(BIBLIOGRAPHY), "utf-8")


def assistant_over(
    index: Index,
    thresholds: Thresholds | None = None,
    framing: Framing | None = None,
    *,
    gate: SafetyGate | None = None,
    corrects: bool = True,
) -> Assistant:
    """The assistant that `app.py` makes, without its settings.

    With `corrects` off, questions are searched as they are written.
    """
    documents = index.documents.values() if corrects else ()
    return Assistant(
        composer=Composer(
            index.documents,
            table=BalanceTable.shipped(),
            figures=FiguresTable.shipped(),
            freshness=Freshness(),
            advice=SafetyAdvice.shipped(),
        ),
        searches=index.retriever,
        selector=CrossEncoderSelector(SentenceCrossEncoder.shipped(), index.documents),
        gate=gate or SafetyGate.of_tables(),
        querying=Querying(
            vocabulary=Vocabulary.shipped(),
            framing=framing or Framing.shipped(),
            lists=ListQuestions.shipped(),
            spelling=Spelling((), documents, is_word=common_words().__contains__),
            synonyms=Synonyms.shipped() if corrects else Synonyms(),
        ),
        languages=Languages(document.language for document in index.documents.values()),
        index=IndexIdentity(index.fingerprint, index.built_at),
        thresholds=thresholds
        or Thresholds(Settings().answer_threshold, Settings().support_threshold),
        passages=Settings().passages,
    )

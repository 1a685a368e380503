"""What visitors read about kinds of sources and topics, in plain words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.document import SourceType


@dataclass(frozen=True, slots=True)
class SourceLabel:
    """A kind of source for visitors: a short `badge`, an `explanation` of what it means."""

    badge: str
    explanation: str


SOURCE_LABELS: Mapping[SourceType, SourceLabel] = {
    SourceType.REGULATOR: SourceLabel(
        "Government regulator",
        "A public authority that decides which treatments may be sold and how, "
        "such as the US Food and Drug Administration.",
    ),
    SourceType.GUIDELINE: SourceLabel(
        "Medical guideline",
        "Advice for doctors that a group of experts agreed on after weighing the research.",
    ),
    SourceType.SYSTEMATIC_REVIEW: SourceLabel(
        "Review of studies",
        "Researchers searched for every study on a question by a set method "
        "and weighed the results together.",
    ),
    SourceType.CONTROLLED_TRIAL: SourceLabel(
        "Controlled trial",
        "A study in people that compared a treatment with a placebo, with no treatment "
        "or with another treatment.",
    ),
    SourceType.UNCONTROLLED_STUDY: SourceLabel(
        "Study without comparison",
        "People were treated and followed, but not compared with people who were not treated, "
        "so a change may have had other causes.",
    ),
    SourceType.LABORATORY_STUDY: SourceLabel(
        "Laboratory study",
        "Done on cells, tissue or animals. What happens there may not happen in people.",
    ),
    SourceType.REGISTRY: SourceLabel(
        "Study register",
        "A public list of planned and running studies. A study that is listed there "
        "has not thereby been approved or shown to work.",
    ),
    SourceType.REFERENCE_WORK: SourceLabel(
        "Reference text",
        "Background that sums up what is known. It is not a study of its own.",
    ),
    SourceType.PROFESSIONAL_BODY: SourceLabel(
        "Professional association",
        "An association of doctors or scientists, which speaks for its members.",
    ),
    SourceType.PRESS: SourceLabel(
        "News report",
        "Written by journalists. It can report on research but is no research itself.",
    ),
    SourceType.CLINIC_MARKETING: SourceLabel(
        "Clinic advertising",
        "Written by someone who sells the treatment. What is claimed here is not evidence.",
    ),
    SourceType.UNCLASSIFIED: SourceLabel(
        "Source not rated",
        "Nobody has recorded what kind of source this is. Look at who wrote it.",
    ),
}

EXAMPLES: Mapping[str, Sequence[str]] = {
    "How it works": (
        "How are stem cells meant to make hair grow?",
        "Does PRP contain stem cells?",
    ),
    "The procedure": (
        "What happens during a PRP session?",
        "What should I do before I travel abroad for a hair procedure?",
    ),
    "Risks": (
        "What side effects have been reported?",
        "What are the risks of stem-cell injections?",
    ),
    "Cost": (
        "How much does stem-cell hair treatment cost?",
        "Does insurance pay for it?",
    ),
    "Evidence": (
        "Has stem-cell therapy for hair loss been tested in trials?",
        "How much hair grew back in the studies?",
    ),
    "Rules and approval": (
        "Is stem-cell hair treatment approved by the FDA?",
        "Are exosomes approved?",
    ),
    "Who it is for": (
        "Who is qualified to do hair procedures?",
        "What should I ask a clinic before paying?",
    ),
    "Aftercare": (
        "What should I avoid after a hair procedure?",
        "When can I wash my hair after PRP?",
    ),
    "Alternatives": (
        "What other treatments are there for hair loss?",
        "Does minoxidil work?",
    ),
}

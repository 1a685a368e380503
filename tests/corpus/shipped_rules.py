"""What every shipped sentence must keep to, as functions that name what does not.

`python -m tests.corpus.shipped_rules [WORD ...]` prints the breaches (of the documents whose path
holds a WORD), then the numbers of the corpus.
"""

import re
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Sequence

from corpus.document import SourceType
from tests.corpus.shipped import Sentence, Shipped, shipped

MAX_PATIENT_GRADE = 9.0
MAX_SENTENCE_WORDS = 36
QUESTIONS = range(4, 11)
FRONT_MATTER = (
    "doc_id",
    "title",
    "topic",
    "source_type",
    "reviewed",
    "language",
    "audience",
    "reading_grade",
)

# Numbers that are part of a name or a label and state nothing about the world.
_NAMES_WITH_DIGITS = re.compile(
    r"""
    \b(?:COVID-19|5-alpha|5α|Type\s[12]|type\s[12]|CD\d+\+?|JAK\s?\d|IGF-1|H1N1|B12|D3|DHEA-S|
    Norwood(?:-Hamilton)?\s(?:stage\s)?\d|Ludwig\s(?:stage\s)?\d|phase\s[1-4]|Phase\s[1-4])\b
    """,
    re.VERBOSE,
)
_DIGIT = re.compile(r"\d")
_PRICE = re.compile(
    r"(?:US\$|CA\$|A\$|AU\$|S\$|HK\$|[$£€₹₩¥₺]"
    r"|\b(?:USD|EUR|GBP|INR|KRW|JPY|TRY|AUD|CAD|CHF|THB)\s?)\s?\d"
    r"|\d[\d,.]*\s?(?:US dollars|dollars|euros?|pounds|rupees|won|yen|lira|francs|baht)\b",
)
_CURRENCY = re.compile(r"(?:US|CA|A|AU|S|HK)\$|[£€₹₩¥₺]|\b[A-Z]{3}\b|dollars|pounds|rupees")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_COUNTRY = re.compile(
    r"\b(?:United States|US|UK|United Kingdom|Britain|British|England|Canada|Canadian|Australia\w*|"
    r"India\w*|Turkey|Turkish|Türkiye|Mexic\w+|Thai\w*|South Korea\w*|Korea\w*|Japan\w*|German\w*|"
    r"Spain|Spanish|Ital\w+|France|French|Europ\w+|Poland|Polish|Brazil\w*|Colombia\w*|Ireland|"
    r"Irish|Pakistan\w*|Iran\w*|Egypt\w*|UAE|Dubai|Singapore|Switzerland|Swiss|China|Chinese|"
    r"Dominican Republic|Costa Rica|Panama|Ukrain\w+|Georgia|Florida|Texas|California|Medicare|"
    r"Portugal|Greece|Hungary|Czech\w*|Israel\w*|Malaysia\w*|Philippines|New Zealand|Finland|"
    r"Finnish|"
    r"Indonesia\w*|Nepal\w*|Hong Kong|London|New York|American|Americans)\b"
)
_AGENCY = re.compile(
    r"\b(?:FDA|Food and Drug Administration|EMA|European Medicines Agency|European Commission|MHRA|"
    r"Medicines and Healthcare products Regulatory Agency|Health Canada|TGA|"
    r"Therapeutic Goods Administration|PMDA|MFDS|Ministry|ministry|NICE|CDSCO|ICMR|COFEPRIS|ANVISA|"
    r"regulators?|agenc(?:y|ies)|authorit(?:y|ies)|committee|council|court|Congress|"
    r"European Union|EU|state|government|law|board)\b"
)
_UNRESOLVED = re.compile(
    r"^(?:It|Its|They|Their|Them|This|That|These|Those|He|She|His|Her|Such|However|But|Also|"
    r"Therefore|Thus|Moreover|Furthermore|Additionally|Then|Still|Yet|So|And|Or|"
    r"The (?:study|trial|authors|review|same (?:study|trial|review)))\b(?! (?:is|are) no\b)"
)
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*$")
_STATES_APPROVAL = re.compile(
    r"\b(?:is|are|was|were|has been|have been|got|received|won|not|no|never)\b[^.;]{0,60}"
    r"\b(?:approved|cleared)\b|\b(?:approved|cleared) (?:for|to|by|in|as)\b"
    r"|\b(?:has|have|had|holds?|got|received|won|gained)\b[^.;]{0,40}"
    r"\b(?:FDA|EMA|EU|marketing) (?:approval|clearance|authori[sz]ation)\b"
)
_STATES_LAW = re.compile(
    r"\b(?:is|are|was|were|been) (?:illegal|unlawful|banned|prohibited|forbidden)\b"
    r"|\b(?:must|may) by law\b|\bcourt banned\b|\band illegal\b"
)
_PROMISE = re.compile(
    r"\b(?:guarante\w+|cure[sd]?|permanent (?:hair|results?|solution)|miracle|"
    r"breakthrough|revolutionary|risk-free|completely safe|100% (?:safe|natural|effective)|"
    r"will (?:regrow|grow|work|cure))\b",
    re.IGNORECASE,
)
_DOSE = re.compile(
    r"\b(?:take|apply|use|swallow|inject)\b[^.;]{0,40}\b\d[\d.]*\s?(?:mg|ml|mcg|IU|micrograms?)\b"
    r"|\b(?:mg|ml|mcg|IU) (?:a|per|each|every) (?:day|week|session)\b|\bmg/(?:day|kg)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not|no|nobody|none|never|neither|cannot|whether|without|warning signs?|walk away|"
    r"careful|infer|ask)\b",
    re.IGNORECASE,
)
_BENEFIT = re.compile(
    r"\b(?:hairs?|density|counts?|follicles?|thickness)\b[^.]*\b(?:rose|gain(?:ed|s)?|improve[ds]?|"
    r"increase[ds]?|grew|regr[eo]w\w*|thicken\w*|beat|denser)\b"
    r"|\b(?:beat|improve[ds]?|raise[ds]?|gain(?:ed|s)?|regr[eo]ws?)\b[^.]*"
    r"\b(?:hairs?|density|placebo|counts?)\b|\bmore hairs?\b",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"\b(?:no|not|none|nobody|never|cannot|without|few|small|short|weak|low(?:er)? quality|"
    r"uncertain|unproven|unknown|disagree|conflict|differ\w*|limits?|limited|faded?|fades|infer|"
    r"caution|bias|lost|stops?|only|risks?|side effects?|harms?|pilot|may|clinics? says?)\b",
    re.IGNORECASE,
)
_NO_CONTROL = re.compile(
    r"\bno (?:control|placebo|comparison|untreated)|\bwithout (?:an? |any )?(?:control|placebo|"
    r"comparison)|\bbefore-after\b|\bbefore with after\b|\buncontrolled\b|\bcase report\b|"
    r"\bnot (?:a )?(?:controlled|compared|injected)\b|\bno one in it got a placebo\b|\bno group\b",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\b(?:rose|gain(?:ed)?|improved|grew|regrew|more hairs?|thicker|denser|better|increas\w+|"
    r"went from)\b"
)
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+[^\s\"<>.,;]")


def numbers_without_a_marker(corpus: Shipped) -> list[Sentence]:
    """Sentences with a digit outside a name, a date of review or a table's head, unreferenced."""
    found = []
    for sentence in corpus.sentences:
        bare = _NAMES_WITH_DIGITS.sub(" ", sentence.text)
        bare = re.sub(r"\bas of (?:(?:early|mid|late)-)?(?:[A-Z][a-z]+ )?20\d\d\b", " ", bare)
        is_label = not sentence.is_prose and not _SENTENCE_END.search(sentence.text)
        if _DIGIT.search(bare) and not sentence.references and not is_label:
            found.append(sentence)
    return found


def prices_without_currency_year_and_country(corpus: Shipped) -> list[Sentence]:
    """Sentences of prose with a price that do not say when and where it was asked."""
    return [
        sentence
        for sentence in corpus.prose
        if _PRICE.search(sentence.text)
        and not (
            _CURRENCY.search(sentence.text)
            and _YEAR.search(sentence.text)
            and _COUNTRY.search(sentence.text)
        )
    ]


def approvals_without_date_and_agency(corpus: Shipped) -> list[Sentence]:
    """Sentences that state an approval or a clearance without its agency and a year."""
    return [
        sentence
        for sentence in corpus.prose
        if _STATES_APPROVAL.search(sentence.text)
        and not sentence.is_question
        and not sentence.text.startswith("Ask ")
        and not (_AGENCY.search(sentence.text) and _YEAR.search(sentence.text))
    ]


def laws_without_a_date(corpus: Shipped) -> list[Sentence]:
    """Sentences that say what is forbidden or ordered without a year: law moves."""
    return [
        sentence
        for sentence in corpus.prose
        if _STATES_LAW.search(sentence.text)
        and not sentence.is_question
        and not _YEAR.search(sentence.text)
    ]


def promises(corpus: Shipped) -> list[Sentence]:
    """Sentences with a word of promise that do not deny it or warn of it."""
    return [
        sentence
        for sentence in corpus.prose
        if _PROMISE.search(sentence.text)
        and not sentence.is_question
        and not _NEGATION.search(sentence.text)
    ]


def doses(corpus: Shipped) -> list[Sentence]:
    """Sentences that tell how much of a medicine to take."""
    return [sentence for sentence in corpus.prose if _DOSE.search(sentence.text)]


def benefits_without_a_limit(corpus: Shipped) -> list[str]:
    """Sections that say that hair was gained and hold no word of doubt, limit or harm.

    A coarse net: it tells a section that only praises, and does not judge what the limit says.
    """
    return [
        str(praise[0])
        for sentences in corpus.by_section.values()
        if (
            praise := [
                s
                for s in sentences
                if _BENEFIT.search(s.text) and not s.is_question and not _NEGATION.search(s.text)
            ]
        )
        and not any(_LIMIT.search(sentence.text) for sentence in sentences)
    ]


def results_without_their_missing_control(corpus: Shipped) -> list[Sentence]:
    """Results of studies without a control group, in sections that do not say so."""
    return [
        sentence
        for sentences in corpus.by_section.values()
        for sentence in sentences
        if sentence.is_prose
        and sentence.references
        and all(r.source_type is SourceType.UNCONTROLLED_STUDY for r in sentence.references)
        and _RESULT.search(sentence.text)
        and not any(_NO_CONTROL.search(other.text) for other in sentences)
    ]


def sentences_that_lean_on_another(corpus: Shipped) -> list[Sentence]:
    """Sentences that open with a word that points at what stands before."""
    return [sentence for sentence in corpus.sentences if _UNRESOLVED.match(sentence.text)]


def items_that_are_no_sentence(corpus: Shipped) -> list[Sentence]:
    """List items and paragraphs that do not end as a sentence, lead-in lines included."""
    return [sentence for sentence in corpus.prose if not _SENTENCE_END.search(sentence.text)]


def sentences_that_are_too_long(corpus: Shipped) -> list[Sentence]:
    """Sentences of more words than a reader keeps in mind."""
    return [sentence for sentence in corpus.prose if sentence.words > MAX_SENTENCE_WORDS]


def unused_references(corpus: Shipped) -> list[str]:
    """Keys of the bibliography that no document names."""
    named = {key for document in corpus.documents for mark in document.marks for key in mark.keys}
    return sorted(set(corpus.bibliography) - named)


def references_without_an_address(corpus: Shipped) -> list[str]:
    """Keys of references that have neither a DOI nor a web address."""
    return sorted(r.key for r in corpus.bibliography.values() if not r.doi and not r.url)


def dois_that_do_not_parse(corpus: Shipped) -> list[str]:
    """Keys of references whose DOI is none, or hides in the address alone."""
    return sorted(
        reference.key
        for reference in corpus.bibliography.values()
        if (reference.doi and not _DOI.fullmatch(reference.doi))
        or (not reference.doi and "doi.org/" in (reference.url or ""))
    )


def references_that_read_the_same(corpus: Shipped) -> list[str]:
    """Labels that two references share, so that a reader cannot tell them apart."""
    labels = Counter(reference.label for reference in corpus.bibliography.values())
    return sorted(label for label, count in labels.items() if count > 1)


def front_matter_that_lacks_something(corpus: Shipped) -> list[str]:
    """Documents without one of the keys that every one has, or with another grade than it has."""
    found = []
    for document in corpus.documents:
        metadata = corpus.front_matter[document.doc_id]
        missing = [key for key in FRONT_MATTER if metadata.get(key) is None]
        if missing:
            found.append(f"{document.source_path}: lacks {', '.join(missing)}")
        elif metadata["reading_grade"] != corpus.grade(document):
            found.append(
                f"{document.source_path}: reading_grade {metadata['reading_grade']}, "
                f"measured {corpus.grade(document)}"
            )
    return found


def patient_documents_that_are_hard_to_read(corpus: Shipped) -> list[str]:
    """Patient documents above the grade that they may have."""
    return [
        f"{document.source_path}: {corpus.grade(document)}"
        for document in corpus.documents
        if corpus.front_matter[document.doc_id].get("audience") == "patient"
        and corpus.grade(document) > MAX_PATIENT_GRADE
    ]


def sections_without_questions(corpus: Shipped) -> list[str]:
    """Sections with fewer than four or more than ten questions that they answer."""
    return [
        f"{document.source_path}: {' > '.join(section.path)}: {len(section.questions)}"
        for document in corpus.documents
        for section in document.sections
        if section.path
        and section.path[-1] != "Sources"
        and len(section.questions) not in QUESTIONS
    ]


RULES: tuple[Callable[[Shipped], Sequence[object]], ...] = (
    numbers_without_a_marker,
    prices_without_currency_year_and_country,
    approvals_without_date_and_agency,
    laws_without_a_date,
    promises,
    doses,
    benefits_without_a_limit,
    results_without_their_missing_control,
    sentences_that_lean_on_another,
    items_that_are_no_sentence,
    sentences_that_are_too_long,
    unused_references,
    references_without_an_address,
    dois_that_do_not_parse,
    references_that_read_the_same,
    front_matter_that_lacks_something,
    patient_documents_that_are_hard_to_read,
    sections_without_questions,
)


def report(corpus: Shipped) -> str:
    """The numbers of the corpus, one a line."""
    lengths = [sentence.words for sentence in corpus.prose]
    kinds = Counter(reference.source_type.value for reference in corpus.bibliography.values())
    grades = sorted(corpus.grade(document) for document in corpus.documents)
    sections = [section for document in corpus.documents for section in document.sections]
    lines = [
        f"documents: {len(corpus.documents)}",
        f"sentences: {len(lengths)} of prose, {len(corpus.sentences) - len(lengths)} table cells",
        f"words: {sum(lengths)}; median sentence: {statistics.median(lengths):.0f} words",
        f"sections: {len(sections)}; questions that they answer: "
        f"{sum(len(section.questions) for section in sections)}",
        f"references: {len(corpus.bibliography)}: "
        + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()),
        f"Flesch-Kincaid grade: median {statistics.median(grades):.1f}, highest {grades[-1]:.1f}",
    ]
    return "\n".join(lines)


def main(words: Sequence[str]) -> None:
    """Print the breaches in the documents whose path holds one of `words`, then the numbers."""
    corpus = shipped()
    for rule in RULES:
        breaches = [str(item) for item in rule(corpus)]
        shown = [b for b in breaches if not words or any(word in b for word in words)]
        print(f"\n## {rule.__name__}: {len(breaches)}")
        print("\n".join(shown))
    print(f"\n{report(corpus)}")


if __name__ == "__main__":
    main(sys.argv[1:])

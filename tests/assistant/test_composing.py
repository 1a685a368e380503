from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.balance import BalanceTable
from assistant.composing import MAX_STATEMENTS, Composer, Composition
from assistant.context import stands_alone
from assistant.freshness import Freshness
from assistant.reply import Label, Statement
from assistant.selection import Evidence
from corpus.document import (
    Block,
    BlockKind,
    CitationMark,
    Document,
    Reference,
    Section,
    SourceType,
    Span,
)
from index.passage import Passage

TODAY = date(2026, 11, 25)
TABLE = BalanceTable.shipped()


def _document(
    doc_id: str,
    *sentences: str,
    kind: SourceType = SourceType.REFERENCE_WORK,
    rests_on: Mapping[int, SourceType] | None = None,
    reviewed: date | None = TODAY,
) -> tuple[Document, Passage]:
    """A document of one section; `rests_on` gives sentences a reference of that kind."""
    text = "What people ask\n\n" + " ".join(sentences)
    spans, start = [], text.index("\n\n") + 2
    for sentence in sentences:
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence) + 1
    body = Span(spans[0].start, spans[-1].end)
    document = Document(
        doc_id=doc_id,
        title=doc_id.title(),
        text=text,
        source_type=kind,
        source_path=f"{doc_id}.md",
        media_type="text/markdown",
        blocks=(Block(BlockKind.PARAGRAPH, body),),
        sections=(Section(("What people ask",), body),),
        references=tuple(
            Reference(f"{doc_id}{n}", f"Author {n}", "A work", source)
            for n, source in (rests_on or {}).items()
        ),
        marks=tuple(CitationMark(spans[n].end, (f"{doc_id}{n}",)) for n in (rests_on or {})),
        reviewed=reviewed,
    )
    return document, Passage(doc_id, body, tuple(spans), (doc_id.title(), "What people ask"))


def _composed(
    evidence: list[Evidence],
    *documents: Document,
    limit: int = MAX_STATEMENTS,
    query: str = "",
    considered: Sequence[Evidence] = (),
    sellers: bool = True,
) -> Composition:
    composer = Composer({d.doc_id: d for d in documents}, table=TABLE, freshness=Freshness())
    return composer.compose(
        evidence, today=TODAY, limit=limit, query=query, considered=considered, sellers=sellers
    )


def _statements(
    evidence: list[Evidence], *documents: Document, query: str = ""
) -> tuple[Statement, ...]:
    return _composed(evidence, *documents, query=query).statements


def _quoted(
    chosen: list[tuple[int, float]], *sentences: str, limit: int = MAX_STATEMENTS
) -> list[str]:
    document, passage = _document("doc", *sentences)
    evidence = [Evidence(passage, passage.sentences[n], p) for n, p in chosen]
    return [s.text for s in _composed(evidence, document, limit=limit).statements]


def test_statements_of_one_document_stand_in_reading_order() -> None:
    assert _quoted([(2, 0.9), (0, 0.8)], "Alpha comes first.", "Bravo.", "Cells go last here.") == [
        "Alpha comes first.",
        "Cells go last here.",
    ]


@pytest.mark.parametrize("opening", ["It", "This", "However, it", "These cells", "They", "But it"])
def test_an_unresolved_opening_brings_the_sentence_before_along(opening: str) -> None:
    sentences = ("PRP is made from blood.", f"{opening} may not last.")
    assert _quoted([(1, 0.9)], *sentences) == [" ".join(sentences)]


def test_an_unresolved_opening_without_a_sentence_before_is_not_quoted() -> None:
    assert _quoted([(0, 0.9)], "This may not last.", "Another matter entirely.") == []


@pytest.mark.parametrize("label", ["Harvesting", "Steps:", "1", "Before the procedure"])
def test_a_bare_label_is_not_quoted(label: str) -> None:
    assert _quoted([(0, 0.9), (1, 0.5)], label, "Cells are taken from fat.") == [
        "Cells are taken from fat."
    ]


def test_what_says_the_same_is_quoted_once() -> None:
    same = "PRP is not a stem-cell treatment."
    first, first_passage = _document("one", same, "Cells are taken from fat.")
    second, second_passage = _document("two", "PRP is not a stem-cell treatment!", "Other words.")
    evidence = [
        Evidence(first_passage, first_passage.sentences[0], 0.9),
        Evidence(second_passage, second_passage.sentences[0], 0.8),
    ]
    statements = _statements(evidence, first, second)
    assert [s.text for s in statements] == [same]


def test_statements_are_grouped_by_document_and_the_best_document_speaks_first() -> None:
    one, one_passage = _document("one", "Alpha is about fat.", "Bravo is about blood entirely.")
    two, two_passage = _document("two", "Charlie is about laser combs.")
    evidence = [
        Evidence(two_passage, two_passage.sentences[0], 0.9),
        Evidence(one_passage, one_passage.sentences[1], 0.85),
        Evidence(one_passage, one_passage.sentences[0], 0.83),
    ]
    statements = _statements(evidence, one, two)
    assert [(s.citation.doc_id, s.citation.number) for s in statements] == [
        ("two", 1),
        ("one", 2),
        ("one", 3),
    ]
    assert [s.text[:5] for s in statements] == ["Charl", "Alpha", "Bravo"]


def test_what_answers_much_better_speaks_first_in_its_document() -> None:
    one, passage = _document("one", "Alpha is about fat.", "Bravo is about blood entirely.")
    evidence = [
        Evidence(passage, passage.sentences[1], 0.95),
        Evidence(passage, passage.sentences[0], 0.6),
    ]
    assert [s.text[:5] for s in _statements(evidence, one)] == ["Bravo", "Alpha"]


def test_at_most_four_statements_are_quoted() -> None:
    words = ("apple", "brick", "cloud", "drain", "eagle", "flute")
    sentences = [f"The {w} {w}s {w}ly about {w}." for w in words]
    assert len(_quoted([(n, 0.9 - n / 100) for n in range(6)], *sentences)) == MAX_STATEMENTS


@given(
    st.lists(st.text(min_size=1, max_size=40).map(str.strip).filter(bool), min_size=1, max_size=8),
    st.data(),
)
def test_every_statement_is_the_words_at_its_span(words: list[str], data: st.DataObject) -> None:
    document, passage = _document("doc", *(f"{w}." for w in words))
    order = data.draw(st.permutations(range(len(words))))
    evidence = [Evidence(passage, passage.sentences[n], 0.5 - i / 100) for i, n in enumerate(order)]
    statements = _statements(evidence, document)
    for number, statement in enumerate(statements, start=1):
        assert statement.text == statement.citation.span.of(document.text)
        assert statement.citation.number == number
        assert statement.citation.section == "What people ask"
    starts = [s.citation.span.start for s in statements]
    assert starts == sorted(starts)


def test_there_is_and_there_are_stand_alone() -> None:
    assert stands_alone("There is no cure for pattern hair loss.")
    assert not stands_alone("There the cells are counted.")
    assert not stands_alone("No full stop")


@pytest.mark.parametrize(
    "sentence",
    [
        "One PRP session costs about $500.",
        "One trial of 48 men is thin evidence for minoxidil on the beard.",
        "Both minoxidil and finasteride are used for years.",
    ],
)
def test_one_and_both_before_a_noun_of_their_own_stand_alone(sentence: str) -> None:
    assert stands_alone(sentence)
    assert _quoted([(0, 0.9)], sentence) == [sentence]


@pytest.mark.parametrize("sentence", ["One is enough.", "One of these failed.", "Both may fail."])
def test_one_and_both_that_point_back_do_not(sentence: str) -> None:
    assert not stands_alone(sentence)


def test_a_next_sentence_that_turns_the_meaning_is_brought_along() -> None:
    sentences = ("PRP raised hair counts.", "However, the study had no control group.")
    assert _quoted([(0, 0.9)], *sentences) == [" ".join(sentences)]
    assert _quoted([(0, 0.9)], "PRP raised hair counts.", "Needles are thin.")[0] == sentences[0]


def _evidence(passage: Passage, number: int, probability: float) -> Evidence:
    return Evidence(passage, passage.sentences[number], probability)


def test_of_two_that_answer_about_equally_well_the_better_source_speaks_first() -> None:
    weak, weak_passage = _document(
        "weak", "Density was 33 per cm2 in a series.", rests_on={0: SourceType.UNCONTROLLED_STUDY}
    )
    strong, strong_passage = _document(
        "strong", "An agency has looked at hair.", rests_on={0: SourceType.REGULATOR}
    )
    near = [_evidence(weak_passage, 0, 0.85), _evidence(strong_passage, 0, 0.8)]
    assert [s.citation.doc_id for s in _statements(near, weak, strong)] == ["strong", "weak"]
    far = [_evidence(weak_passage, 0, 0.95), _evidence(strong_passage, 0, 0.6)]
    assert [s.citation.doc_id for s in _statements(far, weak, strong)] == ["weak", "strong"]


AD = ("Cells wake up sleeping follicles.", "Our stem cells regrow hair.", "Results are lasting.")


def test_a_clinic_page_never_speaks_before_an_independent_one_however_well_it_answers() -> None:
    ad, ad_passage = _document("ad", *AD, kind=SourceType.CLINIC_MARKETING)
    text, passage = _document("text", "Stem cells are not proven to regrow hair.")
    evidence = [*(_evidence(ad_passage, n, 0.99) for n in range(3)), _evidence(passage, 0, 0.5)]
    composition = _composed(evidence, ad, text)
    assert [s.citation.doc_id for s in composition.statements] == ["text", "ad"]
    assert not composition.only_sellers


def test_a_clinic_page_that_cites_a_trial_is_still_a_clinic_page() -> None:
    ad, ad_passage = _document(
        "ad",
        *AD,
        kind=SourceType.CLINIC_MARKETING,
        rests_on={1: SourceType.CONTROLLED_TRIAL},
    )
    text, passage = _document("text", "Stem cells are not proven to regrow hair.")
    evidence = [_evidence(ad_passage, 1, 0.99), _evidence(passage, 0, 0.9)]
    assert [s.citation.doc_id for s in _statements(evidence, ad, text)] == ["text", "ad"]


def test_where_only_a_clinic_page_answers_a_limit_stands_before_it_and_the_reply_is_told() -> None:
    ad, ad_passage = _document("ad", *AD, kind=SourceType.CLINIC_MARKETING)
    text, _ = _document(
        "text",
        "No stem-cell product is approved for hair loss.",
        "Minoxidil can irritate, with a risk of shedding.",
    )
    composition = _composed([_evidence(ad_passage, 1, 0.9)], ad, text)
    assert composition.only_sellers
    first, second = composition.statements
    assert first.text == "No stem-cell product is approved for hair loss."
    assert first.labels == (Label.COUNTERWEIGHT,)
    assert second.citation.doc_id == "ad"


def test_a_sellers_word_gives_way_to_what_answers_not_much_worse() -> None:
    clinic, clinic_passage = _document(
        "clinic", "Finasteride slows hair loss.", rests_on={0: SourceType.CLINIC_MARKETING}
    )
    trial, trial_passage = _document(
        "trial", "No finasteride trial has shown a cure.", rests_on={0: SourceType.CONTROLLED_TRIAL}
    )

    def order(clinics: float, trials: float) -> list[str]:
        said = [_evidence(clinic_passage, 0, clinics), _evidence(trial_passage, 0, trials)]
        return [s.citation.doc_id for s in _statements(said, clinic, trial)]

    assert order(0.95, 0.7) == ["trial", "clinic"]
    assert order(0.98, 0.7) == ["clinic", "trial"]


def test_a_sellers_limit_is_no_counterweight_to_a_benefit() -> None:
    clinic, passage = _document(
        "clinic",
        "Minoxidil regrows some hair.",
        "Minoxidil has no risk that lasts.",
        rests_on={0: SourceType.CLINIC_MARKETING, 1: SourceType.CLINIC_MARKETING},
    )
    text, _ = _document("text", "Minoxidil can irritate, with a risk of shedding.")
    said = _composed([_evidence(passage, n, 0.9) for n in (0, 1)], clinic, text)
    assert said.only_sellers
    assert [s.citation.doc_id for s in said.statements] == ["clinic", "clinic", "text"]


def test_what_a_seller_says_of_practice_draws_no_limit() -> None:
    clinic, passage = _document(
        "clinic", "PRP takes a morning.", rests_on={0: SourceType.CLINIC_MARKETING}
    )
    text, _ = _document("text", "PRP has a risk of infection.")
    said = _composed([_evidence(passage, 0, 0.9)], clinic, text, query="how long does prp take")
    assert [s.citation.doc_id for s in said.statements] == ["clinic"]


def test_a_limit_that_answers_another_question_with_no_is_not_brought_along() -> None:
    text, passage = _document("text", "PRP regrows hair.")
    other, _ = _document("other", "No, PRP is not proven.", "PRP has a risk of infection.")
    said = _composed([_evidence(passage, 0, 0.9)], text, other)
    assert [s.text for s in said.statements] == [
        "PRP regrows hair.",
        "PRP has a risk of infection.",
    ]


def test_what_names_no_price_gives_way_to_the_price_that_was_asked_for() -> None:
    sheet, sheet_passage = _document("sheet", "The yearly price is that of a session times four.")
    clinic, clinic_passage = _document(
        "clinic", "PRP costs US$500 a session.", rests_on={0: SourceType.CLINIC_MARKETING}
    )
    evidence = [_evidence(sheet_passage, 0, 0.98), _evidence(clinic_passage, 0, 0.9)]
    asked = _statements(evidence, sheet, clinic, query="how much does prp cost")
    assert [s.citation.doc_id for s in asked] == ["clinic", "sheet"]


def test_a_seller_never_speaks_sooner_than_it_answers() -> None:
    trial, trial_passage = _document(
        "trial", "No PRP trial gave a price.", rests_on={0: SourceType.CONTROLLED_TRIAL}
    )
    clinic, clinic_passage = _document(
        "clinic",
        "PRP costs $500.",
        "A visit is short.",
        rests_on={0: SourceType.CLINIC_MARKETING, 1: SourceType.CLINIC_MARKETING},
    )
    other, other_passage = _document(
        "other", "PRP feels warm.", rests_on={0: SourceType.CLINIC_MARKETING}
    )
    evidence = [
        _evidence(trial_passage, 0, 0.95),
        _evidence(clinic_passage, 0, 0.8),
        _evidence(other_passage, 0, 0.5),
    ]
    found = _statements(evidence, trial, clinic, other, query="how much does prp cost")
    assert [s.citation.doc_id for s in found] == ["clinic", "trial", "other"]


def test_without_sellers_nothing_is_quoted_that_rests_on_their_word() -> None:
    ad, ad_passage = _document("ad", *AD, kind=SourceType.CLINIC_MARKETING)
    assert _composed([_evidence(ad_passage, 1, 0.9)], ad, sellers=False).statements == ()
    sheet, passage = _document(
        "sheet", "No blood test is needed.", rests_on={0: SourceType.CLINIC_MARKETING}
    )
    assert _composed([_evidence(passage, 0, 0.9)], sheet, sellers=False).statements == ()


def test_a_benefit_is_accompanied_by_a_limit_of_the_same_treatment() -> None:
    text, passage = _document(
        "text",
        "PRP raised hair density in trials.",
        "Finasteride has a risk of low mood.",
        "The evidence for PRP is of low quality.",
    )
    statements = _statements([_evidence(passage, 0, 0.9)], text)
    assert [s.text for s in statements] == [
        "PRP raised hair density in trials.",
        "The evidence for PRP is of low quality.",
    ]
    assert [s.labels for s in statements] == [(), (Label.COUNTERWEIGHT,)]


def test_the_limit_that_was_found_for_the_question_is_preferred() -> None:
    text, passage = _document(
        "text",
        "PRP raised hair density in trials.",
        "PRP has a risk of bruises.",
        "PRP has a risk of infection.",
    )
    weighed = [_evidence(passage, 0, 0.9), _evidence(passage, 2, 0.4)]
    quoted = _composed(weighed[:1], text, considered=weighed).statements
    assert [s.text for s in quoted][1] == "PRP has a risk of infection."


def test_nothing_is_added_where_a_limit_is_quoted_already_and_never_more_than_the_limit() -> None:
    text, passage = _document(
        "text",
        "PRP raised hair density in trials.",
        "PRP was better than saline in a test.",
        "Blood is spun for PRP sessions.",
        "Needles for PRP are thin.",
        "The evidence for PRP is of low quality.",
    )
    both = [_evidence(passage, 0, 0.9), _evidence(passage, 4, 0.8)]
    assert len(_statements(both, text)) == 2
    four = [_evidence(passage, n, 0.9 - n / 50) for n in range(4)]
    texts = [s.text for s in _statements(four, text)]
    assert len(texts) == MAX_STATEMENTS
    assert texts[-1] == "The evidence for PRP is of low quality."


def test_sources_that_differ_on_a_number_stand_side_by_side_and_say_so() -> None:
    one, one_passage = _document(
        "one",
        "PRP raised hair density by 33% after three sessions.",
        "Needles are thin, no doubt.",
        rests_on={0: SourceType.CONTROLLED_TRIAL},
    )
    two, two_passage = _document(
        "two",
        "PRP raised hair density by 12% after three sessions.",
        rests_on={0: SourceType.SYSTEMATIC_REVIEW},
    )
    evidence = [
        _evidence(one_passage, 0, 0.9),
        _evidence(one_passage, 1, 0.89),
        _evidence(two_passage, 0, 0.5),
    ]
    differing = [s for s in _statements(evidence, one, two) if Label.SOURCES_DIFFER in s.labels]
    assert {s.citation.doc_id for s in differing} == {"one", "two"}
    assert abs(differing[0].citation.number - differing[1].citation.number) == 1


def test_the_plainer_of_two_sentences_that_answer_equally_well_is_chosen() -> None:
    hard = (
        "Autologous administration necessitates venipuncture preceding centrifugation procedures."
    )
    plain = "A nurse draws your blood and a machine spins it."
    text, passage = _document("text", hard, plain)
    evidence = [_evidence(passage, 0, 0.9), _evidence(passage, 1, 0.9)]
    composed = _composed(evidence, text, limit=1)
    assert [s.text for s in composed.statements] == [plain]


def test_a_price_that_was_asked_for_is_not_put_behind_what_does_not_name_one() -> None:
    price, proof = "One PRP session costs about US$500 on clinic pages.", "PRP proof is thin."
    text, passage = _document(
        "text",
        price,
        proof,
        rests_on={0: SourceType.CLINIC_MARKETING, 1: SourceType.SYSTEMATIC_REVIEW},
    )
    evidence = [_evidence(passage, 0, 0.98), _evidence(passage, 1, 0.97)]
    asked = _statements(evidence, text, query="How much does PRP cost?")
    assert [s.text for s in asked] == [price, proof]
    other = _statements(evidence, text, query="What is PRP?")
    assert [s.text for s in other] == [proof, price]


@given(
    st.lists(
        st.tuples(st.sampled_from(list(SourceType)), st.integers(0, 100), st.booleans()),
        min_size=1,
        max_size=8,
    )
)
def test_no_clinic_page_ever_speaks_before_another_source(
    rows: list[tuple[SourceType, int, bool]],
) -> None:
    documents, evidence = [], []
    for number, (kind, percent, cites) in enumerate(rows):
        words = ("apple", "brick", "cloud", "drain", "eagle", "flute", "grape", "house")[number]
        document, passage = _document(
            f"d{number}",
            f"Stem cells {words} {words}s regrow {words}.",
            kind=kind,
            rests_on={0: SourceType.REGULATOR} if cites else None,
        )
        documents.append(document)
        evidence.append(_evidence(passage, 0, percent / 100))
    evidence.sort(key=lambda e: -e.probability)
    composition = _composed(evidence, *documents)
    kinds = [
        next(d for d in documents if d.doc_id == s.citation.doc_id).source_type
        for s in composition.statements
    ]
    clinic = [kind is SourceType.CLINIC_MARKETING for kind in kinds]
    assert clinic == sorted(clinic)
    assert 0 < len(kinds) <= MAX_STATEMENTS
    if all(clinic):
        assert composition.only_sellers

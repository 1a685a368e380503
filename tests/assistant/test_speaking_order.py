"""Who speaks first, and what stands beside a benefit."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.composing import MAX_STATEMENTS
from assistant.reply import Label
from corpus.document import Reference, SourceType
from tests.assistant.compositions import composition_of, document_of, evidence_of, statements_of


def test_of_two_that_answer_about_equally_well_the_better_source_speaks_first() -> None:
    weak, weak_passage = document_of(
        "weak", "Density was 33 per cm2 in a series.", rests_on={0: SourceType.UNCONTROLLED_STUDY}
    )
    strong, strong_passage = document_of(
        "strong", "An agency has looked at hair.", rests_on={0: SourceType.REGULATOR}
    )
    near = [evidence_of(weak_passage, 0, 0.85), evidence_of(strong_passage, 0, 0.8)]
    assert [s.citation.doc_id for s in statements_of(near, weak, strong)] == ["strong", "weak"]
    far = [evidence_of(weak_passage, 0, 0.95), evidence_of(strong_passage, 0, 0.6)]
    assert [s.citation.doc_id for s in statements_of(far, weak, strong)] == ["weak", "strong"]


AD = ("Cells wake up sleeping follicles.", "Our stem cells regrow hair.", "Results are lasting.")


def test_a_clinic_page_never_speaks_before_an_independent_one_however_well_it_answers() -> None:
    ad, ad_passage = document_of("ad", *AD, kind=SourceType.CLINIC_MARKETING)
    text, passage = document_of("text", "Stem cells are not proven to regrow hair.")
    evidence = [*(evidence_of(ad_passage, n, 0.99) for n in range(3)), evidence_of(passage, 0, 0.5)]
    composition = composition_of(evidence, ad, text)
    assert [s.citation.doc_id for s in composition.statements] == ["text", "ad"]
    assert not composition.only_sellers


def test_a_clinic_page_that_cites_a_trial_is_still_a_clinic_page() -> None:
    ad, ad_passage = document_of(
        "ad",
        *AD,
        kind=SourceType.CLINIC_MARKETING,
        rests_on={1: SourceType.CONTROLLED_TRIAL},
    )
    text, passage = document_of("text", "Stem cells are not proven to regrow hair.")
    evidence = [evidence_of(ad_passage, 1, 0.99), evidence_of(passage, 0, 0.9)]
    assert [s.citation.doc_id for s in statements_of(evidence, ad, text)] == ["text", "ad"]


def test_where_only_a_clinic_page_answers_a_limit_stands_before_it_and_the_reply_is_told() -> None:
    ad, ad_passage = document_of("ad", *AD, kind=SourceType.CLINIC_MARKETING)
    text, _ = document_of(
        "text",
        "No stem-cell product is approved for hair loss.",
        "Minoxidil can irritate, with a risk of shedding.",
    )
    composition = composition_of([evidence_of(ad_passage, 1, 0.9)], ad, text)
    assert composition.only_sellers
    first, second = composition.statements
    assert first.text == "No stem-cell product is approved for hair loss."
    assert first.labels == (Label.COUNTERWEIGHT,)
    assert second.citation.doc_id == "ad"


def test_a_sellers_word_gives_way_to_what_answers_not_much_worse() -> None:
    clinic, clinic_passage = document_of(
        "clinic", "Finasteride slows hair loss.", rests_on={0: SourceType.CLINIC_MARKETING}
    )
    trial, trial_passage = document_of(
        "trial", "No finasteride trial has shown a cure.", rests_on={0: SourceType.CONTROLLED_TRIAL}
    )

    def order(clinics: float, trials: float) -> list[str]:
        said = [evidence_of(clinic_passage, 0, clinics), evidence_of(trial_passage, 0, trials)]
        return [s.citation.doc_id for s in statements_of(said, clinic, trial)]

    assert order(0.95, 0.7) == ["trial", "clinic"]
    assert order(0.99, 0.7) == ["clinic", "trial"]


def test_a_no_to_another_question_is_not_lifted_over_a_far_more_probable_sentence() -> None:
    clinic, clinic_passage = document_of(
        "clinic", "Dutasteride slows hair loss.", rests_on={0: SourceType.CLINIC_MARKETING}
    )
    trial, trial_passage = document_of(
        "trial", "No, dutasteride is not a cream.", rests_on={0: SourceType.CONTROLLED_TRIAL}
    )

    def order(trials: float) -> list[str]:
        said = [evidence_of(clinic_passage, 0, 0.9), evidence_of(trial_passage, 0, trials)]
        return [s.citation.doc_id for s in statements_of(said, clinic, trial)]

    assert order(0.5) == ["clinic", "trial"]
    assert order(0.85) == ["trial", "clinic"]


def test_a_seller_gives_way_to_nothing_that_answers_much_less_probably() -> None:
    clinic, clinic_passage = document_of(
        "clinic", "Most people rest for a day.", rests_on={0: SourceType.CLINIC_MARKETING}
    )
    text, passage = document_of("text", "Healing differs between people.")

    def order(probability: float) -> list[str]:
        evidence = [evidence_of(clinic_passage, 0, 0.76), evidence_of(passage, 0, probability)]
        found = composition_of(evidence, clinic, text)
        return [s.citation.doc_id for s in found.statements]

    assert order(0.45) == ["clinic", "text"]
    assert order(0.52) == ["text", "clinic"]


SAID = "Fat is taken from the thigh."


@pytest.mark.parametrize(
    ("probability", "said", "only_sellers", "speakers"),
    [
        (0.4, SAID, False, ["clinic", "text"]),
        (0.2, SAID, True, ["clinic"]),
        (0.4, "A session costs US$700.", True, ["clinic"]),
        (0.2, "Pus after it needs a doctor the same day.", False, ["clinic"]),
    ],
)
def test_only_sellers_speak_where_no_other_that_was_weighed_supports_them(
    probability: float, said: str, only_sellers: bool, speakers: list[str]
) -> None:
    clinic, clinic_passage = document_of("clinic", said, rests_on={0: SourceType.CLINIC_MARKETING})
    text, passage = document_of("text", "Surgeons take fat from belly or flank.")
    best = [evidence_of(clinic_passage, 0, 0.98)]
    weighed = [*best, evidence_of(passage, 0, probability)]
    found = composition_of(best, clinic, text, considered=weighed, support=0.35)
    assert found.only_sellers is only_sellers
    assert [s.citation.doc_id for s in found.statements] == speakers


def test_what_a_better_source_says_as_well_is_quoted_from_that_source() -> None:
    clinic, clinic_passage = document_of(
        "clinic", "A graft makes no new follicles.", rests_on={0: SourceType.CLINIC_MARKETING}
    )
    text, passage = document_of("text", "A graft makes no new follicles, surgeons say.")
    found = composition_of(
        [evidence_of(clinic_passage, 0, 0.98), evidence_of(passage, 0, 0.9)], clinic, text
    )
    assert [s.citation.doc_id for s in found.statements] == ["text"]
    assert not found.only_sellers


def test_a_sellers_limit_is_no_counterweight_to_a_benefit() -> None:
    clinic, passage = document_of(
        "clinic",
        "Minoxidil regrows some hair.",
        "Minoxidil has no risk that lasts.",
        rests_on={0: SourceType.CLINIC_MARKETING, 1: SourceType.CLINIC_MARKETING},
    )
    text, _ = document_of("text", "Minoxidil can irritate, with a risk of shedding.")
    said = composition_of([evidence_of(passage, n, 0.9) for n in (0, 1)], clinic, text)
    assert said.only_sellers
    assert [s.citation.doc_id for s in said.statements] == ["clinic", "clinic", "text"]


def test_what_a_seller_says_of_practice_draws_no_limit() -> None:
    clinic, passage = document_of(
        "clinic", "PRP takes a morning.", rests_on={0: SourceType.CLINIC_MARKETING}
    )
    text, _ = document_of("text", "PRP has a risk of infection.")
    said = composition_of(
        [evidence_of(passage, 0, 0.9)], clinic, text, query="how long does prp take"
    )
    assert [s.citation.doc_id for s in said.statements] == ["clinic"]


def test_a_limit_that_answers_another_question_with_no_is_not_brought_along() -> None:
    text, passage = document_of("text", "PRP regrows hair.")
    other, _ = document_of("other", "No, PRP is not proven.", "PRP has a risk of infection.")
    said = composition_of([evidence_of(passage, 0, 0.9)], text, other)
    assert [s.text for s in said.statements] == [
        "PRP regrows hair.",
        "PRP has a risk of infection.",
    ]


def test_what_names_no_price_gives_way_to_the_price_that_was_asked_for() -> None:
    sheet, sheet_passage = document_of("sheet", "The yearly price is that of a session times four.")
    clinic, clinic_passage = document_of(
        "clinic", "PRP costs US$500 a session.", rests_on={0: SourceType.CLINIC_MARKETING}
    )
    evidence = [evidence_of(sheet_passage, 0, 0.98), evidence_of(clinic_passage, 0, 0.9)]
    asked = statements_of(evidence, sheet, clinic, query="how much does prp cost")
    assert [s.citation.doc_id for s in asked] == ["clinic", "sheet"]


def test_a_seller_never_speaks_sooner_than_it_answers() -> None:
    trial, trial_passage = document_of(
        "trial", "No PRP trial gave a price.", rests_on={0: SourceType.CONTROLLED_TRIAL}
    )
    clinic, clinic_passage = document_of(
        "clinic",
        "PRP costs $500.",
        "A visit is short.",
        rests_on={0: SourceType.CLINIC_MARKETING, 1: SourceType.CLINIC_MARKETING},
    )
    other, other_passage = document_of(
        "other", "PRP feels warm.", rests_on={0: SourceType.CLINIC_MARKETING}
    )
    evidence = [
        evidence_of(trial_passage, 0, 0.95),
        evidence_of(clinic_passage, 0, 0.8),
        evidence_of(other_passage, 0, 0.5),
    ]
    found = statements_of(evidence, trial, clinic, other, query="how much does prp cost")
    assert [s.citation.doc_id for s in found] == ["clinic", "trial", "other"]


def test_in_general_nothing_is_quoted_that_rests_on_the_word_of_sellers() -> None:
    ad, ad_passage = document_of("ad", *AD, kind=SourceType.CLINIC_MARKETING)
    assert composition_of([evidence_of(ad_passage, 1, 0.9)], ad, in_general=True).statements == ()
    sheet, passage = document_of(
        "sheet", "No blood test is needed.", rests_on={0: SourceType.CLINIC_MARKETING}
    )
    assert composition_of([evidence_of(passage, 0, 0.9)], sheet, in_general=True).statements == ()


def test_in_general_nothing_is_quoted_that_decides_with_a_yes_or_no() -> None:
    sheet, passage = document_of("sheet", "Yes, some redness is usual.", "Redness can follow PRP.")
    evidence = [evidence_of(passage, 0, 0.9), evidence_of(passage, 1, 0.8)]
    told = composition_of(evidence, sheet, in_general=True).statements
    assert [s.text for s in told] == ["Redness can follow PRP."]


def test_in_general_the_best_of_the_rest_speaks_in_place_of_a_seller() -> None:
    sheet, passage = document_of(
        "sheet",
        "Clinics give three sessions.",
        "Most trials used three sessions.",
        "Trials differ.",
        rests_on={0: SourceType.CLINIC_MARKETING},
    )
    weighed = [evidence_of(passage, n, p) for n, p in ((0, 0.9), (1, 0.4), (2, 0.3))]
    told = composition_of(
        weighed[:1], sheet, considered=weighed, support=0.2, in_general=True
    ).statements
    assert [s.text for s in told] == ["Most trials used three sessions."]
    nothing = composition_of([], sheet, considered=weighed, support=0.2, in_general=True)
    assert nothing.statements == ()


GROWING = "Swelling that grows, pus or fever after PRP needs urgent medical help."


def test_what_calls_an_after_effect_usual_stands_beside_a_warning() -> None:
    calm, passage = document_of("calm", "Some swelling is common after PRP.")
    help_, _ = document_of("help", GROWING, "Fainting on minoxidil is an emergency.")
    found = statements_of([evidence_of(passage, 0, 0.9)], calm, help_, query="swelling after PRP")
    assert [s.text for s in found] == ["Some swelling is common after PRP.", GROWING]
    assert Label.COUNTERWEIGHT in found[1].labels


def test_no_second_warning_stands_beside_one() -> None:
    calm, passage = document_of("calm", "Some swelling is common after PRP.")
    help_, warning = document_of("help", GROWING, "Chest pain after PRP is an emergency.")
    evidence = [evidence_of(passage, 0, 0.9), evidence_of(warning, 0, 0.9)]
    assert len(statements_of(evidence, calm, help_, query="swelling after PRP")) == 2


def test_a_warning_rests_on_no_seller_and_is_of_no_other_treatment() -> None:
    calm, passage = document_of("calm", "Some swelling is common after PRP.")
    ad, _ = document_of("ad", GROWING, kind=SourceType.CLINIC_MARKETING)
    other, _ = document_of("other", "Fainting on minoxidil is an emergency.")
    titled, _ = document_of("minoxidil", "Fainting with swelling is an emergency.")
    documents = (calm, ad, other, titled)
    found = statements_of([evidence_of(passage, 0, 0.9)], *documents, query="swelling")
    assert [s.text for s in found] == ["Some swelling is common after PRP."]


def test_a_benefit_is_accompanied_by_a_limit_of_the_same_treatment() -> None:
    text, passage = document_of(
        "text",
        "PRP raised hair density in trials.",
        "Finasteride has a risk of low mood.",
        "The evidence for PRP is of low quality.",
    )
    statements = statements_of([evidence_of(passage, 0, 0.9)], text)
    assert [s.text for s in statements] == [
        "PRP raised hair density in trials.",
        "The evidence for PRP is of low quality.",
    ]
    assert [s.labels for s in statements] == [(), (Label.COUNTERWEIGHT,)]


def test_the_limit_that_was_found_for_the_question_is_preferred() -> None:
    text, passage = document_of("text", "PRP raised hair density in trials.")
    risks, risks_passage = document_of(
        "risks", "PRP has a risk of bruises.", "PRP has a risk of infection."
    )
    weighed = [evidence_of(passage, 0, 0.9), evidence_of(risks_passage, 1, 0.4)]
    quoted = composition_of(weighed[:1], text, risks, considered=weighed).statements
    assert [s.text for s in quoted][1] == "PRP has a risk of infection."


def test_a_limit_of_the_same_study_is_preferred_though_it_names_no_treatment() -> None:
    text, passage = document_of(
        "text",
        "Hair thickened by 14% with PRP in one trial.",
        "Blood was spun for it.",
        "The trial of 38 people was too small to prove that.",
        rests_on={0: SourceType.CONTROLLED_TRIAL, 2: SourceType.CONTROLLED_TRIAL},
    )
    study = Reference("study", "Author", "A work", SourceType.CONTROLLED_TRIAL)
    text = replace(
        text, references=(study,), marks=tuple(replace(m, keys=("study",)) for m in text.marks)
    )
    other, _ = document_of("other", "Hair with PRP in one trial was not longer, and no risk rose.")
    quoted = statements_of([evidence_of(passage, 0, 0.9)], text, other)
    assert quoted[1].text == "The trial of 38 people was too small to prove that."


def test_what_reports_a_gain_is_no_limit_while_there_is_another() -> None:
    text, passage = document_of("text", "Hair thickened by 14% with PRP lotion after 16 weeks.")
    gain, _ = document_of("gain", "In men only, PRP raised density.")
    limit, _ = document_of("limit", "PRP can cause bruises and swelling.")
    quoted = statements_of([evidence_of(passage, 0, 0.9)], text, gain, limit)
    assert [s.citation.doc_id for s in quoted] == ["text", "limit"]


def test_a_limit_of_this_treatment_goes_before_one_of_this_and_another() -> None:
    text, passage = document_of("text", "Minoxidil raised hair density.")
    both, _ = document_of("both", "Minoxidil and finasteride sprays are not approved.")
    alone, _ = document_of("one", "Minoxidil has a risk of swelling.")
    quoted = statements_of([evidence_of(passage, 0, 0.9)], text, both, alone)
    assert [s.citation.doc_id for s in quoted] == ["text", "one"]


@pytest.mark.parametrize(
    ("second", "quoted"),
    [
        (
            "Of 38 adults rubbing it in morning and evening in a blinded trial, hair count rose "
            "28.1%, and on everyday plain lotion 7.1%.",
            1,
        ),
        ("In the blinded trial of 38 adults the hair count rose 28.1%, in women by 31%.", 2),
        ("In the blinded trial people washed the lotion off after the hair count.", 2),
    ],
)
def test_the_same_numbers_in_other_words_are_quoted_once(second: str, quoted: int) -> None:
    one, first = document_of(
        "one", "In a blinded trial of 38 adults, hair count rose 28.1% and with plain lotion 7.1%."
    )
    other, passage = document_of("other", second)
    weighed = [evidence_of(first, 0, 0.9), evidence_of(passage, 0, 0.8)]
    assert len(statements_of(weighed, one, other)) == quoted


def test_a_limit_that_a_statement_says_already_is_not_added_again() -> None:
    ad, passage = document_of("ad", "Minoxidil regrows hair.", kind=SourceType.CLINIC_MARKETING)
    text, text_passage = document_of(
        "text", "Hair treatment can be no benefit, with a risk of pain."
    )
    copy, _ = document_of(
        "copy", "Hair treatment minoxidil can be no benefit, with a risk of pain."
    )
    other, _ = document_of("other", "Minoxidil can lead to swelling.")
    evidence = [evidence_of(text_passage, 0, 0.9), evidence_of(passage, 0, 0.9)]
    quoted = statements_of(evidence, ad, text, copy, other)
    assert [s.citation.doc_id for s in quoted] == ["text", "other", "ad"]


def test_nothing_is_added_where_a_limit_is_quoted_already_and_never_more_than_the_limit() -> None:
    text, passage = document_of(
        "text",
        "PRP raised hair density in trials.",
        "PRP was better than saline in a test.",
        "Blood is spun for PRP sessions.",
        "Needles for PRP are thin.",
        "The evidence for PRP is of low quality.",
    )
    both = [evidence_of(passage, 0, 0.9), evidence_of(passage, 4, 0.8)]
    assert len(statements_of(both, text)) == 2
    four = [evidence_of(passage, n, 0.9 - n / 50) for n in range(4)]
    texts = [s.text for s in statements_of(four, text)]
    assert len(texts) == MAX_STATEMENTS
    assert texts[-1] == "The evidence for PRP is of low quality."


def test_sources_that_differ_on_a_number_stand_side_by_side_and_say_so() -> None:
    one, one_passage = document_of(
        "one",
        "PRP raised hair density by 33% after three sessions.",
        "Needles are thin, no doubt.",
        rests_on={0: SourceType.CONTROLLED_TRIAL},
    )
    two, two_passage = document_of(
        "two",
        "PRP raised hair density by 12% after three sessions.",
        rests_on={0: SourceType.SYSTEMATIC_REVIEW},
    )
    evidence = [
        evidence_of(one_passage, 0, 0.9),
        evidence_of(one_passage, 1, 0.89),
        evidence_of(two_passage, 0, 0.5),
    ]
    differing = [s for s in statements_of(evidence, one, two) if Label.SOURCES_DIFFER in s.labels]
    assert {s.citation.doc_id for s in differing} == {"one", "two"}
    assert abs(differing[0].citation.number - differing[1].citation.number) == 1


def test_a_source_that_differs_is_told_of_though_it_answers_less_well() -> None:
    one, one_passage = document_of("one", "PRP raised hair density by 33% after 3 sessions.")
    two, two_passage = document_of("two", "PRP raised hair density by 12% after 3 sessions.")
    read = [evidence_of(one_passage, 0, 0.9), evidence_of(two_passage, 0, 0.2)]
    said = composition_of(read[:1], one, two, considered=read).statements
    assert [s.citation.doc_id for s in said if Label.SOURCES_DIFFER in s.labels] == ["one", "two"]


def test_a_price_that_was_asked_for_is_not_put_behind_what_does_not_name_one() -> None:
    price, proof = "One PRP session costs about US$500 on clinic pages.", "PRP proof is thin."
    text, passage = document_of(
        "text",
        price,
        proof,
        rests_on={0: SourceType.CLINIC_MARKETING, 1: SourceType.SYSTEMATIC_REVIEW},
    )
    evidence = [evidence_of(passage, 0, 0.98), evidence_of(passage, 1, 0.97)]
    asked = statements_of(evidence, text, query="How much does PRP cost?")
    assert [s.text for s in asked] == [price, proof]
    other = statements_of(evidence, text, query="What is PRP?")
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
        document, passage = document_of(
            f"d{number}",
            f"Stem cells {words} {words}s regrow {words}.",
            kind=kind,
            rests_on={0: SourceType.REGULATOR} if cites else None,
        )
        documents.append(document)
        evidence.append(evidence_of(passage, 0, percent / 100))
    evidence.sort(key=lambda e: -e.probability)
    composition = composition_of(evidence, *documents)
    kinds = [
        next(d for d in documents if d.doc_id == s.citation.doc_id).source_type
        for s in composition.statements
    ]
    clinic = [kind is SourceType.CLINIC_MARKETING for kind in kinds]
    assert clinic == sorted(clinic)
    assert 0 < len(kinds) <= MAX_STATEMENTS
    if all(clinic):
        assert composition.only_sellers

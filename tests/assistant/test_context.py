"""What a quotation brings along, and what stands beside it where that lies too far away."""

import pytest

from assistant.reply import Label
from corpus.document import SourceType
from tests.assistant.compositions import composition_of, document_of, evidence_of


def _quoted(answers: int, *sentences: str) -> list[tuple[str, tuple[Label, ...]]]:
    text, passage = document_of("text", *sentences)
    composed = composition_of([evidence_of(passage, answers, 0.9)], text)
    return [(s.text, s.labels) for s in composed.statements]


@pytest.mark.parametrize(
    ("benefit", "following"),
    [
        ("Gel K thickened hair by a fifth.", "After two years hair was as thin as before."),
        ("Finasteride regrew hair in 48% of men.", "At two years they were back to baseline."),
        ("Laser caps restored lost hair in 12 people.", "Nine were bald again two years on."),
        ("Serum Q stopped hair loss in most men.", "Half of them relapsed within weeks."),
        ("Serum Q doubled the hair count.", "In a longer trial nothing of the kind was seen."),
        ("PRP raised density by 20%.", "Sadly, one woman went deaf."),
        ("Mesotherapy improved density.", "A third of them needed antibiotics for abscesses."),
        ("Cream Z is well tolerated.", "Two users had a stroke."),
        ("No serious side effects were seen.", "Four people ended in hospital later."),
        ("Side effects of cream Z were mild.", "Some people fainted."),
        ("Rosemary oil increased hair count by 7%.", "Every participant was paid by the maker."),
        ("Gel K improved hair.", "Users had to shave daily and half gave up."),
        ("Gel K improved hair.", "It did so only in those under 30."),
        ("Gel K improved hair.", "It was no better than water in men."),
        ("Gel K improved hair.", "Two men grew lumps."),
        ("Gel K improved hair.", "The figures come from the seller."),
        ("Gel K thickened hair by a fifth.", "The experiment used rabbits."),
        ("Gel K thickened hair by a fifth.", "Those treated were all under 20."),
    ],
)
def test_a_benefit_is_not_quoted_without_what_takes_it_back(benefit: str, following: str) -> None:
    assert _quoted(0, benefit, following) == [(f"{benefit} {following}", ())]


@pytest.mark.parametrize(
    ("benefit", "following"),
    [
        ("Gel K thickened hair by a fifth.", "Gel K grew new hair in most men too."),
        ("PRP raised density by 20%.", "Minoxidil can cause headaches."),
        ("The gel smells of mint.", "Half of the people had a rash."),
        ("PRP raised density by 20%, but the trial was small.", "Nobody knows who was in it."),
    ],
)
def test_another_matter_is_not_brought_along(benefit: str, following: str) -> None:
    assert _quoted(0, benefit, following)[0] == (benefit, ())


@pytest.mark.parametrize(
    ("scene", "finding"),
    [
        ("Rats were shaved and given the gel.", "Fur came back within ten days."),
        ("The team worked with cells in a dish.", "Exosomes tripled their number."),
        ("The study recruited teenagers.", "Gel K thickened hair by a fifth."),
        ("Only smokers took part.", "Gel K thickened hair by a fifth."),
        ("The trial enrolled people with scars.", "Growth was 30% faster with the gel."),
        ("All of them were over 70.", "Hair count rose by 12%."),
    ],
)
def test_a_finding_is_not_quoted_without_in_whom_it_was_made(scene: str, finding: str) -> None:
    assert _quoted(1, scene, finding) == [(f"{scene} {finding}", ())]
    between = "Photographs were taken."
    assert _quoted(2, scene, between, finding) == [(f"{scene} {between} {finding}", ())]


@pytest.mark.parametrize(
    ("scene", "finding"),
    [
        ("The work was done in rats.", "In women the gel raised hair count by 5%."),
        ("The work was done in rats.", "A trial of 40 adults saw 5% more hairs with the gel."),
        ("The study recruited teenagers.", "The gel smells of mint."),
    ],
)
def test_what_names_its_own_people_needs_no_other_scene(scene: str, finding: str) -> None:
    assert _quoted(1, scene, finding) == [(finding, ())]


def test_a_gain_seen_in_animals_says_so_where_that_was_told_too_long_before() -> None:
    told = ("Rats were given gel K.", "They were shaved.", "Gels are cold.", "It smells of mint.")
    gain = "Fur grew back within ten days."
    assert _quoted(4, *told, gain) == [(gain, (Label.NOT_IN_PEOPLE,))]
    assert _quoted(4, *told[:3], "Then women were tested.", gain)[0][1] == ()


def test_scene_benefit_and_setback_are_three_sentences_and_no_more_follow() -> None:
    sentences = (
        "Only smokers took part.",
        "Gel K thickened hair by a fifth.",
        "One in ten had blisters.",
        "Two had scars.",
    )
    assert _quoted(1, *sentences)[0] == (" ".join(sentences[:3]), ())


def test_a_setback_is_brought_along_from_the_next_passage_of_the_paragraph() -> None:
    text, passage = document_of("text", "Gel K thickened hair by a fifth.", "Two had blisters.")
    alone = type(passage)(passage.doc_id, passage.sentences[0], passage.sentences[:1], ())
    [statement] = composition_of([evidence_of(alone, 0, 0.9)], text).statements
    assert statement.text == "Gel K thickened hair by a fifth. Two had blisters."


@pytest.mark.parametrize(
    "following",
    [
        "A man of 40 has heard ringing ever since.",
        "Whoever measured it had also rubbed it in.",
        "The camera was held by hand.",
        "Its inventors wrote the report.",
    ],
)
def test_the_sentence_after_a_benefit_without_a_reference_comes_along(following: str) -> None:
    benefit = "Gel K thickened hair by a fifth."
    assert _quoted(0, benefit, following, "Gels are cold.") == [(f"{benefit} {following}", ())]
    text, passage = document_of(
        "text", benefit, following, rests_on={0: SourceType.CONTROLLED_TRIAL}
    )
    told = composition_of([evidence_of(passage, 0, 0.9)], text).statements
    assert told[0].text == benefit


def test_a_treatment_that_no_table_knows_gets_the_limit_of_its_own_paragraph() -> None:
    benefit, limit = "Gel K thickened hair by a fifth.", "Half of them relapsed within weeks."
    assert _quoted(0, benefit, "Gels are cold.", "Finasteride has risks.", limit) == [
        (f"{benefit} Gels are cold.", ()),
        (limit, (Label.COUNTERWEIGHT,)),
    ]


@pytest.mark.parametrize(
    "words",
    [
        "Side effects of PRP were alike with salt water.",
        "Complications of PRP are rare.",
        "PRP has no known risks.",
        "PRP was given without any serious side effects.",
        "There was no rise in infections after PRP.",
        "PRP does not cause tumours.",
        "The pain of PRP settles within a day.",
    ],
)
def test_what_reassures_is_no_counterweight(words: str) -> None:
    text, passage = document_of("text", "PRP raised hair density in trials.")
    other, _ = document_of("other", words)
    assert len(composition_of([evidence_of(passage, 0, 0.9)], text, other).statements) == 1


@pytest.mark.parametrize(
    "words",
    [
        "Side effects of PRP were mild, but one man lost an eye to infection.",
        "PRP is not without risks.",
        "No one knows the risks of PRP.",
        "No study looked at the risks of PRP.",
    ],
)
def test_a_limit_beside_reassuring_words_is_one(words: str) -> None:
    text, passage = document_of("text", "PRP raised hair density in trials.")
    other, _ = document_of("other", words)
    quoted = composition_of([evidence_of(passage, 0, 0.9)], text, other).statements
    assert [s.labels for s in quoted] == [(), (Label.COUNTERWEIGHT,)]

import re
from pathlib import Path

import pytest
import yaml

from assistant import tables
from assistant.balance import BalanceTable

TABLE = BalanceTable.shipped()

NAMED = {
    "stem cells": "Injected fat-derived cells may help.",
    "exosomes": "Extracellular vesicles are small.",
    "conditioned medium": "Conditioned media were tested.",
    "PRP": "Platelet-rich plasma is blood.",
    "nanofat": "Nano fat is fat.",
    "micrografts": "Micro-grafts are pieces of scalp.",
    "hair transplant": "Transplanted hair falls out first.",
    "minoxidil": "Minoxidil is a lotion.",
    "finasteride": "Finasteride is a tablet.",
    "dutasteride": "Dutasteride is a capsule.",
    "spironolactone": "Spironolactone is a tablet.",
    "JAK inhibitors": "Ritlecitinib is for areata.",
    "microneedling": "Needling pricks the skin.",
    "laser light": "A laser cap is worn.",
    "mesotherapy": "Mesotherapy is injected.",
    "rosemary oil": "Rosemary oil smells.",
    "supplements": "Biotin is a vitamin.",
}


def test_every_treatment_of_the_table_is_found_and_no_other() -> None:
    assert [t.name for t in TABLE.treatments] == list(NAMED)
    for name, words in NAMED.items():
        assert TABLE.treatments_in(words) == {name}


@pytest.mark.parametrize(
    "words", ["PRP raised density.", "Hair regrew? It helps.", "Cells stimulate new hair."]
)
def test_a_promise_is_a_benefit(words: str) -> None:
    assert TABLE.states_benefit(words)
    assert not TABLE.states_limit(words)


@pytest.mark.parametrize(
    "words",
    [
        "No exosome product has been approved.",
        "Nobody has shown that it works.",
        "PRP improved hair, but the study was small.",
        "The risks include infection.",
    ],
)
def test_what_names_a_limit_or_a_risk_is_no_bare_benefit(words: str) -> None:
    assert TABLE.states_limit(words)
    assert not TABLE.states_benefit(words)


# An example for every row of the lists, in their order.
ROWS = {
    "benefit": [
        "PRP stimulates follicles.",
        "Some clinics promote hair growth.",
        "Hair grew thicker.",
        "The lotion halved daily shedding.",
        "The lotion is generally safe.",
        "It led to more hairs.",
        "A marked effect on density was found.",
    ],
    "limit": [
        "There is no large trial.",
        "No one knows.",
        "Two people went blind.",
        "Those switched lost benefit.",
        "The group was tiny.",
        "The work was paid for by a maker.",
    ],
    "reassurance": [
        "Infections were uncommon.",
        "It went well without any lasting harm.",
        "We saw no clear rise in deaths.",
        "It did not cause pain.",
        "The comb reduced hair loss.",
        "It restored what was lost.",
    ],
    "setback": ["Within months it wore off.", "Several had blisters."],
    "goes_on": [
        "By spring the gain was there.",
        "After another two years hair was counted.",
        "In a later test it was tried anew.",
        "About one in ten people had scars.",
    ],
    "scene": [
        "Rabbits were given it.",
        "We recruited men.",
        "Only twins took part.",
        "Everyone was over 60.",
    ],
    "strong_limit": [
        "It is not proven.",
        "The trial was too small.",
        "We found no repeat of it.",
        "It works only while it is used.",
    ],
    "rule": [
        "The product is not licensed there.",
        "The FTC wants proof.",
        "It carries a boxed warning.",
        "Fimea forbids clinics to sell it.",
        "A Danish ordinance covers it.",
    ],
}


# Every alternative of the words that make a rule where a place is named.
RULES = [
    "The rule is new.",
    "A board ruled on it.",
    "It needs permission.",
    "Doctors may use own cells.",
    "Two products are allowed.",
    "Own cells are exempt.",
    "There is an exception.",
    "It forbids such adverts.",
    "It ordered a stop.",
    "The bill was signed.",
    "The Act dates from 2013.",
    "The standard is a draft.",
    "A guideline leaves no room.",
    "There is a penalty.",
    "Its policy names PRP.",
    "The kit was cleared.",
    "Donors must be tested.",
    "Only a doctor may do it.",
    "It may be injected.",
    "It counts as a drug.",
    "Such cells are new drugs.",
    "It restricts grown cells.",
    "Bodies inspect clinics.",
    "It suspended a unit.",
    "A plan review comes first.",
    "Two bodies share it.",
    "The control of clinics is uneven.",
    "It must pass four tests.",
    "A committee must agree.",
    "Consent is written.",
    "Some give unlicensed cell treatments.",
]


@pytest.mark.parametrize("words", RULES)
def test_a_word_of_rules_makes_a_rule_where_a_place_is_named(words: str) -> None:
    assert TABLE.states_rule(words, under="Rules in Japan")
    assert not TABLE.states_rule(words, under="Hair")


@pytest.mark.parametrize("name", ROWS)
def test_every_row_of_a_list_finds_its_example(name: str) -> None:
    patterns = getattr(TABLE, name)
    assert len(patterns) == len(ROWS[name])
    for pattern, words in zip(patterns, ROWS[name], strict=True):
        assert re.search(pattern, words.lower()), words


@pytest.mark.parametrize(
    "words",
    [
        "In a blinded trial counts rose.",
        "Judges who scored photos blind saw it.",
        "A double-blind one.",
    ],
)
def test_a_blinded_trial_is_no_harm(words: str) -> None:
    assert not TABLE.states_limit(words)


@pytest.mark.parametrize(
    "words", ["After a bone-marrow transplant it regrows.", "A stem-cell transplant for cancer."]
)
def test_a_transplant_of_marrow_or_blood_cells_is_no_treatment_of_hair(words: str) -> None:
    assert TABLE.treatments_in(words) == frozenset()


def test_to_promote_a_treatment_is_no_benefit() -> None:
    assert not TABLE.states_benefit("Clinics need permission to promote cell treatments.")


@pytest.mark.parametrize(
    ("text", "following", "other_side"),
    [
        ("On the drug 48% regrew hair.", "On placebo 25% did.", True),
        ("On the drug 48% regrew hair.", "With the vehicle it was 25%.", True),
        ("On the drug 48% regrew hair and on placebo 25%.", "On placebo 4 of 16 did.", False),
        ("On the drug 48% regrew hair.", "Placebo means a pill without a drug.", False),
        ("On the drug 48% regrew hair.", "In a second year 12% did.", False),
        ("In all, 48 men came.", "On placebo 25% stayed.", False),
    ],
)
def test_the_other_side_of_a_comparison_is_known(
    text: str, following: str, other_side: bool
) -> None:
    assert TABLE.gives_other_side(text, following) is other_side


def test_the_table_sells_a_treatment_that_it_knows() -> None:
    assert TABLE.sold in NAMED


def test_a_row_that_is_no_regular_expression_is_refused() -> None:
    rows = yaml.safe_load((Path(tables.__file__).parent / "balance.yaml").read_text("utf-8"))
    rows["benefit"] = ["(unclosed"]
    with pytest.raises(ValueError, match=re.escape("no regular expression")):
        BalanceTable.model_validate(rows)

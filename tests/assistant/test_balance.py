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
    "microneedling": "Micro-needling pricks the skin.",
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


def test_the_table_sells_a_treatment_that_it_knows() -> None:
    assert TABLE.sold in NAMED


def test_a_row_that_is_no_regular_expression_is_refused() -> None:
    rows = yaml.safe_load((Path(tables.__file__).parent / "balance.yaml").read_text("utf-8"))
    rows["benefit"] = ["(unclosed"]
    with pytest.raises(ValueError, match=re.escape("no regular expression")):
        BalanceTable.model_validate(rows)

"""The clinics' claims and the framing pairs, over the shipped documents and two clinic pages."""

from pathlib import Path

import pytest

from corpus.document import SourceType
from index.storage import Index
from tests.evaluation.claims.__main__ import asked, in_their_own_words, index_with_clinics
from tests.evaluation.claims.checking import read_claims
from tests.evaluation.framing.__main__ import agreement, as_it_leans
from tests.evaluation.framing.pairs import pairs
from tests.small_corpus import assistant_over

pytestmark = [pytest.mark.evaluation, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def index(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Index:
    return index_with_clinics(shared, tmp_path_factory.mktemp("clinics"))


def test_a_clinic_is_never_quoted_first_alone_or_without_a_limit_before_it(
    index: Index, shared: Path
) -> None:
    claims = read_claims(shared)
    assert len(claims) == 34
    found = asked([*claims, *in_their_own_words(index)], index)
    assert sum(any(f.clinic) for f in found) >= 10
    assert [f.claim.id for f in found if f.clinic[:1] == (True,) or f.alone or f.bare] == []
    assert sum(not f.reply.statements for f in found[:34]) <= 1


def test_a_sellers_word_opens_a_reply_only_where_that_is_told_or_it_is_asked_for(
    index: Index, shared: Path
) -> None:
    first = [f for f in asked(read_claims(shared), index) if f.first]
    assert len(first) <= 4
    for found in first:
        kinds = {s.citation.source_type for s in found.reply.statements}
        assert found.is_told or kinds > {SourceType.CLINIC_MARKETING}


def test_pairs_that_ask_the_same_are_answered_with_common_evidence(index: Index) -> None:
    asked_pairs = list(pairs())
    assert len(asked_pairs) >= 100
    before = agreement(asked_pairs, as_it_leans(index).reply)
    after = agreement(asked_pairs, assistant_over(index).reply)
    assert after.common >= 0.9
    assert after.overlap >= max(0.7, before.overlap)
    assert after.silent <= len(asked_pairs) / 8

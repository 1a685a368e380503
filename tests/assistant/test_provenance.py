from hypothesis import given
from hypothesis import strategies as st

from assistant.provenance import BAND, Standing, bands, standing_of
from corpus.document import SourceType, Span
from tests.fakes import document, heading


def _kind(kind: SourceType) -> Standing:
    source = document("doc", "Doc", [heading("Words")], source_type=kind)
    return standing_of(source, Span(0, 5))


def test_authorities_and_comparisons_stand_before_observations_and_those_before_sellers() -> None:
    ordered = [
        {SourceType.REGULATOR, SourceType.GUIDELINE, SourceType.SYSTEMATIC_REVIEW}
        | {SourceType.CONTROLLED_TRIAL},
        {SourceType.UNCONTROLLED_STUDY, SourceType.LABORATORY_STUDY, SourceType.REGISTRY}
        | {SourceType.REFERENCE_WORK, SourceType.PROFESSIONAL_BODY},
        {SourceType.PRESS, SourceType.UNCLASSIFIED},
        {SourceType.CLINIC_MARKETING},
    ]
    assert set().union(*ordered) == set(SourceType)
    for standing, kinds in enumerate(ordered):
        assert {_kind(kind) for kind in kinds} == {Standing(standing)}


@given(st.lists(st.floats(0, 1)))
def test_a_better_answer_never_lies_in_a_later_band_and_a_band_is_narrow(p: list[float]) -> None:
    found = bands(p)
    for one, first in zip(p, found, strict=True):
        for other, second in zip(p, found, strict=True):
            assert not (one > other and first > second)
            if first == second:
                assert abs(one - other) <= BAND + 1e-9


def test_a_near_certain_answer_is_not_as_good_as_a_likely_one() -> None:
    assert bands([0.99, 0.92, 0.9]) == [0, 1, 1]
    assert bands([0.6, 0.55]) == [0, 0]
    assert bands([]) == []

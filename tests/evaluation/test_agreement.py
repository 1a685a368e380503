"""The two passes of judging can be compared."""

from assistant.training.topics import read_grades
from tests.evaluation.agreement import SECOND_PASS, pairs
from tests.evaluation.topics import FOLDER


def test_every_grade_of_the_second_pass_has_a_first() -> None:
    second = read_grades(FOLDER, SECOND_PASS.name)
    assert len(pairs()) == sum(map(len, second.values())) > 0

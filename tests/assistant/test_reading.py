from assistant.reading import reading_grade


def test_plain_words_have_a_lower_grade_than_hard_ones() -> None:
    plain = reading_grade("The nurse takes some blood. It is put back into the scalp.")
    hard = reading_grade(
        "Autologous administration necessitates venipuncture preceding centrifugation procedures."
    )
    assert 0 <= plain < 6 < 12 < hard


def test_the_point_of_a_decimal_number_ends_no_sentence() -> None:
    whole = reading_grade("Hair count rose 28% with the extract and 7% with the vehicle in weeks.")
    assert (
        reading_grade("Hair count rose 28.1% with the extract and 7.1% with the vehicle in weeks.")
        == whole
    )

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from digitreader_export.comparison.measuring import Arithmetic, VariantFigures
from digitreader_export.comparison.recommendation import recommend

Draw = Callable[..., VariantFigures]

FLOATS = Arithmetic(operators=4, integer=0, hybrid=0, values="float32", weights="float32")


def chosen(float32: VariantFigures, *others: VariantFigures) -> str:
    return recommend([float32, *others], float32).name


def test_of_variants_that_are_as_good_the_smallest_download_is_chosen(draw: Draw, float32: VariantFigures) -> None:
    models = [
        draw("a", compressed_bytes=13_000),
        draw("b", compressed_bytes=12_000),
        draw("c", compressed_bytes=12_500),
    ]
    assert chosen(float32, *models) == "b"


def test_a_smaller_file_that_is_a_larger_download_is_not(draw: Draw, float32: VariantFigures) -> None:
    models = [draw("a", file_bytes=16_000, compressed_bytes=13_000), draw("b", compressed_bytes=12_000)]
    assert chosen(float32, *models) == "b"


@pytest.mark.parametrize("smaller", [{"file_bytes": 16_000}, {"arena_bytes": 1_000}])
def test_ties_go_to_the_smaller_file_and_then_to_the_smaller_arena(
    draw: Draw, float32: VariantFigures, smaller: dict[str, int]
) -> None:
    for models in itertools.permutations([draw("a"), draw("b", **smaller), draw("c")]):
        assert chosen(float32, *models) == "b"


def test_between_equals_the_first_in_the_table_is_chosen(draw: Draw, float32: VariantFigures) -> None:
    assert chosen(float32, draw("a"), draw("b")) == "a"


def test_only_full_integer_variants_are_asked_for(draw: Draw, float32: VariantFigures) -> None:
    assert chosen(float32, draw("float16", arithmetic=FLOATS, compressed_bytes=1_000), draw("int8")) == "int8"


@pytest.mark.parametrize(("ece", "name"), [(0.025, "pruned"), (0.0251, "int8")])
def test_half_a_point_of_calibration_may_be_lost(draw: Draw, float32: VariantFigures, ece: float, name: str) -> None:
    assert chosen(float32, draw("int8"), draw("pruned", ece=ece, compressed_bytes=9_000)) == name


@pytest.mark.parametrize(("wrong", "name"), [(21, "pruned"), (22, "int8")])
def test_a_tenth_of_a_point_of_accuracy_may_be_lost(draw: Draw, float32: VariantFigures, wrong: int, name: str) -> None:
    assert chosen(float32, draw("int8"), draw("pruned", wrong=range(wrong), compressed_bytes=9_000)) == name


@pytest.mark.parametrize(("wrong", "name"), [(15, "pruned"), (14, "qat")])
def test_a_variant_that_mcnemar_tells_from_the_best_is_not_chosen(
    draw: Draw, float32: VariantFigures, wrong: int, name: str
) -> None:
    # 20 misread against 15: five digits of one side, p = 0.0625; against 14: six, p = 0.03
    models = [draw("qat", wrong=range(wrong)), draw("pruned", wrong=range(20), compressed_bytes=9_000)]
    assert chosen(float32, *models) == name


def test_a_better_float_variant_does_not_spoil_the_integer_ones(draw: Draw, float32: VariantFigures) -> None:
    better = draw("float16", wrong=range(3), arithmetic=FLOATS)
    assert chosen(float32, better, draw("int8"), draw("qat", compressed_bytes=12_000)) == "qat"


def test_the_test_digits_have_no_say(draw: Draw, float32: VariantFigures) -> None:
    models = [
        draw("a", wrong=range(900), wrong_in_validation=range(20), compressed_bytes=9_000),
        draw("b", wrong=range(0), wrong_in_validation=range(19)),
    ]
    assert chosen(float32, *models) == "a"


def test_the_reason_says_what_was_asked_for_and_how_many_have_it(draw: Draw, float32: VariantFigures) -> None:
    models = [float32, draw("int8"), draw("qat", compressed_bytes=12_865), draw("pruned", wrong=range(60))]
    assert recommend(models, float32).reason == (
        "Asked for, on 1,000 validation digits: integers alone, a calibration error at most 0.5 points above "
        "float32's, an accuracy at most 0.1 points below float32's and no difference from the best of these that "
        "McNemar's test can tell. 2 of 4 variants have that, and qat is the smallest download (12,865 bytes)."
    )


def test_what_none_has_is_not_asked_for_and_the_reason_says_so(draw: Draw, float32: VariantFigures) -> None:
    float16 = draw("float16", arithmetic=FLOATS, compressed_bytes=25_000)
    recommended = recommend([float32, float16], float32)
    assert recommended.name == "float16"
    assert recommended.reason.startswith("Asked for, on 1,000 validation digits: a calibration error")
    assert recommended.reason.endswith(" Not asked for, because none has it: integers alone.")


def test_where_all_lose_the_rest_is_still_asked_for(draw: Draw, float32: VariantFigures) -> None:
    models = [draw("int8", wrong=range(40)), draw("pruned", wrong=range(90), compressed_bytes=9_000)]
    recommended = recommend([float32, *models], float32)
    assert recommended.name == "int8"
    assert "1 of 3 variants has that" in recommended.reason
    assert recommended.reason.endswith("because none has it: an accuracy at most 0.1 points below float32's.")


def test_float32_alone_is_recommended_for_want_of_others(float32: VariantFigures) -> None:
    assert chosen(float32) == "float32"

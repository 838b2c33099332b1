"""Percentages and thresholds, with worked figures (domain.md 5.3)."""

from decimal import Decimal

import pytest

from evaluations.scoring import Scored, Total, possible_scores


def total(*values: str | None, threshold: str = "50", weights: tuple[str, ...] = ()) -> Total:
    weights = weights or ("20", "40", "40")
    return Total(
        [
            Scored(f"C{n}", Decimal(weight), Decimal(50), None if value is None else Decimal(value))
            for n, (weight, value) in enumerate(zip(weights, values, strict=True))
        ],
        Decimal(threshold),
    )


@pytest.mark.parametrize(
    ("value", "percent"),
    [("0", "0"), ("0.5", "10"), ("2.5", "50"), ("3", "60"), ("4.5", "90"), ("5", "100")],
)
def test_a_score_as_a_percentage_of_the_highest(value: str, percent: str) -> None:
    assert Scored("C", Decimal(40), Decimal(50), Decimal(value)).percent == Decimal(percent)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("5", "5", "5"), "100"),
        (("0", "0", "0"), "0"),
        (("2.5", "2.5", "2.5"), "50"),
        (("4", "3.5", "3"), "68"),
        (("1", "4.5", "2"), "56"),
    ],
)
def test_the_total_weighs_20_40_40(values: tuple[str, ...], expected: str) -> None:
    assert total(*values).percent == Decimal(expected)


def test_exactly_on_the_threshold_passes() -> None:
    assert total("2.5", "2.5", "2.5").passes is True
    assert Scored("C", Decimal(1), Decimal(50), Decimal("2.5")).passes is True
    assert Scored("C", Decimal(1), Decimal("50.01"), Decimal("2.5")).passes is False


def test_the_comparison_is_not_rounded() -> None:
    """Weights of a third: 3.5, 3.5 and 3 give 66.66…, which is shown as 66,67 but is less."""
    thirds = ("1", "1", "1")
    just_under = total("3.5", "3.5", "3", threshold="66.67", weights=thirds)
    assert round(just_under.percent or Decimal(0), 2) == Decimal("66.67")
    assert just_under.passes_overall is False
    assert total("3.5", "3.5", "3", threshold="66.66", weights=thirds).passes_overall is True


def test_one_criterion_under_its_threshold_fails_the_whole() -> None:
    result = total("2", "5", "5")
    assert result.percent == Decimal("88")
    assert result.passes_overall is True
    assert result.passes is False
    assert result.below_threshold == ["C0"]


def test_while_a_score_is_missing_nothing_passes_or_fails() -> None:
    result = total("5", None, "2.5")
    assert (result.scored_count, result.is_complete) == (2, False)
    assert result.percent == (Decimal(20) * 5 + Decimal(40) * Decimal("2.5")) * 100 / (60 * 5)
    assert result.passes is None
    assert result.criteria[1].percent is None
    assert result.criteria[1].passes is None


def test_without_any_score_there_is_no_percentage() -> None:
    result = total(None, None, None)
    assert result.percent is None
    assert result.passes_overall is None
    assert Total([], Decimal(50)).is_complete is False


def test_weights_of_zero_decide_nothing() -> None:
    assert total("5", "5", "5", weights=("0", "0", "0")).passes_overall is None


def test_the_scores_one_may_give() -> None:
    assert possible_scores(Decimal("0.5"))[:3] == [Decimal("0"), Decimal("0.5"), Decimal("1.0")]
    assert possible_scores(Decimal(1)) == [Decimal(n) for n in range(6)]

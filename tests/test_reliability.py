"""What confidences are worth, on cases computed by hand and against scikit-learn."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ie.reliability import measure_reliability


def test_the_calibration_error_is_the_mean_gap_of_bins_of_equal_mass():
    # bins: 0.9 0.8 (both right), 0.6 0.4 (one right), 0.2 0.1 (one right): gaps 0.15, 0, 0.35
    found = measure_reliability([0.9, 0.8, 0.6, 0.4, 0.2, 0.1], [True, True, True, False, True, False], bins=3)
    assert found.ece == pytest.approx((0.15 + 0 + 0.35) / 3)
    assert [(one.facts, round(one.confidence, 2), one.right) for one in found.bins] == [
        (2, 0.15, 0.5),
        (2, 0.5, 0.5),
        (2, 0.85, 1.0),
    ]


def test_the_brier_score_is_the_mean_square():
    assert measure_reliability([1.0, 0.5], [True, False]).brier == pytest.approx(0.125)


def test_risk_is_what_is_wrong_among_the_surest():
    found = measure_reliability([0.9, 0.7, 0.5, 0.3], [True, False, True, False])
    assert found.curve == ((0.25, 0.0, 0.9), (0.5, 0.5, 0.7), (0.75, 1 / 3, 0.5), (1.0, 0.5, 0.3))
    assert found.aurc == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert found.aurc_best == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)
    assert found.aurc_random == 0.5


def test_facts_of_one_confidence_have_no_order():
    confidences, right = [0.8] * 6 + [0.4] * 6, [True, True, True, True, False, False] + [False] * 5 + [True]
    figures = set()
    for seed in range(8):
        order = random.Random(seed).sample(range(12), 12)
        found = measure_reliability([confidences[i] for i in order], [right[i] for i in order], bins=5)
        figures.add((found.ece, round(found.brier, 12), round(found.aurc, 12), found.curve))
    assert len(figures) == 1


def test_confidences_that_say_nothing_have_the_risk_of_all_facts():
    found = measure_reliability([0.5] * 10, [True] * 4 + [False] * 6)
    assert found.aurc == pytest.approx(0.6) and found.aurc_random == pytest.approx(0.6)
    assert found.ece == pytest.approx(0.1)


def test_few_facts_show_an_error_by_chance_alone():
    few, many = (measure_reliability([0.5] * size, [True, False] * (size // 2)) for size in (20, 2000))
    assert few.chance > 0.05 > 0.02 > many.chance


def test_without_facts_there_is_nothing_to_measure():
    assert measure_reliability([], []) is None
    assert measure_reliability([0.7], [True]).bins[0].facts == 1


def test_every_confidence_needs_an_outcome():
    with pytest.raises(ValueError, match="outcome for each of 2"):
        measure_reliability([0.1, 0.2], [True])


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 100), st.booleans()), min_size=1, max_size=60))
def test_figures_stay_in_their_bounds_and_brier_is_that_of_scikit_learn(pairs):
    metrics = pytest.importorskip("sklearn.metrics")
    confidences, right = [percent / 100 for percent, _ in pairs], [one for _, one in pairs]
    found = measure_reliability(confidences, right)
    assert found.brier == pytest.approx(metrics.brier_score_loss(right, confidences, pos_label=True))
    assert 0 <= found.ece <= 1 and found.aurc_best <= found.aurc + 1e-9
    assert sum(one.facts for one in found.bins) == len(pairs)
    assert found.curve[-1][:2] == (1.0, pytest.approx(found.aurc_random))

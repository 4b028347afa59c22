"""Confidences: a rising curve, stored as data, that turns raw scores into probabilities."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ie.confidence import RAW, ConfidenceCurve, load_curve, read_curves
from ie.schema import IEError

CURVE = ConfidenceCurve(((0.2, 0.3), (0.5, 0.3), (0.8, 0.7)))


@pytest.mark.parametrize(
    ("score", "confidence"), [(0.0, 0.3), (0.2, 0.3), (0.4, 0.3), (0.65, 0.5), (0.8, 0.7), (0.99, 0.7)]
)
def test_scores_between_knots_are_joined_by_straight_lines(score, confidence):
    assert CURVE.confidence(score) == confidence


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=20).map(sorted))
def test_a_surer_score_is_never_less_sure(scores):
    for curve in (RAW, CURVE, load_curve("model"), load_curve("rules")):
        confidences = [curve.confidence(score) for score in scores]
        assert confidences == sorted(confidences)
        assert all(0 < confidence < 1 and confidence == round(confidence, 2) for confidence in confidences)


def test_no_fact_is_certain():
    assert (RAW.confidence(0), RAW.confidence(1)) == (0.01, 0.99)


def test_the_package_holds_a_curve_for_each_backend():
    assert load_curve("model") != RAW and load_curve("rules") != RAW
    assert load_curve("another") == RAW


def test_a_model_folder_may_hold_a_curve_of_its_own(tmp_path):
    assert load_curve("model", tmp_path) == load_curve("model")
    (tmp_path / "confidence.json").write_text(json.dumps({"model": [[0.1, 0.2], [0.9, 0.6]]}))
    assert load_curve("model", tmp_path).knots == ((0.1, 0.2), (0.9, 0.6))


@pytest.mark.parametrize(
    "content", ["{", "[]", "3", '{"model": []}', '{"model": [[1]]}', '{"model": [[1, 0], [0, 1]]}']
)
def test_knots_that_do_not_rise_are_named(tmp_path, content):
    path = tmp_path / "confidence.json"
    path.write_text(content)
    with pytest.raises(IEError, match=r"confidence\.json: expected lists of \[score, probability\]"):
        read_curves(path)

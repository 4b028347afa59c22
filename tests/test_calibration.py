"""Confidences are fitted to annotated documents: isotonic, tied scores together, judged on documents held out."""

import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ie.annotations import AnnotatedDocument, GoldFact, write_annotations
from ie.calibration import calibrate, collect_outcomes, cross_validate, fit_curve
from ie.confidence import RAW, ConfidenceCurve, read_curves
from ie.extractor import Extractor
from ie.reliability import measure_reliability
from ie.schema import Document, IEError

ROOT = Path(__file__).parents[1]
OUTCOMES = st.lists(st.tuples(st.integers(0, 100).map(lambda n: n / 100), st.booleans()), min_size=1, max_size=80)


def drawn(size: int, seed: int = 0) -> list[tuple[float, bool]]:
    """Return facts that are right half as often as their score says."""
    source = random.Random(seed)
    scores = [round(source.random(), 2) for _ in range(size)]
    return [(score, source.random() < score / 2) for score in scores]


@settings(deadline=None, max_examples=50)
@given(OUTCOMES, st.integers(1, 50))
def test_every_fit_rises_and_keeps_the_share_that_is_right(outcomes, group):
    curve = fit_curve(outcomes, group)
    assert list(curve.knots) == sorted(curve.knots)
    assert min(chance for _, chance in curve.knots) <= sum(right for _, right in outcomes) / len(outcomes) + 1e-4
    assert fit_curve(outcomes[::-1], group) == curve


@settings(deadline=None, max_examples=50)
@given(OUTCOMES)
def test_the_knots_are_those_of_scikit_learn(outcomes):
    isotonic = pytest.importorskip("sklearn.isotonic")
    scores, rights = [score for score, _ in outcomes], [right for _, right in outcomes]
    theirs = isotonic.IsotonicRegression().fit(scores, [float(right) for right in rights])
    levels = {round(float(value), 4) for value in theirs.predict(scores)}
    assert {chance for _, chance in fit_curve(outcomes, group=1).knots} == levels


def test_a_score_that_says_too_much_is_corrected():
    curve = fit_curve(drawn(4000))
    for score in (0.2, 0.5, 0.8):
        assert curve.confidence(score) == pytest.approx(score / 2, abs=0.06)


def test_facts_held_out_show_that_the_fit_helps():
    outcomes = [drawn(40, seed) for seed in range(30)]
    pairs = [pair for part in outcomes for pair in part]
    held = cross_validate(outcomes)
    assert len(held) == len(pairs)
    raw, fitted = (
        measure_reliability([score for score, _ in one], [right for _, right in one]) for one in (pairs, held)
    )
    assert fitted.ece < 0.05 < 0.2 < raw.ece
    assert fitted.brier < raw.brier


def test_a_document_is_never_judged_by_a_curve_that_was_fitted_to_it():
    # one document whose sure facts are all wrong cannot lower its own confidences
    outcomes = [[(0.9, True)] * 20 for _ in range(10)] + [[(0.9, False)] * 20]
    held = cross_validate(outcomes, group=5, folds=11)
    assert [confidence for confidence, right in held if not right] == [0.99] * 20


# ------------------------------------------------------------------------------------------------- annotated documents


def corpus(extractor: Extractor, size: int) -> list[AnnotatedDocument]:
    """Return documents of which every second fact is annotated as it is read, and the others as planned."""
    texts = [f"در سال ۱۴۰۰ تعداد {n} کتابخانه و {n + 5} درمانگاه در استان ساخته شد." for n in range(20, 20 + size)]
    documents = []
    for report in extractor.predict_many(Document(f"d{n}", text) for n, text in enumerate(texts)):
        facts = [fact if index % 2 else replace(fact, status="planned") for index, fact in enumerate(report.facts)]
        documents.append(AnnotatedDocument(report.document, report.spans, tuple(map(GoldFact, facts))))
    return documents


def test_outcomes_are_raw_scores_and_whether_a_fact_is_right_in_full():
    extractor = Extractor.rules()
    documents = corpus(extractor, 12)
    outcomes = collect_outcomes(replace(extractor, curve=ConfidenceCurve(((0.0, 0.5),))), documents)
    raw = replace(extractor, curve=RAW).predict_many(item.document for item in documents)
    assert [[score for score, _ in part] for part in outcomes] == [[f.confidence for f in one.facts] for one in raw]
    assert all([right for _, right in part] == [False, True] for part in outcomes)
    found = calibrate(extractor, documents, group=10, folds=4)
    assert found.raw.facts == found.unseen.facts == 24
    assert found.raw.right == 0.5


def test_too_few_documents_are_not_fitted_to():
    with pytest.raises(IEError, match="expected 10 documents at least, found 3"):
        calibrate(Extractor.rules(), corpus(Extractor.rules(), 3), 40, 5)
    empty = [replace(item, document=replace(item.document, text="متن")) for item in corpus(Extractor.rules(), 12)]
    with pytest.raises(IEError, match="expected predicted facts"):
        calibrate(Extractor.rules(), [replace(item, spans=(), facts=()) for item in empty], 40, 5)


@pytest.fixture
def settings_file(tmp_path):
    write_annotations(corpus(Extractor.rules(), 12), tmp_path / "gold.jsonl")
    names = ", ".join(f'"d{n}"' for n in range(12))
    (tmp_path / "splits.json").write_text(f'{{"dev": [{names}], "test": []}}')
    path = tmp_path / "settings.toml"
    path.write_text(
        f'annotations = ["{tmp_path}/gold.jsonl"]\nsplits = "{tmp_path}/splits.json"\noutput = "{tmp_path}/out"\n'
    )
    return path


def script(name, *arguments):
    command = [sys.executable, ROOT / "scripts" / name, *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)})


def test_the_script_writes_the_knots_of_every_backend(settings_file):
    with settings_file.open("a") as file:
        file.write('backends = ["rules"]\ngroup = 10\n')
    run = script("calibrate.py", settings_file)
    assert (run.returncode, run.stderr) == (0, "")
    assert "rules, held out" in run.stdout
    assert set(read_curves(settings_file.parent / "out")) == {"rules"}


def test_the_scripts_name_settings_that_are_wrong(settings_file):
    with settings_file.open("a") as file:
        file.write("grup = 10\n")
    for name in ("calibrate.py", "evaluate.py"):
        run = script(name, settings_file)
        assert run.returncode == 1 and "unknown key 'grup'" in run.stderr
        assert script(name).returncode == 2


def test_the_evaluation_script_scores_every_reader(settings_file):
    with settings_file.open("a") as file:
        file.write('readers = ["rules", "linker"]\n')
    run = script("evaluate.py", settings_file)
    assert (run.returncode, run.stderr) == (0, "")
    assert [line.split()[0] for line in run.stdout.splitlines()] == ["12", "rules", "linker", "figures"]
    written = sorted(path.name for path in (settings_file.parent / "out").iterdir())
    assert written == ["linker.html", "linker.json", "rules.html", "rules.json"]

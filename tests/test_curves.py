import sys

import pytest

from ie.curves import draw_curves
from ie.model_card import Card, render_card
from ie.schema import IEError

HISTORY = [
    {"epoch": 0.5, "loss": 1.5},
    {"epoch": 1.0, "eval_loss": 1.2, "eval_facts": 0.5, "eval_f1": 0.3},
    {"epoch": 2.0, "eval_loss": 1.1, "eval_facts": 0.6, "eval_f1": 0.4},
]


def test_the_curves_are_one_svg_that_never_differs():
    pytest.importorskip("matplotlib", reason="the curves need: pip install 'ie-fa[charts]'")
    drawn = draw_curves(HISTORY)
    assert drawn == draw_curves(HISTORY)
    assert drawn.lstrip().startswith("<?xml")
    assert all(name in drawn for name in ("train", "dev", "facts, every slot", "tags, strict", "epoch"))
    assert "PROGRAM" not in drawn


def test_a_run_without_dev_documents_has_a_chart_too():
    pytest.importorskip("matplotlib", reason="the curves need: pip install 'ie-fa[charts]'")
    assert "train" in draw_curves(HISTORY[:1])


def test_without_matplotlib_the_message_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(IEError, match=r"pip install 'ie-fa\[charts\]'"):
        draw_curves(HISTORY)


def test_a_card_tells_sources_counts_scores_settings_and_limits():
    spans = {"NUMBER": 0.95, "PERIOD": 0.9, "PROGRAM": 0.5, "micro": 0.8}
    metrics = {
        "eval_f1": 0.4, "eval_f1_NUMBER": 0.5, "eval_f1_PERIOD": 0.4, "eval_f1_PROGRAM": 0.3, "epochs": 4.0,
        "best_epoch": 2.0, "dev": {"facts": {"value": 0.9, "full": 0.5}, "spans": spans}, "lost_train": 2,
        "lost_dev": 0, "lost": {"train": {"ends inside a word": 2}, "dev": {}},
    }  # fmt: skip
    card = render_card(
        Card(
            base="owner/encoder",
            shape="A bert model",
            annotations=["annotations/a"],
            counts=[{"part": "train", "documents": 7}],
            metrics=metrics,
            settings={"epochs": 8, "loss": "plain", "threads": 1},
            sources=["encoder: news | prose"],
            limits=["It is small."],
        )
    )
    for line in (
        "- encoder: `owner/encoder`",
        "- annotated documents: `annotations/a`",
        "| train | 7 |",
        "| NUMBER | 0.5 | 0.95 |",
        "value 0.900, full 0.500. Best of 4 epochs: 2.",
        "| `loss` | plain |",
        "- It is small.",
        "- 2 training and 0 dev spans cannot be represented by its words (ends inside a word): ",
    ):
        assert line in card, line
    assert "threads" not in card

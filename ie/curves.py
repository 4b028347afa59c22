"""The curves of a training run as an SVG: what was minimised, and what the dev documents scored after each epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO

from ie.schema import IEError

__all__ = ["draw_curves"]

_PANELS = (
    ("loss", {"loss": "train", "eval_loss": "dev"}),
    (
        "F1 on the dev documents",
        {
            "eval_facts": "facts, every slot",
            "eval_f1": "tags, strict",
            "eval_f1_NUMBER": "NUMBER",
            "eval_f1_PERIOD": "PERIOD",
            "eval_f1_PROGRAM": "PROGRAM",
        },
    ),
)


def draw_curves(history: Sequence[Mapping[str, float]]) -> str:
    """Return the chart of a run's log (rows with ``epoch``); the best epoch is marked. Needs matplotlib."""
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError as error:
        raise IEError("the curves need matplotlib: pip install 'ie-fa[charts]'") from error
    facts = [(row["eval_facts"], -row["epoch"]) for row in history if "eval_facts" in row]
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "ie", "font.size": 9}):
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        for axes, (title, curves) in zip(figure.subplots(1, 2), _PANELS, strict=True):
            for name, label in curves.items():
                points = [(row["epoch"], row[name]) for row in history if name in row]
                if points:
                    axes.plot(*zip(*points, strict=True), label=label, marker="." if name.startswith("eval") else None)
            if facts:
                axes.axvline(-max(facts)[1], color="0.7", linestyle=":", zorder=0)
            axes.set(title=title, xlabel="epoch", ylim=(0, None))
            if axes.lines:
                axes.legend(frameon=False, fontsize=8)
        drawn = StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    return drawn.getvalue()

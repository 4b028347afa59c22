"""The scores of the weights at hand on the dev documents: words by seqeval, and the facts that the whole path reads.

The facts decide which epoch is best: a model whose plain tags are better may still sway the linker worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from seqeval.metrics.sequence_labeling import classification_report, f1_score
from seqeval.scheme import IOB2
from transformers import EvalPrediction

from ie.alignment import IGNORED
from ie.annotations import AnnotatedDocument
from ie.evaluation import Evaluation, evaluate
from ie.extractor import Extractor
from ie.labels import LABELS, TAGS

__all__ = ["DevScores", "score_facts", "strict_scores"]


class DevScores:
    """Score the weights that the extractor's model has at the moment; `evaluation` holds the facts of the last time."""

    def __init__(self, extractor: Extractor, documents: Sequence[AnnotatedDocument]) -> None:
        self.extractor, self.documents = extractor, documents
        self.evaluation: Evaluation | None = None

    def __call__(self, prediction: EvalPrediction) -> dict[str, float]:
        """Return the strict scores of plain argmax tags, and ``facts``, the F1 of facts right in every slot.

        ``choice`` is the facts, and between epochs of the same facts the tags.
        """
        self.evaluation = score_facts(self.extractor, self.documents)
        scores = strict_scores(prediction)
        facts = round(self.evaluation.ladder()["full"].f1, 4)
        return scores | {"facts": facts, "choice": facts + scores["f1"] / 20_000}

    def summary(self) -> dict[str, Any]:
        """Return the F1 of each rung of the facts and of each label of the spans, through the whole path."""
        if self.evaluation is None:
            return {}
        return {
            "facts": {rung: round(score.f1, 4) for rung, score in self.evaluation.ladder().items()},
            "spans": {label: round(score.f1, 4) for label, score in self.evaluation.spans().items()},
        }


def score_facts(extractor: Extractor, documents: Sequence[AnnotatedDocument]) -> Evaluation:
    """Return the evaluation of what an extractor reads out of annotated documents."""
    return evaluate(documents, extractor.predict_many(item.document for item in documents))


def strict_scores(prediction: EvalPrediction) -> dict[str, float]:
    """Return the strict entity-level F1 of plain argmax tags, by label and micro (``f1``), by seqeval."""
    gold, found = [], []
    for row, labels in zip(np.argmax(prediction.predictions, axis=-1), prediction.label_ids, strict=True):
        kept = labels != IGNORED
        gold.append([TAGS[label] for label in labels[kept]])
        found.append([TAGS[label] for label in row[kept]])
    report = classification_report(gold, found, mode="strict", scheme=IOB2, output_dict=True, zero_division=0)
    scores = {f"f1_{label}": round(float(report.get(label, {}).get("f1-score", 0.0)), 4) for label in LABELS}
    return scores | {"f1": round(float(f1_score(gold, found, mode="strict", scheme=IOB2, zero_division=0)), 4)}

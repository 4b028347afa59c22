"""What a training step minimises over the words of a batch: gold labels, weighted or focal, and a teacher's labels.

Only the first piece of a word carries a label; all other positions hold `IGNORED` and count nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import torch
from torch.nn import functional

from ie.alignment import IGNORED
from ie.labels import TAGS
from ie.training_settings import Loss

__all__ = ["Objective", "distillation", "tag_weights", "word_objective"]

Batch = Mapping[str, torch.Tensor]
Objective = Callable[[torch.Tensor, Batch], torch.Tensor]


def tag_weights(labels: Iterable[Sequence[int]]) -> torch.Tensor:
    """Return a weight a tag, by the inverse square root of its frequency; the mean over all labelled words is 1."""
    counts = torch.zeros(len(TAGS))
    for row in labels:
        kept = torch.tensor([label for label in row if label != IGNORED], dtype=torch.long)
        counts += torch.bincount(kept, minlength=len(TAGS))
    weights = counts.clamp(min=1).rsqrt()
    return weights * (counts.sum() / (weights * counts).sum().clamp(min=1e-9))


def word_objective(kind: Loss, weights: torch.Tensor | None = None, focus: float = 2.0) -> Objective:
    """Return the mean loss a labelled word; `weights` (a tag) are for "weighted", `focus` for "focal"."""

    def objective(logits: torch.Tensor, batch: Batch) -> torch.Tensor:
        chosen = batch["labels"] != IGNORED
        return _word_losses(logits[chosen].float(), batch["labels"][chosen], kind, weights, focus).sum() / _count(
            chosen
        )

    return objective


def _word_losses(
    logits: torch.Tensor, labels: torch.Tensor, kind: Loss, weights: torch.Tensor | None, focus: float
) -> torch.Tensor:
    losses = functional.cross_entropy(logits, labels, reduction="none")
    if kind == "weighted" and weights is not None:
        return losses * weights.to(losses)[labels]
    if kind == "focal":
        return losses * (1 - torch.exp(-losses)) ** focus
    return losses


def distillation(temperature: float, gold_share: float) -> Objective:
    """Return the mean loss a word of a batch with a teacher's tag probabilities in ``soft`` (zeros: it says nothing).

    A word with a gold label takes `gold_share` of its loss from it and the rest from the teacher; both kinds of words
    count alike. The teacher's part is the divergence at the temperature, times its square (Hinton et al., 2015).
    """

    def objective(logits: torch.Tensor, batch: Batch) -> torch.Tensor:
        gold = batch["labels"] != IGNORED
        taught = batch["soft"].sum(-1) > 0
        weight = torch.where(gold, gold_share, 0.0).to(logits.device, torch.float32)
        target = torch.log_softmax(torch.log(batch["soft"][taught].float().clamp(min=1e-8)) / temperature, dim=-1)
        said = torch.log_softmax(logits[taught].float() / temperature, dim=-1)
        divergence = functional.kl_div(said, target, log_target=True, reduction="none").sum(-1) * temperature**2
        losses = _word_losses(logits[gold].float(), batch["labels"][gold], "plain", None, 0.0)
        # a gold word of which the teacher says nothing is learnt from its label alone
        share = torch.where(taught[gold], gold_share, 1.0)
        total = (losses * share).sum() + (divergence * (1 - weight[taught])).sum()
        return total / _count(gold | taught)

    return objective


def _count(chosen: torch.Tensor) -> torch.Tensor:
    return chosen.sum().clamp(min=1)

"""The settings of a fine-tuning run, as ``configs/*.toml`` give them; nothing heavy is imported to read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Loss", "TrainConfig"]

Loss = Literal["plain", "weighted", "focal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """Settings of one fine-tuning run.

    `model` is a local folder or ``owner/name@revision`` of the hub (or its `revision` apart); `annotations` files or
    folders that `read_annotations` takes; `splits` names the documents kept for development and test, never trained
    on. `window` and `stride` are in word pieces;
    `threshold` and `sure` are what the tagger decides by, and are written with the model. `loss` is plain, weighted (by
    how rare a tag is) or focal (`focus` its exponent). Training stops after `patience` epochs without a better dev
    score of the facts (0: never), and keeps the best weights. A checkpoint is written after each epoch, and every
    `checkpoint_steps` steps. `share` of the training documents are learnt, for a learning curve: the seed draws them,
    and a larger share holds a smaller one. `batch` is per device, and gradients are added over `accumulate` of them.
    `sources` and `limits` are lines for the model card.
    """

    model: str
    annotations: tuple[str, ...]
    splits: str
    output: str
    share: float = 1.0
    revision: str | None = None
    epochs: float = 8
    batch: int = 16
    accumulate: int = 1
    learning_rate: float = 3e-4
    weight_decay: float = 0.01
    warmup_share: float = 0.1
    loss: Loss = "plain"
    focus: float = 2.0
    patience: int = 3
    checkpoint_steps: int = 0
    window: int = 192
    stride: int = 48
    threshold: float = 0.1
    sure: float = 0.6
    taxonomy: str | None = None
    onnx: bool = True
    half_weights: bool = False
    sources: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    licence: str = "apache-2.0"
    threads: int = 0
    seed: int = 13

"""The card of a model: what it was made from, on how much data, how it scores, with which settings, and its limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ie.labels import LABELS

__all__ = ["Card", "render_card"]

_FIRST = "license: {licence}\nlanguage: fa\npipeline_tag: token-classification\ntags: [persian, metric-facts]"
_UNTOLD = ("model", "annotations", "output", "taxonomy", "sources", "limits", "licence", "threads")


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says; `counts` are rows of the table of data, `metrics` what was written beside the model."""

    base: str
    shape: str
    annotations: Sequence[str]
    counts: Sequence[Mapping[str, Any]]
    metrics: Mapping[str, Any]
    settings: Mapping[str, Any]
    sources: Sequence[str] = ()
    limits: Sequence[str] = ()
    licence: str = "apache-2.0"


def render_card(card: Card) -> str:
    """Return the card as Markdown."""
    sections = [
        f"---\n{_FIRST.format(licence=card.licence)}\n---",
        "# A token classifier of Persian reports",
        f"{card.shape}. It tags the words of Persian reports with {', '.join(LABELS)} (IOB2); only the first piece of "
        "a word is labelled. `ie` reads the boundaries of numbers and periods from its grammars; the model decides "
        "which numbers state a quantity and sways which phrase they count. Load it with `Extractor.load(folder)`.",
        "## Sources\n\n" + _listed([f"encoder: `{card.base}`", *map(_annotation, card.annotations), *card.sources]),
        "## Data\n\n" + _table(["part", *list(card.counts[0])[1:]], [list(row.values()) for row in card.counts]),
        "## Scores on the dev documents\n\n" + _scores(card.metrics),
        "## Settings\n\n"
        + _table(["setting", "value"], [[f"`{k}`", v] for k, v in card.settings.items() if k not in _UNTOLD]),
        "## Limits\n\n" + _listed([*card.limits, *_known_limits(card.metrics)]),
    ]
    return "\n\n".join(sections) + "\n"


def _annotation(path: str) -> str:
    return f"annotated documents: `{path}`"


def _scores(metrics: Mapping[str, Any]) -> str:
    dev: Mapping[str, Any] = metrics.get("dev") or {}
    if not dev:
        return "No document was kept for development: nothing was measured, and the last weights were kept."
    plain = {label: metrics[f"eval_f1_{label}"] for label in LABELS} | {"all": metrics["eval_f1"]}
    spans: Mapping[str, float] = dev["spans"]
    rows = [[name, score, spans.get(name, "")] for name, score in plain.items()]
    rungs = ", ".join(f"{rung} {score:.3f}" for rung, score in dev["facts"].items())
    return (
        _table(["strict F1 (seqeval, IOB2)", "plain argmax", "through grammars and decoding"], rows)
        + f"\n\nFacts, F1 as each slot is added: {rungs}. "
        + f"Best of {metrics['epochs']:g} epochs: {metrics['best_epoch']:g}."
    )


def _known_limits(metrics: Mapping[str, Any]) -> list[str]:
    lost = {part: metrics.get(f"lost_{part}", 0) for part in ("train", "dev")}
    limits = [
        "Dev scores choose the epoch, so they flatter it a little; judge the model on documents kept for testing."
    ]
    if any(lost.values()):
        reasons = sorted({reason for part in metrics.get("lost", {}).values() for reason in part})
        limits.append(
            f"{lost['train']} training and {lost['dev']} dev spans cannot be represented by its words "
            f"({', '.join(reasons)}): `lost_spans.jsonl` names each."
        )
    return limits


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(value: Any) -> str:  # noqa: ANN401 - a setting may be anything
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value).replace("|", r"\|")

"""The epochs of a training run on the Hugging Face Trainer: order, loss, dev scores, best weights, stop and resume.

After each epoch the dev documents are read by the tagger and the linker, and the score of their facts decides which
weights are best and when to stop. Checkpoints hold all that a run needs to go on as if it had never been interrupted;
what a run is about is written beside them, so that another run does not take them up. Several GPUs and mixed precision
are accelerate's, and follow from the machine and from ``accelerate launch``.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from safetensors.torch import load_file
from torch.utils.data import Sampler
from transformers import (
    EvalPrediction,
    PreTrainedModel,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)
from transformers.trainer_callback import PrinterCallback
from transformers.trainer_utils import get_last_checkpoint

from ie.alignment import IGNORED, Row
from ie.labels import TAGS
from ie.objectives import Objective
from ie.schema import IEError
from ie.training_settings import TrainConfig

__all__ = ["PaddingCollator", "Result", "forget_checkpoints", "run_epochs"]

logger = logging.getLogger(__name__)

_RUN = "run.json"
_CHOICE = "eval_choice"
_SHOWN = ("eval_facts", "eval_f1", "eval_loss")


@dataclass(frozen=True, slots=True)
class Result:
    """What a run ended with: the dev scores of the best weights, which the model now holds, and its log."""

    metrics: dict[str, Any]
    history: list[dict[str, float]]
    is_main: bool


@dataclass(frozen=True, slots=True)
class PaddingCollator:
    """Pad a batch of windows to its longest; padding is masked, and neither gold labels nor a teacher's stand there."""

    pad_id: int = 0

    def __call__(self, rows: Sequence[Row]) -> dict[str, torch.Tensor]:
        """Return tensors ``input_ids``, ``attention_mask``, ``labels``, and ``soft`` where a teacher has read them."""
        shape = (len(rows), max(len(row["input_ids"]) for row in rows))
        batch = {
            "input_ids": torch.full(shape, self.pad_id),
            "attention_mask": torch.zeros(shape, dtype=torch.long),
            "labels": torch.full(shape, IGNORED),
        }
        if "soft" in rows[0]:
            batch["soft"] = torch.zeros(*shape, len(TAGS))
        for index, row in enumerate(rows):
            size = len(row["input_ids"])
            batch["attention_mask"][index, :size] = 1
            for name in batch.keys() - {"attention_mask"}:
                batch[name][index, :size] = torch.as_tensor(row[name])
        return batch


class SimilarLengths(Sampler[int]):
    """Rows in an order that depends on the seed and the epoch alone, rows of like length near each other."""

    def __init__(self, lengths: Sequence[int], batch: int, seed: int) -> None:
        self.lengths = torch.as_tensor(lengths)
        self.batch, self.seed, self.epoch = batch, seed, 0

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed * 10_007 + self.epoch)
        order = torch.randperm(len(self), generator=generator)
        pools = [
            pool[self.lengths[pool].argsort(descending=True, stable=True)]
            for pool in torch.split(order, self.batch * 50)
        ]
        batches = [part for pool in pools for part in torch.split(pool, self.batch)]
        for index in torch.randperm(len(batches), generator=generator).tolist():
            yield from batches[index].tolist()


class WordTrainer(Trainer):
    """The Trainer with our order of rows and our loss."""

    def __init__(self, objective: Objective, **arguments: Any) -> None:  # noqa: ANN401 - the Trainer's own
        super().__init__(**arguments)
        self.objective: Objective = objective
        self.loss_is_scaled_for_ga = False
        self.order: SimilarLengths | None = None

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> SimilarLengths:
        rows: Any = self.train_dataset if train_dataset is None else train_dataset
        size = self.args.train_batch_size * self.args.gradient_accumulation_steps * self.args.world_size
        self.order = SimilarLengths([len(ids) for ids in rows["input_ids"]], size, self.args.seed)
        return self.order

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:  # noqa: ANN401 - a loss, or a loss and outputs
        """Return the objective's loss."""
        outputs = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"])
        loss = self.objective(outputs.logits, inputs)
        return (loss, outputs) if return_outputs else loss


class _EveryEpoch(TrainerCallback):
    """Tell the order its epoch, save between epochs where asked to, and stop when the dev facts gain no more."""

    def __init__(self, trainer: WordTrainer, settings: TrainConfig) -> None:
        self.trainer, self.settings = trainer, settings

    def on_epoch_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        if self.trainer.order is not None:
            self.trainer.order.epoch = int((state.epoch or 0.0) + 1e-6)

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object) -> None:
        if self.settings.checkpoint_steps and state.global_step % self.settings.checkpoint_steps == 0:
            control.should_save = True

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object) -> None:
        if _is_settled(state.log_history, self.settings.patience):
            control.should_training_stop = True

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: Mapping[str, float] | None = None,
        **_: object,
    ) -> None:
        if state.is_world_process_zero and logs and _CHOICE in logs:
            shown = [f"{name.removeprefix('eval_')} {logs[name]:.4f}" for name in _SHOWN if name in logs]
            logger.info("epoch %g on the dev documents: %s", round(logs.get("epoch", 0), 2), ", ".join(shown))


def _is_settled(history: Sequence[Mapping[str, float]], patience: int) -> bool:
    """Return whether the last `patience` dev scores are none better than the best before them; 0 waits for ever.

    >>> _is_settled([{"eval_choice": 0.5}, {"loss": 1.0}, {"eval_choice": 0.5}, {"eval_choice": 0.4}], 2)
    True
    """
    scores = [row[_CHOICE] for row in history if _CHOICE in row]
    return 0 < patience < len(scores) and max(scores[-patience:]) <= max(scores[:-patience])


def run_epochs(
    settings: TrainConfig,
    classifier: PreTrainedModel,
    parts: Mapping[str, Sequence[Row]],
    objective: Objective,
    score: Callable[[EvalPrediction], dict[str, float]],
    pad_id: int = 0,
    about: Mapping[str, Any] | None = None,
) -> Result:
    """Train the classifier on the rows of ``train``, or go on with an interrupted run, and keep the best weights.

    `score` returns the dev scores of the current weights, among them ``choice``, which decides; without rows in ``dev``
    the last weights are kept. `about` identifies the run: checkpoints of another are refused with an IEError.
    """
    datasets = {name: Dataset.from_list(list(rows)) for name, rows in parts.items() if rows}
    checkpoints = _folder(settings)
    arguments = _arguments(settings, checkpoints, "dev" in datasets)
    with arguments.main_process_first(local=False, desc="checkpoints"):
        last = _last_checkpoint(checkpoints, about or {})
    trainer = WordTrainer(
        objective,
        model=classifier,
        args=arguments,
        train_dataset=datasets["train"],
        eval_dataset=datasets.get("dev"),
        data_collator=PaddingCollator(pad_id),
        compute_metrics=score,
    )
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(_EveryEpoch(trainer, settings))
    if last is not None:
        logger.info("resumed from %s", last)
    if last is not None and _has_ended(last, settings.patience):
        trainer.state = TrainerState.load_from_json(str(Path(last) / "trainer_state.json"))
        best = Path(trainer.state.best_model_checkpoint or last)
        classifier.load_state_dict(load_file(best / "model.safetensors"))
    else:
        trainer.train(resume_from_checkpoint=last)
    history = list(trainer.state.log_history)
    metrics = _dev_metrics(trainer, history) if "dev" in datasets else {}
    trainer.accelerator.wait_for_everyone()
    return Result(metrics, history, trainer.is_world_process_zero())


def forget_checkpoints(settings: TrainConfig) -> None:
    """Remove the checkpoints of a run that has ended."""
    shutil.rmtree(_folder(settings), ignore_errors=True)


def _folder(settings: TrainConfig) -> Path:
    # a checkpoint names the best one by its path, which has to hold in whatever folder the run is taken up
    return Path(settings.output).resolve() / "checkpoints"


def _dev_metrics(trainer: WordTrainer, history: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    scores = {round(row["epoch"], 2): row[_CHOICE] for row in history if _CHOICE in row}
    silent = ("runtime", "per_second", "preparation_time", "epoch", _CHOICE)
    metrics = {name: value for name, value in trainer.evaluate().items() if not name.endswith(silent)}
    return metrics | {"best_epoch": max(scores, key=lambda epoch: scores[epoch]), "epochs": max(scores)}


def _has_ended(checkpoint: str, patience: int) -> bool:
    state = TrainerState.load_from_json(str(Path(checkpoint) / "trainer_state.json"))
    return state.global_step >= state.max_steps or _is_settled(state.log_history, patience)


def _last_checkpoint(folder: Path, about: Mapping[str, Any]) -> str | None:
    """Return the newest whole checkpoint of this run; IEError names what differs where another run left them."""
    record = folder / _RUN
    said = json.dumps(about, ensure_ascii=False, sort_keys=True)
    if record.is_file():
        before: dict[str, Any] = json.loads(record.read_text(encoding="utf-8"))
        now = json.loads(said)
        differing = sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))
        if differing:
            raise IEError(
                f"{folder}: checkpoints of an interrupted run with another {', '.join(differing)}; "
                "give the same settings to go on with it, or remove the folder to begin anew"
            )
        for unfinished in folder.glob("checkpoint-*"):
            # the Trainer writes its state after the weights: without it the run died while saving
            if not _is_whole(unfinished):
                shutil.rmtree(unfinished, ignore_errors=True)
        found: str | None = get_last_checkpoint(str(folder))  # type: ignore[no-untyped-call]
        return found
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    record.with_suffix(".partial").write_text(said, encoding="utf-8")
    os.replace(record.with_suffix(".partial"), record)
    return None


def _is_whole(checkpoint: Path) -> bool:
    try:
        TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))
    except (OSError, ValueError):
        return False
    return True


def _arguments(settings: TrainConfig, checkpoints: Path, has_dev: bool) -> TrainingArguments:
    cuda = torch.cuda.is_available()
    watched = bool(find_spec("tensorboard"))
    if watched:
        os.environ["TENSORBOARD_LOGGING_DIR"] = str(Path(settings.output) / "tensorboard")
    best = {"metric_for_best_model": _CHOICE, "greater_is_better": True} if has_dev else {}
    return TrainingArguments(
        output_dir=str(checkpoints),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch,
        per_device_eval_batch_size=settings.batch * 2,
        gradient_accumulation_steps=settings.accumulate,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        warmup_steps=settings.warmup_share,
        lr_scheduler_type="linear",
        eval_strategy="epoch" if has_dev else "no",
        save_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=has_dev,
        **best,  # type: ignore[arg-type]
        logging_steps=10,
        report_to=["tensorboard"] if watched else [],
        remove_unused_columns=False,
        label_names=["labels"],
        seed=settings.seed,
        bf16=cuda and torch.cuda.is_bf16_supported(),
        fp16=cuda and not torch.cuda.is_bf16_supported(),
        use_cpu=not torch.accelerator.is_available(),  # said outright, or several processes would not meet
        ddp_find_unused_parameters=False,
        disable_tqdm=True,
        dataloader_pin_memory=cuda,
    )

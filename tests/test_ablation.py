import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs: pip install 'ie-fa[train]'")
pytest.importorskip("transformers", reason="training needs: pip install 'ie-fa[train]'")

from tiny_models import write_documents, write_encoder  # noqa: E402

from ie.configuration import read_config  # noqa: E402
from ie.schema import IEError  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

ROOT = Path(__file__).parents[1]
specification = importlib.util.spec_from_file_location("ablate", ROOT / "scripts" / "ablate.py")
ablate = importlib.util.module_from_spec(specification)
specification.loader.exec_module(ablate)


@pytest.fixture
def config(tmp_path):
    """Return a table of the rules and of a tiny model that learns from all and from half of nine documents."""
    write_encoder(tmp_path / "encoder")
    write_documents(tmp_path)
    base = tmp_path / "base.toml"
    base.write_text(
        f'model = "unused"\nannotations = ["{tmp_path}/documents.jsonl"]\nsplits = "{tmp_path}/splits.json"\n'
        'output = "unused"\nwindow = 24\nstride = 4\nonnx = false\n'
    )
    encoder = str(tmp_path / "encoder")
    return ablate.AblateConfig(
        base=str(base),
        variants=(
            ablate.Variant("rules"),
            ablate.Variant("all", encoder),
            ablate.Variant("half", encoder, share=0.5, seeds=(1,)),
        ),
        scored=(f"{tmp_path}/documents.jsonl",),
        output=str(tmp_path / "ablation"),
        epochs=1,
        seeds=(1, 2),
        threads=1,
    )


def test_every_variant_is_scored_with_every_seed_and_an_interrupted_table_goes_on(config):
    table = ablate.recipe(config)
    record = Path(config.output) / "runs.jsonl"
    runs = [json.loads(line) for line in record.read_text().splitlines()]
    assert [(run["variant"], run["seed"]) for run in runs] == [
        ("rules", 1), ("all", 1), ("half", 1), ("all", 2),
    ]  # fmt: skip
    assert runs[0]["scores"]["documents.jsonl"]["value"] == 100.0
    assert "±" in table and "half (1)" in table and "rules (1)" in table
    written = record.stat().st_mtime_ns
    assert ablate.recipe(config) == table
    assert record.stat().st_mtime_ns == written


def test_a_start_that_was_not_made_is_named(config):
    with pytest.raises(IEError, match=r"absent: no such folder, and 'new' starts from it"):
        ablate.recipe(replace(config, variants=(ablate.Variant("new", "absent"),)))


def test_the_table_of_the_project_can_be_read():
    config = read_config(ablate.AblateConfig, ROOT / "configs" / "ablation.toml")
    assert len({variant.name for variant in config.variants}) == len(config.variants)
    assert (ROOT / config.base).is_file()

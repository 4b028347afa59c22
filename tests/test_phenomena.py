"""The tags of annotated documents are explained in one way to annotators and to readers of scores."""

import re
import tomllib
from pathlib import Path

from ie.phenomena import phenomenon_of

ROOT = Path(__file__).parents[1]
EXPLAINED = re.compile(r"\| `(row-\d+)` \| ([^|]+?) (?=\|)")


def test_the_guidelines_and_the_scores_name_the_same_phenomena():
    explained = dict(EXPLAINED.findall((ROOT / "annotations" / "README.md").read_text(encoding="utf-8")))
    assert explained == tomllib.loads((ROOT / "ie" / "data" / "phenomena.toml").read_text(encoding="utf-8"))
    assert len(explained) == 80


def test_a_tag_that_is_not_known_has_no_name():
    assert phenomenon_of("something else") is None

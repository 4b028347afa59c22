import json

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs: pip install 'ie-fa[train]'")
pytest.importorskip("transformers", reason="training needs: pip install 'ie-fa[train]'")

from conftest import build_rule_tagger, build_tokenizer  # noqa: E402
from tiny_models import TEXT, authored_words, settings, write_documents, write_encoder, write_parsbert  # noqa: E402

from ie.configuration import read_config  # noqa: E402
from ie.distilling import DistillConfig, carry_over, corpus_sentences, distill, soft_rows  # noqa: E402
from ie.labels import TAGS  # noqa: E402
from ie.schema import IEError  # noqa: E402
from ie.tagger import Emissions, Tagger  # noqa: E402
from ie.training import train  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

NEWS = "پلیس گزارش داد. در سال ۱۴۰۰ تعداد {} واحد مسکونی ساخته شد."


def emissions(*words):
    """Return emissions of words given as (start, end, tag)."""
    probabilities = np.full((len(words), len(TAGS)), 0.05, np.float32)
    for index, (*_, tag) in enumerate(words):
        probabilities[index, TAGS.index(tag)] = 0.7
    return Emissions(np.array([word[:2] for word in words]), probabilities)


def best(carried):
    return [TAGS[row.argmax()] if row.any() else None for row in carried]


def test_words_of_the_student_take_the_opinion_of_the_word_that_holds_their_first_character():
    read = emissions((0, 4, "O"), (5, 9, "B-NUMBER"), (10, 14, "I-NUMBER"))
    assert best(carry_over(read, [(0, 4), (5, 9), (10, 14)])) == ["O", "B-NUMBER", "I-NUMBER"]
    # one word of the student for two of the teacher, and none of the teacher's
    assert best(carry_over(read, [(0, 4), (5, 14), (20, 22)])) == ["O", "B-NUMBER", None]


def test_a_word_that_the_student_cuts_is_begun_once_and_continued():
    carried = carry_over(emissions((0, 6, "B-NUMBER"), (7, 9, "O")), [(0, 2), (2, 6), (7, 9)])
    assert best(carried) == ["B-NUMBER", "I-NUMBER", "O"]
    np.testing.assert_allclose(carried.sum(axis=1), 1.0, rtol=1e-5)


def test_soft_labels_stand_at_first_pieces_alone_in_our_order_of_tags():
    teacher = build_rule_tagger()
    turned = tuple(reversed(TAGS))
    backwards = Tagger(teacher.tokenizer, lambda ids, mask: teacher.model(ids, mask)[..., ::-1], turned, 24, 8)
    sentence = "تعداد ۱۷ واحد صنعتی"
    (row,), (same,) = (soft_rows(one, build_tokenizer(), [sentence]) for one in (teacher, backwards))
    assert row == same
    assert [TAGS[int(np.argmax(values))] for values in row["soft"] if any(values)] == [
        "O", "B-NUMBER", "B-PROGRAM", "I-PROGRAM"
    ]  # fmt: skip
    assert not any(row["soft"][0])
    assert set(row["labels"]) == {-100}


@pytest.fixture
def folder(tmp_path):
    """Return a folder with documents, news, a tiny student, and a teacher trained on ParsBERT's kind of vocabulary."""
    write_documents(tmp_path)
    lines = [json.dumps({"id": str(count), "text": NEWS.format(count)}) for count in range(30, 60)]
    (tmp_path / "news.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def asked(folder, **changes):
    places = {"teacher": str(folder / "teacher"), "corpus": (str(folder / "news.jsonl"),)}
    return settings(folder, DistillConfig, **(places | {"epochs": 30, "batch": 4} | changes))


def test_a_student_learns_from_a_teacher_with_another_tokenizer(folder):
    words = [*authored_words(), *TEXT.split(), *NEWS.split()]
    sizes = {"hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 96}
    write_parsbert(folder / "parsbert", 3000, lower=True, words=words, **sizes)
    teacher = {"model": str(folder / "parsbert"), "output": str(folder / "teacher"), "epochs": 30}
    train(settings(folder, **teacher))
    write_encoder(folder / "encoder")
    metrics = distill(asked(folder, gold_share=0.0))
    assert metrics["eval_f1"] > 0.9
    read = Tagger.load(folder / "model").read([TEXT.format("17")])[0]
    tags = [TAGS[index] for index in read.probabilities.argmax(axis=1)]
    assert tags[4:7] == ["B-NUMBER", "B-PROGRAM", "I-PROGRAM"]


def test_only_sentences_with_a_number_are_read_and_no_more_than_asked_for(folder):
    (folder / "splits.json").write_text(json.dumps({"dev": [], "test": [], "test_news_ids": ["30", "31"]}))
    config = asked(folder, sentences=3, corpus_splits=str(folder / "splits.json"))
    assert list(corpus_sentences(config)) == [NEWS.format(count).partition(". ")[2] for count in (32, 33, 34)]


def test_a_teacher_that_is_missing_is_one_clear_error(folder):
    write_encoder(folder / "encoder")
    with pytest.raises(IEError, match="teacher: no such folder"):
        distill(asked(folder))


@pytest.mark.parametrize("change", [{"temperature": 0}, {"gold_share": 1.5}])
def test_settings_that_teach_nothing_are_refused(folder, change):
    with pytest.raises(IEError, match="temperature above 0 and a gold_share from 0 to 1"):
        distill(asked(folder, **change))


def test_the_shipped_settings_are_valid():
    assert read_config(DistillConfig, "configs/distill.toml").teacher

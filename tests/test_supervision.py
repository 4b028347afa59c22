import json

import pytest

torch = pytest.importorskip("torch", reason="training needs: pip install 'ie-fa[train]'")
pytest.importorskip("transformers", reason="training needs: pip install 'ie-fa[train]'")

from conftest import build_tokenizer  # noqa: E402
from transformers import BertConfig, BertForTokenClassification, BertModel  # noqa: E402

from ie.labels import TAGS  # noqa: E402
from ie.schema import IEError  # noqa: E402
from ie.supervision import SuperviseConfig, align_words, read_conll, read_conllu, silver_sentences, supervise  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")

TREE = """# text = ۵ مدرسه تازه ساخته شد .
1	۵	۵	NUM	_	_	2	nummod	_	_
2	مدرسه	مدرسه	NOUN	_	_	4	nsubj:pass	_	_
3	تازه	تازه	ADJ	_	_	2	amod	_	_
4	ساخته	ساخت	VERB	_	_	0	root	_	_
5	شد	شد	AUX	_	_	4	aux:pass	_	_
6	.	.	PUNCT	_	_	4	punct	_	_
"""
ENTITIES = "# doc 1\nگزارش\tO\nپلیس\tB-ORG\n\nدر\tO\nسال\tB-DAT\n1400\tI-DAT\n"


@pytest.fixture
def labelled(tmp_path):
    (tmp_path / "a.conllu").write_text(TREE, encoding="utf-8")
    (tmp_path / "a.conll").write_text(ENTITIES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def encoder(labelled):
    """Return the folder of a tiny pretrained encoder."""
    folder = labelled / "encoder"
    config = BertConfig(
        vocab_size=build_tokenizer().get_vocab_size(), hidden_size=16, num_hidden_layers=1, num_attention_heads=1,
        intermediate_size=32,
    )  # fmt: skip
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    build_tokenizer().save(str(folder / "tokenizer.json"))
    return folder


def test_sentences_of_a_conll_file_are_read_apart(labelled):
    sentences = list(read_conll(labelled / "a.conll"))
    assert [sentence.text for sentence in sentences] == ["گزارش پلیس", "در سال 1400"]
    assert [tag for _, _, tag in sentences[1].words] == ["O", "B-DAT", "I-DAT"]


def test_a_tree_gives_word_classes_relations_and_the_counted_phrase(labelled):
    tree = next(read_conllu(labelled / "a.conllu"))
    assert [tag for _, _, tag in tree["relation"].words][:3] == ["nummod", "nsubj", "amod"]
    assert [tag for _, _, tag in tree["counted"].words][:4] == ["B-NUMBER", "B-PROGRAM", "I-PROGRAM", "O"]


def test_the_later_part_of_a_split_word_continues_its_entity():
    encoding = build_tokenizer().encode("راه‌اندازی شد")
    tags = ["O", "B-X", "I-X"]
    labels = align_words(encoding, [(0, 10, "B-X"), (11, 13, "O")], tags)
    assert [tags[label] for label in labels if label >= 0] == ["B-X", "I-X", "O"]


def test_the_taught_encoder_can_be_loaded_again(labelled, encoder):
    settings = SuperviseConfig(
        model=str(encoder), output=str(labelled / "taught"), conll=(str(labelled / "a.conll"),),
        conllu=(str(labelled / "a.conllu"),), minutes=0.02, threads=1,
    )  # fmt: skip
    taught = BertModel.from_pretrained(supervise(settings))
    assert taught.config.hidden_size == 16
    assert (labelled / "taught" / "tokenizer.json").is_file()


def test_silver_sentences_are_those_with_a_quantity_and_carry_the_tags_of_the_rules():
    (sentence,) = silver_sentences(["هوا خوب بود. در سال ۱۴۰۰ بیش از ۶۰واحد صنعتی راه‌اندازی شد."])
    words = [(sentence.text[start:end], tag) for start, end, tag in sentence.words]
    assert ("سال", "B-PERIOD") in words and ("۱۴۰۰", "I-PERIOD") in words
    assert words[words.index(("۶۰", "B-NUMBER")) + 1] == ("واحد", "B-PROGRAM")
    assert ("هوا", "O") not in words


def test_an_encoder_taught_silver_labels_is_a_classifier_to_go_on_from(labelled, encoder):
    rows = [{"id": f"n{i}", "text": f"در سال ۱۴۰۰ تعداد {i} واحد صنعتی راه‌اندازی شد."} for i in range(9)]
    corpus = labelled / "news.jsonl"
    corpus.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    (labelled / "splits.json").write_text('{"test_news_ids": ["n3"]}')
    settings = SuperviseConfig(
        model=str(encoder), output=str(labelled / "taught"), conll=(str(labelled / "a.conll"),), silver=(str(corpus),),
        splits=str(labelled / "splits.json"), minutes=0.05, threads=1, learning_rate=1e-2,
    )  # fmt: skip
    taught = BertForTokenClassification.from_pretrained(supervise(settings))
    assert [taught.config.id2label[index] for index in range(len(TAGS))] == list(TAGS)
    ids = torch.tensor([build_tokenizer().encode("در سال ۱۴۰۰ تعداد ۵ واحد صنعتی").ids])
    tags = [TAGS[index] for index in taught.eval()(ids).logits[0].argmax(-1).tolist()]
    assert "B-NUMBER" in tags and "B-PERIOD" in tags


def test_a_missing_labelled_file_is_named(labelled):
    with pytest.raises(IEError, match=r"absent\.conll"):
        list(read_conll(labelled / "absent.conll"))

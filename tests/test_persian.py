import pytest
from hypothesis import given
from hypothesis import strategies as st

from ie.persian import FOLDING, ZWNJ, fold, folding_normalizer, sentence_offsets

texts = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("كيىۀؤ٤۴4٫٬ـ\u200c\u200f\u064b .؟\n")), max_size=80)


@given(texts)
def test_folding_is_idempotent(text):
    once = fold(text).text
    assert fold(once).text == once


@given(texts)
def test_folded_offsets_point_back_to_characters_that_fold_to_the_same(text):
    folded = fold(text)
    for index in range(len(folded.text)):
        start, end = folded.raw(index, index + 1)
        assert fold(text[start:end]).text == folded.text[index]


@given(texts)
def test_raw_offsets_of_the_whole_folded_text_hold_all_its_letters(text):
    folded = fold(text)
    if folded.text:
        start, end = folded.raw(0, len(folded.text))
        assert fold(text[start:end]).text == folded.text


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("كتاب‌هاي عربي", "کتاب‌های عربی"),
        ("٤٥٦ و ۴۵۶", "456 و 456"),
        ("۱۲٫۵٪", "12.5%"),
        ("مسؤول", "مسوول"),
        ("خانۀ ما", "خانه ما"),
        ("شُـــد", "شد"),
        ("۱۲ـ۱۵ و ۳ ـ ۴", "12-15 و 3 - 4"),
        ("\u202bسال\u202c", "سال"),
    ],
)
def test_spelling_variants_fold_to_one_form(raw, folded):
    assert fold(raw).text == folded


@given(st.text(alphabet="كيىۀ٤۴ ابپتسشـ\u064b\u200f\u200c", max_size=40))
def test_the_tokenizer_folds_letters_as_the_rules_do(text):
    by_rules = fold(text).text.replace(ZWNJ, " ")
    by_tokenizer = folding_normalizer().normalize_str(text)
    assert [c for c in by_tokenizer if not c.isdigit()] == [c for c in by_rules if not c.isdigit()]


def test_the_tokenizer_sees_the_shape_of_a_number_and_not_its_value():
    assert folding_normalizer().normalize_str("۱۳۹۸ و ۱۷۷ و ۶۰") == "1300 و 170 و 60"


def test_folding_maps_one_character_to_one_character():
    assert all(len(source) == len(target) == 1 for source, target in FOLDING.items())


@given(texts)
def test_sentences_are_ordered_trimmed_and_cover_every_visible_character(text):
    offsets = sentence_offsets(text)
    position = 0
    for start, end in offsets:
        assert position <= start < end
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("رشد ۲.۵ درصد بود. تمام شد.", ["رشد ۲.۵ درصد بود.", "تمام شد."]),
        ("آیا شد؟ نه!", ["آیا شد؟", "نه!"]),
        ("بند اول\nبند دوم", ["بند اول", "بند دوم"]),
        ("گفت: «تمام شد.» و رفت.", ["گفت: «تمام شد.»", "و رفت."]),
        ("", []),
        ("   \n ", []),
    ],
)
def test_a_text_is_cut_into_sentences(text, sentences):
    assert [text[start:end] for start, end in sentence_offsets(text)] == sentences

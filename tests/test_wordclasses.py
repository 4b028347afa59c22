"""Words that stand among the same neighbours share a class."""

import json
import random

import numpy as np

from ie.clustering import WordsConfig, count_words, read_words, word_vectors
from ie.wordclasses import UNKNOWN, class_of_word


def test_near_words_share_a_class_and_unlike_words_do_not():
    assert class_of_word("تسهیلات").fine == class_of_word("وام").fine
    assert class_of_word("وام").coarse != class_of_word("استان").coarse


def test_a_rare_word_has_no_class():
    assert class_of_word("قلنبه‌سنج") == UNKNOWN


def test_words_are_read_with_numbers_folded_to_one_and_lines_closed():
    assert read_words(["۱۲ باغ‌ پسته", "رها شد", "۷ باغ"], step=2) == ["0", "باغ", "پسته", "\n", "0", "باغ", "\n"]


def test_words_with_the_same_neighbours_have_near_vectors():
    # two nouns that are counted, two verbs that close the line
    lines = [[0, random.Random(turn).choice([1, 2]), random.Random(turn + 1).choice([3, 4]), 5] for turn in range(400)]
    vectors = word_vectors(np.array(sum(lines, []), dtype=np.int64), 6, 6, 3)
    assert vectors[1] @ vectors[2] > 0.9 > vectors[1] @ vectors[3]


def test_the_table_says_how_often_a_word_ends_and_begins_a_phrase():
    words = "0 باغ پسته شد \n".split(" ") * 60
    table = count_words(words, WordsConfig((), "", "", least=3, contexts=6, dimensions=2, fine=2, coarse=1))
    rows = {
        word: (end, begin)
        for _, *row in json.loads(table)["classes"]
        for word, end, begin in zip(row[0].split(), row[1], row[2], strict=True)
    }
    assert rows["باغ"] == ("0", "9")
    assert rows["پسته"] == ("9", "0")

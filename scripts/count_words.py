"""Put the words of a corpus into classes by their neighbours and write them as JSON.

usage: python scripts/count_words.py configs/words.toml
"""

import sys

from ie.clustering import WordsConfig, write_word_classes
from ie.recipes import run_recipe

if __name__ == "__main__":
    sys.exit(run_recipe(WordsConfig, write_word_classes, sys.argv[1:], __doc__))

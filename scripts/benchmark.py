"""Measure the engine in one run, on real text: beside its peers, stage by stage, from its start, and as texts grow.

usage: python scripts/benchmark.py [--only SECTION ...] [--quick]

Sections: pipeline (against transformers.pipeline with the same weights, at the compact model's and at ParsBERT's
shape), stages, products (against the matrix products of this machine), start, growth, and parstdex, which has to be
asked for and is installed in an environment of its own. Texts are news of ``{IE_SHARED}/corpus``, else copies of the
report in the package. Speeds are in code points of the source text. With one thread, seconds are processor time of the
process, which other processes cannot disturb; figures are medians over repeats that take turns.
"""

import argparse
from importlib import resources
from pathlib import Path

from measuring import clock_for, read_news, say

from ie import Extractor

SECTIONS = ("pipeline", "stages", "products", "start", "growth")
ROOT = Path(__file__).parents[1]


def arguments() -> argparse.Namespace:
    """Return the options of the run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=(*SECTIONS, "parstdex"), default=SECTIONS, metavar="SECTION")
    parser.add_argument("--documents", type=int, default=300, help="for stages, the compact pipeline and memory")
    parser.add_argument("--parsbert-documents", type=int, default=20, help="0 leaves that shape out")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1, help="of the model, in the sections stages and products")
    parser.add_argument("--growth", type=int, nargs="+", default=(1000, 3000, 10000), metavar="N", help="documents")
    parser.add_argument("--large", action="store_true", help="100,000 documents too")
    parser.add_argument("--lengths", type=int, nargs="+", default=(1, 3, 10, 30, 100), metavar="K")
    parser.add_argument("--quick", action="store_true", help="all of it, small: a minute or two on an idle core")
    options = parser.parse_args()
    if options.quick:
        options.documents, options.parsbert_documents, options.repeats = 50, 2, 3
        options.growth, options.lengths = (50, 200), (1, 5, 25)
    if options.large:
        options.growth = (*options.growth, 100_000)
    return options


def main() -> None:
    """Print the sections that are asked for."""
    options = arguments()
    documents, kind = read_news(options.documents)
    say(f"texts: {len(documents)} {kind}; {options.threads} thread(s), median of {options.repeats}")
    extractor = Extractor.load(threads=options.threads)
    if "pipeline" in options.only:
        _compare(options, extractor)
    if {"stages", "products"} & set(options.only):
        from limits import Shape, print_products
        from stages import print_stages

        say("\n== stages")
        clock = clock_for(options.threads)
        seconds, pieces = print_stages(extractor, documents, options.repeats, clock)
        if "products" in options.only:
            say("\n== products")
            shape = Shape.read(Path(str(resources.files("ie") / "models" / "compact")))
            print_products(shape, pieces, length=40, seconds=seconds, clock=clock)
    if "start" in options.only:
        from limits import print_start

        say("\n== start and memory")
        print_start(options.documents, options.repeats)
    if "growth" in options.only:
        from limits import print_growth

        say("\n== growth")
        print_growth(extractor, options.growth, options.lengths, max(1, options.repeats // 2))
    if "parstdex" in options.only:
        from parstdex_peer import print_parstdex

        say("\n== parstdex")
        print_parstdex(documents, options.repeats, clock_for(1), ROOT / "annotations")


def _compare(options: argparse.Namespace, extractor: Extractor) -> None:
    import torch
    from pipeline_peer import compact_peer, parsbert_peer, print_pipeline

    torch.set_num_threads(1)
    say("\n== transformers.pipeline with the same weights, one thread")
    clock = clock_for(1)
    documents, _ = read_news(options.documents)
    compact = compact_peer(Path(str(resources.files("ie") / "models" / "compact")))
    print_pipeline(compact, documents, extractor, options.repeats, clock)
    if options.parsbert_documents:
        few = documents[: options.parsbert_documents]
        large = parsbert_peer(compact.tokenizer, documents)
        print_pipeline(large, few, extractor, max(1, options.repeats // 2), clock)


if __name__ == "__main__":
    main()

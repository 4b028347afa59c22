"""Read Persian reports and return metric facts, with the characters that prove them.

Names are imported when they are first used, so that ``import ie`` costs next to nothing.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ie.annotations import read_annotations
    from ie.evaluation import evaluate
    from ie.extractor import Extractor, Report
    from ie.numerals import parse_number
    from ie.periods import parse_period
    from ie.schema import Document, IEError, MetricFact, Period, Quantity, Span

__all__ = [
    "Document",
    "Extractor",
    "IEError",
    "MetricFact",
    "Period",
    "Quantity",
    "Report",
    "Span",
    "evaluate",
    "parse_number",
    "parse_period",
    "read_annotations",
]

_HOMES = {
    "Document": "schema",
    "Extractor": "extractor",
    "IEError": "schema",
    "MetricFact": "schema",
    "Period": "schema",
    "Quantity": "schema",
    "Report": "extractor",
    "Span": "schema",
    "evaluate": "evaluation",
    "parse_number": "numerals",
    "parse_period": "periods",
    "read_annotations": "annotations",
}

# libraries that are imported later report their use unless told not to before; whoever wants that says so
for _report, _off in {"HF_HUB_DISABLE_TELEMETRY": "1", "RAY_USAGE_STATS_ENABLED": "0"}.items():
    os.environ.setdefault(_report, _off)

if TYPE_CHECKING:
    __version__: str


def __getattr__(name: str) -> Any:  # noqa: ANN401  a module attribute may be anything
    if name == "__version__":
        return _version()
    if name not in _HOMES:
        raise AttributeError(f"module 'ie' has no attribute {name!r}")
    return getattr(import_module(f"ie.{_HOMES[name]}"), name)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # slow, and few ask

    try:
        return version("ie-fa")
    except PackageNotFoundError:  # read from a source tree that is not installed
        return "0+unknown"


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""The facts of reports in other people's tools: a pandas table, a DuckDB query and Label Studio tasks.

usage: python scripts/examples.py REPORT.txt [FOLDER]

facts.parquet and tasks.labelstudio.json are written to FOLDER, or where one is.
"""

import sys
from pathlib import Path

from ie import Extractor
from ie.extractor import Report
from ie.labelstudio import write_predictions
from ie.outputs import write_facts, writing


def tabulate(report: Report) -> str:
    """Return what was counted, by programme and period, as pandas shows it."""
    table = report.to_pandas()
    return str(table[["program", "value", "unit", "period_start", "period_end"]].head(5))


def query(report: Report, path: Path) -> list[tuple[str, int]]:
    """Return how many facts each unit has, asked of a Parquet file by DuckDB."""
    import duckdb

    write_facts(report.facts, str(path))
    return duckdb.sql(f"SELECT unit, count(*) FROM '{path}' GROUP BY unit ORDER BY 2 DESC, 1").fetchall()


def main(arguments: list[str]) -> int:
    """Show all three for one report."""
    if len(arguments) not in (1, 2):
        sys.stderr.write(__doc__ or "")
        return 2
    folder = Path(arguments[1] if len(arguments) == 2 else ".")
    text = Path(arguments[0]).read_text(encoding="utf-8")
    report = Extractor.load().predict(text, document_id=Path(arguments[0]).stem)
    sys.stdout.write(tabulate(report) + "\n\n")
    for unit, count in query(report, folder / "facts.parquet"):
        sys.stdout.write(f"{unit}\t{count}\n")
    with writing(str(folder / "tasks.labelstudio.json")) as file:  # import it in Label Studio: predictions to correct
        write_predictions([(report.document, report.spans, report.facts)], file, "ie compact")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Write the ONNX file of a trained model: 8-bit if the dev facts lose next to nothing by it, else half precision.

usage: python scripts/export_onnx.py MODEL_FOLDER [SETTINGS.toml]

Without settings the documents of annotations/ are read. Prints sizes, parity, dev scores and speeds as JSON, which is
also kept as export.json in the folder.
"""

import json
import sys
from pathlib import Path

from ie.configuration import read_config
from ie.recipes import run_script
from ie.shipping import ExportConfig, ship_onnx


def main(arguments: list[str]) -> int:
    """Export one folder."""
    if len(arguments) not in (1, 2):
        sys.stderr.write(__doc__ or "")
        return 2

    def export() -> str:
        config = read_config(ExportConfig, arguments[1]) if len(arguments) == 2 else ExportConfig()
        return json.dumps(ship_onnx(Path(arguments[0]), config), indent=2)

    return run_script(export)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

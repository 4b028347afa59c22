"""The page that tells what the web interface can be asked, made from its OpenAPI description; it runs no script."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Any

__all__ = ["ApiPage", "api_page"]

_STYLE = """
:root { color-scheme: light dark }
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 2.5rem; font-family: monospace; font-size: 1.1rem; border-bottom: 1px solid #8886 }
pre { background: #8882; padding: .75rem; overflow-x: auto; border-radius: .4rem }
summary { cursor: pointer }
dt { font-family: monospace; font-weight: bold }
"""


@dataclass(frozen=True, slots=True)
class ApiPage:
    """A page and the content security policy it is sent with."""

    html: str
    policy: str


def api_page(description: dict[str, Any]) -> ApiPage:
    """Return the page of an OpenAPI description."""
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    title = f"{description['info']['title']} {description['info']['version']}"
    operations = "".join(
        _operation(method, path, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    )
    shapes = "".join(
        f"<details><summary><code>{escape(name)}</code></summary>{_code(shape)}</details>\n"
        for name, shape in sorted(description["components"]["schemas"].items())
    )
    html = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n"
        f"<p>{escape(description['info'].get('summary', ''))} "
        'The description for programs is <a href="/openapi.json">/openapi.json</a>, the page for people is '
        '<a href="/">/</a>.</p>\n'
        f"{operations}<h2>Shapes</h2>\n{shapes}</main>\n</body>\n</html>\n"
    )
    return ApiPage(html, policy)


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    answers = "".join(
        f"<dt>{escape(status)}</dt><dd>{escape(answer.get('description', ''))} {escape(_shape_of(answer))}</dd>\n"
        for status, answer in sorted(operation.get("responses", {}).items())
    )
    asked = _shape_of(operation.get("requestBody", {}))
    body = f"<p>Body: <code>{escape(asked)}</code></p>\n" if asked else ""
    told = escape(operation.get("description", ""))
    return f"<h2>{escape(method.upper())} {escape(path)}</h2>\n<p>{told}</p>\n{body}<dl>{answers}</dl>\n"


def _shape_of(part: dict[str, Any]) -> str:
    return ", ".join(
        f"{kind} {' or '.join(_names(content.get('schema', {})))}".strip()
        for kind, content in part.get("content", {}).items()
    )


def _names(schema: dict[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2]
    for one in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from _names(one)


def _code(value: object) -> str:
    return f"<pre>{escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"

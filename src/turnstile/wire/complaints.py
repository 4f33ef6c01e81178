"""What botocore says of parameters that do not fit a model, with types named as JSON has them.

Its sentences: https://github.com/boto/botocore, `validate`. Knows no service.
"""

from __future__ import annotations

import ast
import re

from turnstile.document import compact

_TYPES = {
    "bool": "true or false",
    "bytearray": "bytes",
    "bytes": "bytes",
    "decimal.Decimal": "a number",
    "dict": "a mapping",
    "float": "a number",
    "int": "a whole number",
    "list": "a list",
    "str": "text",
    "tuple": "a list",
    "NoneType": "null",
}
_TYPE = re.compile(r"<class '([\w.]+)'>")
_VALUE = re.compile(r"(?<=, value: ).*?(?=, type: <class )")
_ALTERNATIVES = re.compile(r"(?<=valid types: )<class '[\w.]+'>(?:, <class '[\w.]+'>)*")


def in_json_words(report: str) -> str:
    """A validation report of botocore on one line, without Python's names and values."""
    lines = (_VALUE.sub(lambda match: _value(match[0]), line) for line in report.splitlines())
    text = " ".join(" ".join(lines).split())
    text = _ALTERNATIVES.sub(lambda match: _alternatives(match[0]), text)
    return _TYPE.sub(lambda match: _TYPES.get(match[1], match[1]), text)


def _alternatives(found: str) -> str:
    names = (_TYPES.get(name, "") for name in _TYPE.findall(found))
    return " or ".join(dict.fromkeys(filter(None, names)))


def _value(python: str) -> str:
    try:
        return compact(ast.literal_eval(python))
    except (ValueError, SyntaxError, TypeError):
        return python

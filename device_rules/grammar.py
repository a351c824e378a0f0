"""From a condition's text to Python's own syntax tree, with spans of time (`1h30m`) read as names.

A span is no Python, so each one is replaced by a word of the same length before `ast` reads the text, and
put back afterwards: every place in the tree still points at what the author wrote. Nothing is evaluated.
"""

from __future__ import annotations

import ast
import re
from warnings import catch_warnings

from device_rules.comparison import Wrong

LONGEST = 2000  # characters
DEEPEST = 20

_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_SPAN = r"(?<![\w.])(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+(?!\w)"
_TOKEN = re.compile(f"(?P<quoted>{_QUOTED})|(?P<span>{_SPAN})")
_STAND_IN = re.compile(r"S+")
_HALF = re.compile("[\ud800-\udfff]")
_HINTS = (
    ("&&", "write `and` for `&&`"),
    ("||", "write `or` for `||`"),
    ("<>", "write `!=` for `<>`"),
    ("=>", "write `>=` for `=>`"),
    ("=<", "write `<=` for `=<`"),
    *((sign, f'write straight quotes, like "open", for `{sign}`') for sign in "“”„‘’«»"),
    *((word, f"write `{word.strip().lower()}` for `{word.strip()}`") for word in (" AND ", " OR ", "NOT ")),
)
_NUMBER = r"(?<![\w.])\d+(?:\.\d+)?"
_MISTAKES = (
    (r"!(?!=)", "write `not` for `!`"),
    (r"(?<![<>=!])=(?!=)", "write `==` to compare"),
    (rf"{_NUMBER} ?%", "a `%` behind a number; leave it out, as 100 for 100%, or 0.2 where a share is meant"),
    (
        rf"{_NUMBER} ?(?:°|(?!(?:and|or|if|else|in|not|is)\b|[eE][-+\d])[^\W\d_])",
        "a unit behind a number; leave it out, the unit stands at the metric",
    ),
    (r"(?:\b(?:and|or|not)|[<>=+\-*/(,])\s*$", "something is missing at its end"),
)


def parse(text: str) -> tuple[str, ast.expr]:
    """The text on one line, and its tree; spans are names that begin with a digit. Raises Wrong."""
    if len(text) > LONGEST:
        raise Wrong(f"{len(text)} characters; a condition has at most {LONGEST}")
    source = " ".join(text.strip().splitlines())
    bare = _TOKEN.sub(lambda found: "" if found["quoted"] else found[0], source)
    if "#" in bare:
        raise Wrong("a `#` within a condition; write remarks behind or above it, outside its quotes")
    try:
        source.encode()
        with catch_warnings(action="ignore"):  # what Python finds ugly, like `3or x`, is no mistake in a book
            tree = ast.parse(_TOKEN.sub(_without_span, source), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as broken:
        raise Wrong(_reason(bare, broken)) from None
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and _STAND_IN.fullmatch(node.id):
            node.id = segment(source.encode(), node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _HALF.search(node.value):
            raise Wrong("a `\\ud800` or the like is half a character; no device says that")
    return source, tree


def segment(source: bytes, node: ast.expr) -> str:
    """What of `source` (one line of UTF-8, as `parse` read it) is `node`."""
    return source[node.col_offset : node.end_col_offset].decode(errors="replace")


def is_span(node: ast.expr) -> bool:
    """A span of time as `parse` leaves it."""
    return isinstance(node, ast.Name) and node.id[0].isdigit()


def spelled(node: ast.AST) -> str:
    """The same text for the same meaning, however it was spaced or bracketed; spans as written."""
    return ast.unparse(node)


def _without_span(found: re.Match[str]) -> str:
    return found[0] if found["quoted"] else "S" * len(found[0])


def _reason(bare: str, broken: BaseException) -> str:
    for sign, remedy in _HINTS:
        if sign in bare:
            return f"not readable as a condition: {remedy}"
    worded = re.sub(_SPAN, "", bare)
    for pattern, remedy in _MISTAKES:
        if re.search(pattern, worded):
            return f"not readable as a condition: {remedy}"
    reason = broken.msg if isinstance(broken, SyntaxError) else "too deep"
    return f"not readable as a condition: {reason}"

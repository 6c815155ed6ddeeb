"""Short names for a page's script: every name that it declares itself becomes one or two letters.

A browser does not care how a name reads, and the library's own files keep theirs. One name becomes the same short one
wherever it stands, so scopes do not matter; one that a page has of its own (GLOBALS) stays. What is read from an object
(`.name`, a key) keeps its name, and `{ name }` is written out, `{ name: a }`. Works for the JavaScript of this book: no
classes, no labels, no `switch`.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator

TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\d[\w.]*)"""
    r"""|(?P<name>[A-Za-z_$][\w$]*)|(?P<mark>\.\.\.|\?\.(?!\d)|=>|[^\s\w])"""
)
REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
PART = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)", re.S)
WORDS = frozenset(
    "async await break catch const continue delete do else false finally for function if in instanceof let new null of "
    "return this throw true try typeof undefined var void while yield".split()
)
GLOBALS = frozenset("event history length name onclick open self top".split())
"""What a page has of its own under names that scripts declare too: where one is not ours, it must stay."""
BEFORE_REGEX = frozenset("( , = : [ ! & | ? { } ; => return".split()) | {None}
BLOCK = frozenset(") => ; { } else do try finally".split()) | {None}
"""After these a brace opens a block; after anything else an object, or the pattern of one."""


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """What a script is made of: (kind, text) with the kinds space, text, name and mark; together they are the script.

    >>> [part for kind, part in tokens("a = `x${b}y`;") if kind != "space"]
    ['a', '=', '`x${', 'b', '}y`', ';']
    """
    at, before, depth, templates = 0, None, 0, []
    while at < len(text):
        if text[at] == "`" or (text[at] == "}" and templates and templates[-1] == depth):
            if text[at] == "}":
                templates.pop()
            part = text[at] + PART.match(text, at + 1)[0]
            if part.endswith("${"):
                templates.append(depth)
            kind = "text"
        elif text[at] == "/" and before in BEFORE_REGEX:
            kind, part = "text", REGEX.match(text, at)[0]
        else:
            found = TOKEN.match(text, at)
            kind, part = found.lastgroup, found[0]
            depth += (part == "{") - (part == "}") if kind == "mark" else 0
        yield kind, part
        at += len(part)
        if kind != "space":
            before = part


def roles(parts: list[tuple[str, str]]) -> Iterator[tuple[int, str]]:
    """The places of names that may be ours, and what each is there: "own", or "short" for a shorthand."""
    solid = [k for k, (kind, _) in enumerate(parts) if kind != "space"]
    braces: list[bool] = []  # is it an object?
    for n, k in enumerate(solid):
        kind, part = parts[k]
        before, after = (parts[solid[m]][1] if 0 <= m < len(solid) else None for m in (n - 1, n + 1))
        if kind == "text":
            if part.startswith("}"):
                braces.pop()
            if part.endswith("${") and part[0] in "`}":
                braces.append(False)
        elif part in "([{":
            braces.append(part == "{" and before not in BLOCK)
        elif part in ")]}":
            braces.pop()
        elif kind == "name" and part not in WORDS and before not in (".", "?."):
            key = bool(braces) and braces[-1] and before in ("{", ",", "async")
            if key and after in (",", "}", "="):
                yield k, "short"
            elif not (key and after in (":", "(")):
                yield k, "own"


def declared(parts: list[tuple[str, str]]) -> set[str]:
    """The names that a script declares: after const, let and function, in patterns, and as parameters."""
    solid = [part for kind, part in parts if kind != "space"]
    found, opened = set(), []
    for n, part in enumerate(solid):
        before, after = (solid[m] if 0 <= m < len(solid) else None for m in (n - 1, n + 1))
        if before in ("const", "let", "function") or after == "=>":
            if re.fullmatch(r"[A-Za-z_$][\w$]*", part):
                found.add(part)
        if part in ("(", "[", "{"):
            opened.append(n)
        elif part in (")", "]", "}") and opened:
            start = opened.pop()
            header = part == ")" and (after == "=>" or (start >= 2 and solid[start - 2] == "function"))
            if header or solid[start - 1] in ("const", "let"):
                found |= _bound(solid[start : n + 1])
    return found


def _bound(pattern: list[str]) -> set[str]:
    """The names that a pattern binds: what is neither a key nor in a default's value.

    >>> sorted(_bound(["{", "a", ":", "b", ",", "c", "=", "d", "}"]))
    ['b', 'c']
    """
    around = zip([None, *pattern], pattern, [*pattern[1:], None], strict=False)
    names = ((part, before, after) for before, part, after in around if re.fullmatch(r"[A-Za-z_$][\w$]*", part))
    return {part for part, before, after in names if after != ":" and before in ("(", "[", "{", ",", ":", "...")}


def shortened(text: str) -> str:
    """The same script with short names.

    >>> shortened("const width = 2; const f = ({ width: w, high }) => ({ high, sum: width + high.width });")
    'const b = 2; const f = ({ width: w, high:a }) => ({ high:a, sum: b + a.width });'
    """
    parts = list(tokens(text))
    where, ours = dict(roles(parts)), declared(parts) - GLOBALS
    count = Counter(parts[k][1] for k in where)
    taken = {name for name in count if name not in ours or len(name) < 2} | WORDS
    free = (name for name in _names() if name not in taken)
    long = sorted((name for name in count if name in ours and len(name) > 1), key=lambda name: (-count[name], name))
    short = dict(zip(long, free, strict=False))
    return "".join(
        part if k not in where or part not in short else f"{part}:" * (where[k] == "short") + short[part]
        for k, (_, part) in enumerate(parts)
    )


def _names() -> Iterator[str]:
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    yield from letters
    yield from ("".join(pair) for pair in itertools.product(letters, letters))

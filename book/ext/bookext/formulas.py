"""The formulas of the library's docstrings, typeset: `d = 1/2 E (D(x) - 1)^2` is plain text there, TeX here.

A docstring is read in a terminal, so its formulas are written as one would type them. `pieces` finds them among the
words; `tex` sets one. What is not understood stays the text that it was.
"""

from __future__ import annotations

import re

GREEK = {
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "eta",
    "theta",
    "lambda",
    "mu",
    "pi",
    "psi",
    "phi",
    "sigma",
    "chi",
}
PLAIN = {"log", "exp", "min", "max", "sup", "det", "lim", "cos", "sin"}  # TeX has them
NAMED = {"sigmoid", "softplus", "softmax", "logsumexp", "argmin", "clamp", "sort", "tr", "mean", "critic"}
NAMED |= {"KL", "JS", "JSD", "TV", "MMD", "IS", "SW", "NND", "ssim", "cs"}
SIGNS = {"sum": r"\sum", "prod": r"\prod", "integral": r"\int", "grad": r"\nabla ", "inf": r"\infty", "E": r"\E "}
OPERATORS = {
    "<=": r"\le ",
    ">=": r"\ge ",
    "!=": r"\ne ",
    "->": r"\to ",
    "<-": r"\leftarrow ",
    "+-": r"\pm ",
    "*": r"\cdot ",
}
OPERATORS |= {
    "||": r"\,\Vert\,",
    "...": r"\ldots ",
    "..": r",\ldots,",
    "~": r"\sim ",
    "{": r"\{",
    "}": r"\}",
    "%": r"\%",
    "@": r"\,",
}
WORDS = {"all", "and", "are", "as", "at", "by", "else", "exists", "for", "from", "in", "is", "of", "on", "one", "or"}
WORDS |= {"over", "plans", "so", "steps", "the", "to", "uniform", "where", "with", "both", "functions", "quantile"}
TOKEN = re.compile(
    r"(?P<code>`[^`]+`)|(?P<power>(?<![\w.])\d+(?:\.\d+)?e-?\d+\b)|(?P<fraction>(?<![\w.)])\d+/\d+(?![\w.]))|(?P<number>\d+(?:[.,]\d+)*)"
    r"|(?P<hat>[A-Za-z]\^(?=[\s,|)]))|(?P<star>[A-Za-z]\*(?=[\s(,)]|$))|(?P<word>[A-Za-z]+)"
    r"|(?P<operator><=|>=|!=|->|<-|\+-|\|\||\.\.\.?|[~*{}%@])|(?P<script>[_^])|(?P<space>\s+)|(?P<other>.)"
)
NEVER = {"number", "numbers", "not", "is", "are", "share"}  # words beside a sign: "a number >= 1"
CLOSING = {"(": ")", "{": "}", "[": "]"}


def group(text: str, at: int) -> int:
    """Where the bracket that opens at `at` has closed, or -1.

    >>> group("(a (b)) c", 0)
    7
    """
    depth = 0
    for k in range(at, len(text)):
        depth += (text[k] in "([{") - (text[k] in ")]}")
        if depth == 0:
            return k + 1
    return -1


def script(text: str, at: int) -> tuple[str, int]:
    """What stands after _ or ^, as TeX, and where it ends."""
    if at < len(text) and text[at] in "{(" and (end := group(text, at)) > 0:
        inner = text[at:end] if re.fullmatch(r"\(\w\)", text[at:end]) else text[at + 1 : end - 1]  # x_(1), the least
        return tex(inner), end
    found = re.compile(r"-?\d+|-?[A-Za-z]+|\*").match(text, at)
    if not found:
        return "", at
    name = found[0]
    if name == "T":
        name = r"\top"
    elif name in GREEK:
        name = rf"\{name}"
    elif len(name.lstrip("-")) > 2 and not name.lstrip("-").isdigit():
        name = rf"\mathrm{{{name}}}"
    return name, found.end()


def root(text: str, at: int) -> tuple[str, int]:
    """What stands under the root whose word has ended at `at`."""
    if at < len(text) and text[at] == "(" and (end := group(text, at)) > 0:
        return tex(text[at + 1 : end - 1]), end
    found = re.compile(r" ?\w+(?:\([^()]*\))?").match(text, at)
    return (tex(found[0].strip()), found.end()) if found else ("", at)


def word(name: str, text: str, end: int) -> str:
    """A word of a formula: a letter, a function, a sign, a name, or a word of English."""
    if name == "E" and not re.match(r"[_\[]| +\S", text[end:]):
        return "E"  # the encoder; an expectation stands apart from its bracket
    if name in SIGNS:
        return SIGNS[name]
    if name in GREEK or name in PLAIN:
        return rf"\{name} "
    if name in WORDS and text[end : end + 1] not in {"_", "^", "("}:
        return rf"\text{{ {name} }}"
    if re.fullmatch(r"d[a-z]", name):
        return rf"\,\d {name[1]}"
    if name in NAMED:
        return rf"\operatorname{{{name}}}"
    return name if len(name) == 1 or (len(name) == 2 and name.islower()) else rf"\mathrm{{{name}}}"


def tex(text: str) -> str:
    r"""One formula as TeX.

    >>> tex("g = -E log D(G(z)) + 1/2 ||x||^2")
    'g = -\\E  \\log  D(G(z)) + \\tfrac{1}{2} \\,\\Vert\\,x\\,\\Vert\\,^{2}'
    >>> tex("sqrt(1 - sum_i p_i^2)")
    '\\sqrt{1 - \\sum_{i} p_{i}^{2}}'
    >>> tex("v + 1e-5")
    'v + 10^{-5}'
    """
    found, at = [], 0
    while at < len(text):
        token = TOKEN.match(text, at)
        kind, value, at = token.lastgroup, token[0], token.end()
        if kind == "script":
            inner, at = script(text, at)
            found.append(f"{value}{{{inner}}}")
        elif kind == "word" and value == "sqrt":
            inner, at = root(text, at)
            found.append(rf"\sqrt{{{inner}}}")
        elif kind == "word" and value == "integral" and text.startswith(" of ", at):
            found.append(r"\int ")
            at += 4
        elif kind == "word":
            found.append(word(value, text, at))
            if (index := re.match(r"\d", text[at:])) and (
                len(value) == 1 or value == "chi"
            ):  # W2, A0; chi2 is a square
                found.append(f"{'^' if value == 'chi' else '_'}{{{index[0]}}}")
                at += 1
                if text[at : at + 1] == "^":
                    found[-2:] = [f"{{{found[-2]}{found[-1]}}}"]
        elif kind == "code":
            found.append(rf"\mathtt{{{value[1:-1]}}}".replace("_", r"\_"))
        elif kind == "power":
            times, exponent = value.split("e")
            found.append(f"10^{{{int(exponent)}}}" if times == "1" else rf"{times} \cdot 10^{{{int(exponent)}}}")
        elif kind == "fraction":
            found.append(r"\tfrac{{{}}}{{{}}}".format(*value.split("/")))
        elif kind == "hat":
            found.append(rf"\hat{{{value[0]}}}")
        elif kind == "star":
            found.append(f"{value[0]}^{{*}}")
        elif kind == "operator":
            found.append(OPERATORS[value])
        elif kind == "space":
            found.append(r"\quad " if len(value) > 1 and text[at - len(value) - 1] in ",;:" else " ")
        else:
            found.append(value)
    return "".join(found)


SIGN = re.compile(r"=|<=?|>=?|!=|->|<-|\+-?|-|\*|/|\|\|?|~|@|\.\.\.|[\[\](]")
DANGLING = re.compile(rf"(?:[-=+*/<>~]|\b(?:{'|'.join(PLAIN)}|of))$")
HEADS = "|".join(sorted(GREEK | PLAIN | NAMED | {"sqrt"} | set(SIGNS), key=len, reverse=True))
MATHS = re.compile(
    rf"[-+|(\[{{]*(?:(?:{HEADS})2?(?:[_^(\[|].*)?|[A-Za-z]\d?(?:[_^'*/(\[|)\]].*)?|\d[\d.,/]*[A-Za-z]{{0,2}}(?:[_^(\[].*)?|d[a-z])['*)\]}}|]*"
    r"(?:[_^].*)?"
)
RELATION = re.compile(
    r"(?<![<>!=])=(?!=)|<=|>=|!=|[\w)\]}|]\^[\w({-]|(?<![A-Za-z])[A-Za-z]_[a-z0-9{(]{1,2}\b|\|\||\bsum_|<-| ~ "
    r"|\bE \w+[ (]"
)


def is_maths(token: str, before: str, after: str, opened: bool) -> bool:
    """Whether a token between spaces belongs to a formula, by itself or by its neighbours."""
    bare = token.strip(",;:.") or token
    if SIGN.fullmatch(bare):
        return True
    if opened:  # inside a bracket that the formula has opened
        return True
    if bare == "of" and before.endswith("integral"):
        return True
    if bare in NEVER:
        return False
    if bare in {"a", "A", "I"}:
        return bool(SIGN.fullmatch(after) or SIGN.fullmatch(before))
    if MATHS.fullmatch(bare) or (re.search(r"[\^{}]|\w_[a-z]{1,2}\b", bare) and "`" not in bare and "." not in bare):
        return True
    return bool((SIGN.fullmatch(after) or SIGN.fullmatch(before)) and re.fullmatch(r"[-\w(`)\[\],]+", bare))


def pieces(text: str) -> list[tuple[bool, str]]:
    """The text cut into words and formulas: (is it a formula, the piece).

    >>> pieces("The loss d = -E log D(x), in nats.")
    [(False, 'The loss '), (True, 'd = -E log D(x)'), (False, ', in nats.')]
    >>> pieces("A sampler of z, two at a time.")
    [(False, 'A sampler of z, two at a time.')]
    """
    tokens = [(found[0], found.start(), found.end()) for found in re.finditer(r"(?:`[^`]*`|[^\s`])+", text)]
    runs, start, depth = [], None, 0
    for k, (token, begin, _) in enumerate(tokens):
        before, after = (tokens[k - 1][0] if k else ""), (tokens[k + 1][0] if k + 1 < len(tokens) else "")
        over = start is not None and re.search(r"[.;:]$", before) and depth <= 0 and not token.startswith("=")
        over = over or ("\n" in text[tokens[k - 1][2] : begin] and not SIGN.search(before[-1:] + token[:1]))
        if start is not None and (over or not is_maths(token, before, after, depth > 0)):
            runs.append((start, tokens[k - 1][2]))
            start, depth = None, 0
        if start is None and is_maths(token, before, after, False) and (token == "||" or not SIGN.fullmatch(token)):
            start = begin
        if start is not None:
            depth += sum((c in "([{") - (c in ")]}") for c in token)
    if start is not None:
        runs.append((start, tokens[-1][2]))
    found, at = [], 0
    for begin, end in runs:
        while text[end - 1] in ",;:. ":
            end -= 1
        end -= len(re.search(r"(?:, +[A-Za-z])?$", text[begin:end])[0])  # a letter that the words go on with
        while text[end - 1] in ",;:. ":
            end -= 1
        formula = text[begin:end]
        balanced = all(formula.count(a) == formula.count(b) for a, b in CLOSING.items()) or "[0, 1)" in formula
        if RELATION.search(formula) and balanced and not DANGLING.search(formula):
            found += [(False, text[at:begin]), (True, formula)]
            at = end
    return [piece for piece in (*found, (False, text[at:])) if piece[1]]

"""A formula as one line of plain text, for what can show no mathematics: the quotes of the search.

It is read from the MathML that the typesetter puts beside each formula, so that every macro is already what it means.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree

HIDDEN = re.compile(r"<mjx-assistive-mml[^>]*>(.*?)</mjx-assistive-mml>", re.S)
RELATIONS = set("=<>≤≥≠≈≡~≪≫∝∈∉⊂⊆→↦←⇒⟹⟺⇔⟶↔≃")
BETWEEN = set("+−×·∓±∘⊙⊗∪∩∖")  # with spaces between two things, without before one
NARROW = {"∼": "~", "⋅": "·", "∣": "|", "\N{FUNCTION APPLICATION}": "", "\N{INVISIBLE TIMES}": "", "∗": "*"}
RAISED = dict(zip("0123456789+−=()dijkmnptx⊤*⋆†′″", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵈⁱʲᵏᵐⁿᵖᵗˣᵀ*⋆†′″", strict=True))
LOWERED = dict(zip("0123456789+−=()ijkmnprstux", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ᵢⱼₖₘₙₚᵣₛₜᵤₓ", strict=True))
SMALL = "".join({*RAISED.values(), *LOWERED.values()})
FRACTIONS = {"12": "½", "13": "⅓", "23": "⅔", "14": "¼", "34": "¾", "18": "⅛"}
DOUBLE = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))
ACCENTS = {"^": "\u0302", "¯": "\u0304", "―": "\u0304", "~": "\u0303", "∼": "\u0303", "˙": "\u0307", "→": "\u20d7"}
# After these, a sign stands between two things; after those, a letter is not the next letter of a word.
ENDED = re.compile(rf"[\w)\]}}⟩!‖|…∞{SMALL}]\s*$")
OPEN_END = re.compile(rf"(?:(?<![\w_])[a-zA-Z]{{2,}}|_\w+|_\([^()]*\)|[∑∏∫E][{SMALL}]*)$")
BEGINS = re.compile(r"[\w∑∏∫√∇]")
SEVERAL = re.compile(r"[ /]")
INNER = re.compile(r"\([^()]*(?:\([^()]*\)[^()]*)*\)|(?<=log) (?=\w)")
ONE = re.compile(rf"[\d.]+|d?\w[̂̄̃{SMALL}]*(?:_\w+)?(?:\([^()]*\))?[²]?|\w+\([^()]*\)|\([^()]*\)[{SMALL}]*")


def said(html: str) -> str:
    """What the typesetter has made of a formula, as text.

    >>> mean = "<mfrac><mn>1</mn><mn>2</mn></mfrac><mo>(</mo><mi>p</mi><mo>+</mo><mi>q</mi><mo>)</mo>"
    >>> said(f"<mjx-assistive-mml><math><mi>m</mi><mo>=</mo>{mean}</math></mjx-assistive-mml>")
    'm = ½(p + q)'
    """
    found = HIDDEN.search(html)
    return " ".join(text(ElementTree.fromstring(found[1])).split()) if found else "…"


def text(node: ElementTree.Element) -> str:
    """One element of MathML as text.

    >>> text(ElementTree.fromstring("<msup><mi>x</mi><mrow><mo>−</mo><mn>1</mn></mrow></msup>"))
    'x⁻¹'
    >>> text(ElementTree.fromstring("<msub><mi>p</mi><mrow><mi>data</mi></mrow></msub>"))
    'p_data'
    """
    kind, inner = node.tag, list(node)
    if kind in ("mphantom", "none"):
        return ""
    if kind == "mspace":
        return "" if node.get("width", "").startswith("-") else " "
    if kind in ("mi", "mn", "mo", "mtext"):
        own = node.text or ""
        return DOUBLE.get(own, own) if node.get("mathvariant") == "double-struck" else NARROW.get(own, own)
    if kind in ("msub", "munder"):
        return text(inner[0]) + script("_", text(inner[1]), LOWERED)
    if kind == "msup":
        return text(inner[0]) + script("^", text(inner[1]), RAISED)
    if kind == "mover":
        over = text(inner[1]).strip()
        return text(inner[0]) + (ACCENTS[over] if over in ACCENTS else script("^", over, RAISED))
    if kind in ("msubsup", "munderover"):
        return text(inner[0]) + script("_", text(inner[1]), LOWERED) + script("^", text(inner[2]), RAISED)
    if kind == "mfrac":
        above, below = map(text, inner)
        return f"{above} over {below}" if node.get("linethickness") == "0" else fraction(above, below)
    if kind == "msqrt":
        root = line(inner)
        return f"√{root}" if ONE.fullmatch(root) else f"√({root})"
    if kind in ("mtable", "mtr"):
        return ("; " if kind == "mtable" else ", ").join(map(text, inner))
    return line(inner)


def line(parts: list[ElementTree.Element]) -> str:
    """What stands beside each other, with the spaces that a reader expects.

    >>> signs = [ElementTree.fromstring(f"<mo>{sign}</mo>") for sign in ("=", "−")]
    >>> line([ElementTree.fromstring("<mi>a</mi>"), *signs, ElementTree.fromstring("<mi>log</mi>"), signs[1]])
    'a = −log − '
    """
    made, said_parts = "", [text(part) for part in parts]
    apart = said_parts.count("‖") % 2 == 1  # KL(p ‖ q), where a norm has two of them
    for part, own in zip(parts, said_parts, strict=True):
        if (
            own in RELATIONS
            or (own in BETWEEN and ENDED.search(made) and (own, made[-1:]) != ("·", "‖"))
            or (own == "‖" and apart)
        ):
            made = f"{made} {own} "
        elif own in (",", ":"):
            made += f"{own} "
        elif BEGINS.match(own) and (OPEN_END.search(made) or (word(part) and made[-1:].isalnum())):
            made += f" {own}"
        else:
            made += own
    return made


def word(part: ElementTree.Element) -> bool:
    """Whether an element is the name of a function, or begins with one."""
    while len(part):
        part = part[0]
    return len(part.text or "") > 1 and part.text.isalpha()


def script(mark: str, own: str, signs: dict[str, str]) -> str:
    """An index or an exponent: in small signs where there are such, or behind its mark."""
    close = own.replace(" ", "")
    if all(sign in signs for sign in close):
        return "".join(signs[sign] for sign in close)
    return mark + (own.strip() if re.fullmatch(r"[−+]?\w+|\S", own.strip()) and "_" not in own else f"({own.strip()})")


def fraction(above: str, below: str) -> str:
    """One line for a fraction, which reads as it stood.

    >>> fraction("1", "2"), fraction("(x − μ)²", "2σ²"), fraction("d", "dt"), fraction("a + b", "p(x)")
    ('½', '(x − μ)²/(2σ²)', 'd/dt', '(a + b)/p(x)')
    """
    above, below = above.strip(), below.strip()
    if above + below in FRACTIONS:
        return FRACTIONS[above + below]
    above = f"({above})" if SEVERAL.search(INNER.sub("", above)) else above
    return f"{above}/{below if ONE.fullmatch(below) else f'({below})'}"

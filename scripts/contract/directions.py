"""A picture's words promise no more than its section asserts: "falls" in an alt text needs a claim that it falls.

What a program can see: the direction word, the words around it, and the printed lines of the section's claims. A claim
asserts it where it is about the same thing (it shares a word with that clause, or two with the sentence) and says so:
in its own words ("falls below half", "less than"), or in what is asked of its number ("asked < 0.5", "asked falling").
"""

import ast
import re

import chapters

from contract.chapter import texts

WORDS = {
    "up": r"ris(?:e|es|en|ing)|rose|climb(?:s|ed|ing)?|gr[eo]w(?:s|n|ing)?|increas(?:e|es|ed|ing)",
    "down": r"falls?|fell|fallen|falling|drop(?:s|ped|ping)?|dip(?:s|ped|ping)?|shr[iau]nk(?:s|en|ing)?|sinks?|sank"
    r"|decreas(?:e|es|ed|ing)",
    "level": r"stay(?:s|ed|ing)?|remain(?:s|ed|ing)?",
    "above": r"above|high(?:er|est)",
    "below": r"below|low(?:er|est)",
}
"""Kind -> the words that tell a direction."""
MORE = r"above|more|over|at least|times|doubles?|larger|greater|higher|further|farther|longer|better|all|most"
LESS = r"below|under|fewer|less|half|halves|third|quarter|fifth|tenth|hundredth|smaller|lower|nearer|shorter|nothing"
SAME = r"within|between|keeps?|same|equals?|constant|changes?|no|not|nothing"
IMPLIED = {"up": MORE, "down": LESS, "level": SAME, "above": MORE, "below": LESS}
"""Kind -> the words of a claim that assert it too, where no verb says up or down: "at the end less than half"."""
ASKED = {"up": "rising", "down": "falling", "level": "± to around within", "above": "> ≥", "below": "< ≤"}
"""Kind -> what is asked of a number where the claim asserts it, whatever its words."""
SAYS = {kind: re.compile(rf"\b(?:{words})\b", re.I) for kind, words in WORDS.items()}
NO_OUTCOME = re.compile(  # a place in the picture, or what is turned by hand: "as epsilon falls"
    r"\bfrom (?:above|below)\b|\bone (?:above|below) the other\b|^\W*(?:above|below)\b"
    r"|\b(?:above|below)(?=\W*$|[,:)]| (?:each|every|them|and|the (?:plot|row|picture|image|panel|face|digit)s?)\b)"
    r"|\b(?:upper|lower) (?:row|half|panel|plot)s?\b|\b(?:row|panel|plot|image|picture|face|digit)s? (?:above|below)\b"
    rf"|\b(?:as|where) (?:the )?\w+ (?:{WORDS['up']}|{WORDS['down']})\b",
    re.I,
)
NOTE = re.compile(r"^✓✓? (.*?)  \[(.*)\]$")
COMMON = set(
    "about after also away been both ends even each from have here into left less line lines many mean more most much "
    "near only other over panel panels right round rounds same seed seeds some than that their them then there these "
    "they this three those throughout time towards under until where which while with zero curve curves five first "
    "last value values half step steps number numbers between against hundred thousand start starts".split()
)


def promises(text):
    """(direction word, its kind, its sentence, the clause of its subject) of each outcome that a text tells."""
    for sentence in re.findall(r"(?:[^.;?]|[.](?!\s|$))+[.;?]?", text):
        told = NO_OUTCOME.sub(lambda found: "-" * len(found[0]), sentence.rstrip(".;"))
        for kind, says in SAYS.items():
            for word in says.finditer("" if sentence.endswith("?") else told):
                yield word[0], kind, sentence, _clause(sentence, word.start())


def _clause(sentence, at):
    """From comma to comma around a place, and back as far as it takes until its subject is named."""
    before, after = sentence[:at].split(","), sentence[at:].split(",")[0]
    while len(before) > 1 and not stems(before[-1]):
        before[-2:] = [before[-2] + before[-1]]
    return before[-1] + after


def stems(text):
    """The words of a text that can name a subject, without their endings; symbols too."""
    words = [word for word in re.findall(r"[^\W\d_]{4,}|\b[A-Z][A-Z\d]*\b", text) if word.lower() not in COMMON]
    named = [word for word in words if not word.endswith("ly") and not any(s.fullmatch(word) for s in SAYS.values())]
    return {re.sub(r"(?:es|(?<!s)s|e)$", "", word.lower())[:5] for word in named}


def asserts(line, kind, sentence, clause):
    """Whether a printed claim asserts what a clause says with a word of this kind."""
    found = NOTE.match(line)
    if not found or (not stems(found[1]) & stems(clause) and len(stems(found[1]) & stems(sentence)) < 2):
        return False
    asked = set(re.split(r"[\s,;]+", found[2].partition("asked ")[2]))
    parts = [part for part in found[1].split("; ") if stems(part) & stems(sentence)]
    return any(_says(part, kind) for part in parts) or bool(asked & set(ASKED[kind].split()))


def _says(part, kind):
    """Whether a clause of a claim has a word for it; "falls by more than half" is no more."""
    if SAYS[kind].search(part):
        return True
    moves = SAYS["up"].search(part) or SAYS["down"].search(part)
    return not moves and bool(re.search(rf"\b(?:{IMPLIED[kind]})\b", part, re.I))


def told(chapter):
    """(cell, text) of each alt text and caption of the notebook."""
    for k, cell in chapter.code():
        yield k, str(cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", ""))
        for _, node in chapter.calls(k):
            yield from ((k, _text(given.value)) for given in node.keywords if given.arg in ("alt", "caption"))


def _text(node):
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else " " for part in parts)


def sections(chapter):
    """Cell -> the cells from heading to heading around it, where its claims must stand.

    The opening belongs to The question, and what The derivation draws may be claimed in The check.
    """
    here, part, places = 0, "", []
    for cell in chapter.cells:
        if cell["cell_type"] == "markdown":
            for mark, words in re.findall(r"^(##+) (.*)$", chapters.source(cell), re.M):
                here, part = here + 1, words if mark == "##" else part
        places.append((here, part))
    question = max((here for here, part in places if part.startswith("The question")), default=0)
    for here, part in places:
        also = "The check" if part.startswith("The derivation") else "nowhere else"
        yield {
            m
            for m, (other, its) in enumerate(places)
            if other == here or max(here, other) <= question or its.startswith(also)
        }


def directions_are_claimed(chapter):
    places, found = list(sections(chapter)), []
    lines = {k: [line for text in texts(cell) for line in text.splitlines()] for k, cell in chapter.code()}
    for k, text in told(chapter):
        claims = [line for m in places[k] for line in lines.get(m, ()) if line.startswith("✓")]
        for word, kind, sentence, clause in promises(text):
            if not any(asserts(line, kind, sentence, clause) for line in claims):
                found.append(
                    f"cell {k} says {word!r} in {' '.join(clause.split())[:80]!r}, and no claim of its section asserts "
                    "it; claim it there, in the same words, or say what is to be seen without it"
                )
    return found


CHECKS = (directions_are_claimed,)

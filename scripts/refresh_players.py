"""Bring the films and panels in committed outputs to the present form of the player, without running a cell.

    python scripts/refresh_players.py      # all notebooks; what is up to date stays as it is, byte for byte

Pictures, titles and numbers stay. For a change of ganbook/player/{element.py, player.css, player.js} alone, where
running every notebook again would change nothing but this.
"""

import hashlib
import json
import re

import chapters

from ganbook.player import element

PLAYER = re.compile(
    r'(<div class="gbp [^>]*data-gbp=")(?P<name>gbp-\w+)("[^>]*>)<style>.*?</style>'
    r'(<div class="gbp-stage">)(?P<stage>.*?</figure>)</div>(?P<controls><div class="gbp-(?:bar|panel).*?)'
    r'<script type="application/json">(?P<data>.*?)</script><script>.*?</script></div>',
    re.S,
)

ORDER = "frames sizes texts titles alts notes start fps loop".split()
"""What `element` writes beside the pictures, in its order; what an older form did not have is empty."""


def refreshed(player):
    """One player, of a match of PLAYER, as `element` makes it now."""
    stage = element._ascii(player["stage"])
    told = json.loads(player["data"])
    told = {name: told.get(name, []) for name in ORDER}
    data = json.dumps(told, separators=(",", ":")).replace("<", "\\u003c")
    name = "gbp-" + hashlib.sha256((stage + data).encode()).hexdigest()[:10]
    controls = element._ascii(player["controls"].replace(player["name"], name))
    controls = re.sub(r'^(<div class="gbp-(?:bar|panel)[^">]*")>', r"\1 hidden>", controls)
    return (
        f"{player[1]}{name}{player[3]}<style>{element.asset('player.css')}</style>{player[4]}{stage}</div>{controls}"
        f'<script type="application/json">{data}</script><script>{element.asset("player.js")}</script></div>'
    )


def main():
    for path in sorted((chapters.ROOT / "notebooks").glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        book = json.loads(text)
        changed = 0
        for output in [output for cell in book["cells"] for output in cell.get("outputs", ())]:
            lines = output.get("data", {}).get("text/html")
            if lines is None:
                continue
            html = lines if isinstance(lines, str) else "".join(lines)
            new = PLAYER.sub(refreshed, html)
            if new != html:
                changed += 1
                output["data"]["text/html"] = new if isinstance(lines, str) else new.splitlines(keepends=True)
        if changed:
            path.write_text(json.dumps(book, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(f"{path.name}: {changed}")


if __name__ == "__main__":
    main()

"""Play each preset of the live game, as a browser would: `python scripts/make_live_stills.py` writes stills.json.

A still is what a page shows where no script runs. tests/test_live.py plays one again. The mount point of the front page
is written too: that page is no notebook.
"""

import json

from py_mini_racer import mini_racer

from ganbook.player.live import PRESETS, bundle, game

TARGET = bundle.HERE / "stills.json"
COVER = bundle.HERE.parents[2] / "book" / "cover" / "game.html"
ROUND = 600
POINTS = {1: 110, 2: 50}  # of each kind, by the number of games
SIDE = 320
PLAY = """(E, { situation, side, count }) => {
  const views = E.makeTable().start(situation), [view] = views;
  const place = (v, k) => Math.round(side * (k % 2 ? 1 - v / view.half : 1 + v / view.half) / 2);
  const inside = (values) => { // in reading order of the plane, so that a path's steps are short
    const points = [];
    for (let k = 0; k < 2 * count; k += 2) {
      const point = [place(values[k], 0), place(values[k + 1], 1)];
      if (point.every((v) => v > 3 && v < side - 3)) points.push(point);
    }
    return points.sort((a, b) => Math.floor(a[1] / 20) - Math.floor(b[1] / 20) || a[0] - b[0]).flat();
  };
  return { round: view.round, sides: views.map(({ real, fakes }) => ({ real: inside(real), fakes: inside(fakes) })) };
}"""


def still(preset):
    """The plane of a preset after ROUND rounds, in pixels."""
    known = json.loads((bundle.HERE / "settings.json").read_text(encoding="utf-8"))
    settings, sides = {name: each["default"] for name, each in known.items()}, []
    for changes in PRESETS[preset]:
        settings = settings | changes
        sides.append(settings)
    situation = {"settings": sides, "round": ROUND}
    asked = json.dumps({"situation": situation, "side": SIDE, "count": POINTS[len(sides)]})
    with mini_racer() as context:
        text = context.eval(f"JSON.stringify(({PLAY})(({bundle.engine()})(), {asked}))", timeout_sec=300)
    return json.loads(text)


def main():
    rows = ",\n".join(f" {json.dumps(name)}: {json.dumps(still(name), separators=(',', ':'))}" for name in PRESETS)
    TARGET.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")
    COVER.write_text(game("ring")._repr_html_() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

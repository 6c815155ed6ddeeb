"""Draw the stills of the generator in the hand, with its own engine: `python scripts/make_hand_stills.py`.

A still is what a page shows where no script runs. The mount point of the front page is written too.
"""

import base64
import io
import json

import numpy as np
from PIL import Image
from py_mini_racer import mini_racer

from ganbook.player.hand import bundle, hand, pack
from ganbook.player.hand.mount import NAMES

TARGET = bundle.HERE / "stills.json"
COVER = bundle.HERE.parents[2] / "book" / "cover" / "hand.html"
DRAW = """({ names, ...made }) => {
  const E = engine(), row = (kind, key) => ({ [key]: kind.from(made[key]) });
  const { G } = E.unpack({ ...made, ...row(Float32Array, "numbers"), ...row(Int8Array, "integers") });
  return names.map((name) => [...E.run(G, E.latent(name, G[0].in)).out]);
}"""


CUT = """({ measured, ...made }) => {
  const E = engine(), row = (kind, key) => ({ [key]: kind.from(made[key]) }), { taus, classes, rows } = measured;
  const { G } = E.unpack({ ...made, ...row(Float32Array, "numbers"), ...row(Int8Array, "integers") });
  const places = E.makeRandom(1).uniforms(measured.z).map((u) => 2 * u - 1);
  return [taus.length - 1, 1].flatMap((k) => classes.map((_, y) => {
    const steps = E.painted(G, E.truncated(taus[k], [...places]), y, Float32Array.from(rows[k + 1]));
    let step;
    do step = steps.next(); while (!step.done);
    return [...step.value];
  }));
}"""


def pictures(network):
    """Eight pictures, an array of (8, side, side, channels) from -1 to 1.

    Those of NAMES; or one z as each kind, at the largest threshold and then at the second smallest.
    """
    asked = {key: list(value) if key != "forms" else value for key, value in pack.packed(network).items()}
    draw = CUT if network == "kinds" else DRAW
    if network == "kinds":
        told = json.loads(pack.MEASURED.read_text(encoding="utf-8"))[network]
        rows = np.frombuffer(base64.b64decode(told["statistics"]), "<f4").reshape(len(told["taus"]) + 1, -1)
        asked["measured"] = told | {"rows": rows.tolist()}
    with mini_racer() as context:
        text = context.eval(
            f"{bundle.engine(network)};JSON.stringify(({draw})({json.dumps(asked | {'names': NAMES})}))"
        )
    found, channels = np.array(json.loads(text)), 1 if network == "digits" else 3
    side = int((found.shape[1] / channels) ** 0.5)
    return found.reshape(len(found), channels, side, side).transpose(0, 2, 3, 1)


def still(network):
    """Two rows of four pictures as the data address of a PNG, the faces in 128 colours."""
    each = np.uint8(np.rint((pictures(network) + 1) * 127.5))
    sheet = np.concatenate([np.concatenate(list(row), 1) for row in (each[:4], each[4:])])
    grey = sheet.shape[2] == 1
    picture = Image.fromarray(sheet[..., 0]) if grey else Image.fromarray(sheet).quantize(128, dither=Image.Dither.NONE)
    with io.BytesIO() as file:
        picture.save(file, "PNG", optimize=True)
        return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def main():
    TARGET.write_text(json.dumps({name: still(name) for name in pack.NETWORKS}, indent=1) + "\n", encoding="utf-8")
    COVER.write_text(hand("faces")._repr_html_() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

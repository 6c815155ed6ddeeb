"""The zoo's networks as a browser takes them: int8 weights, one scale an output channel, in a script that assigns text.

Needs only Python, since the book is built without torch: book/ext loads this file by its path. A layer is

    out = act(scale * (integers * x) + shift),

and batch norm in evaluation mode is no layer: it makes scale g of the scale before it, and (shift - mean) g + beta of
the shift, with g = gamma / sqrt(variance + 1e-5). The few weights of G's last layer stay as they are: in 8 bits they
alone would be three quarters of all that the faces lose. A norm that is told a class has a scale of its own for each z:
its two matrices are layers, and what it has measured travels apart.
"""

from __future__ import annotations

import base64
import itertools
import json
import math
import pathlib
import struct
from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

ZOO = pathlib.Path(__file__).resolve().parents[2] / "zoo" / "weights"
NETWORKS = {"faces": "dcgan-faces", "digits": "dcgan-digits", "kinds": "biggan-faces"}
"""What a reader may take in the hand, and its name in the zoo."""

MEASURED = pathlib.Path(__file__).resolve().parent / "measured.json"
"""What scripts/measure_hand.py has found: the direction of glasses, how near a descent in z comes, and for truncated z
what the norms of the kinds divide by, with precision and recall."""

EPS = 1e-5  # of torch's batch norm


class Tensor(NamedTuple):
    """Numbers in torch's order, and their shape."""

    shape: tuple[int, ...]
    values: Sequence[float]


def read(path: pathlib.Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file of 16-bit floats."""
    body = path.read_bytes()
    (length,) = struct.unpack_from("<Q", body)
    found = {}
    for key, said in json.loads(body[8 : 8 + length]).items():
        if said["dtype"] != "F16":
            raise ValueError(f"the weights {path.name} must be of 16-bit floats, got {said['dtype']} for {key}")
        begin, end = said["data_offsets"]
        values = struct.unpack_from(f"<{(end - begin) // 2}e", body, 8 + length + begin)
        found[key] = Tensor(tuple(said["shape"]), values)
    return found


def rounded(weight: Tensor, axis: int = 0) -> tuple[array, list[float]]:
    """Integers from -127 to 127 in the order of the weights, and the scale of each channel: its largest weight / 127.

    >>> integers, scales = rounded(Tensor((2, 2), (1.27, -0.5, 0.0, 2.54)))
    >>> list(integers), [round(s, 9) for s in scales]
    ([127, -50, 0, 127], [0.01, 0.02])
    """
    values, inner, channels = weight.values, math.prod(weight.shape[axis + 1 :]), range(weight.shape[axis])
    rows = [values[k : k + inner] for k in range(0, len(values), inner)]  # of one channel each, in turns
    largest = [0.0] * len(channels)
    for channel, row in zip(itertools.cycle(channels), rows, strict=False):
        largest[channel] = max(largest[channel], max(row), -min(row))
    # As 32-bit floats, which is what the browser gets; a channel of zeros has any scale.
    scales = array("f", [top / 127 or 1.0 for top in largest]).tolist()
    turns = zip(itertools.cycle(scales), rows, strict=False)
    return array("b", [round(value / scale) for scale, row in turns for value in row]), scales


class Layer(NamedTuple):
    """What a layer is, for the script; its integers; scale and shift of each output channel, and weights kept whole."""

    form: dict[str, Any]
    integers: Sequence[int]
    scales: list[float]
    shifts: list[float]
    whole: Sequence[float] = ()


def network(tensors: dict[str, Tensor], letter: str) -> list[Layer]:
    """The layers of a DCGAN's G or D, read off the shapes: linear, then 4x4 with stride 2; D's last covers its map."""
    own = {key[2:]: tensor for key, tensor in tensors.items() if key.startswith(f"{letter}/")}
    places = sorted({int(key.split(".")[0]) for key in own})
    weighty = [k for k in places if f"{k}.running_mean" not in own]
    return [_layer(own, k, letter, first=k == weighty[0], last=k == weighty[-1]) for k in weighty]


def _layer(own: dict[str, Tensor], place: int, letter: str, *, first: bool, last: bool) -> Layer:
    weight = own[f"{place}.weight"]
    up = letter == "G" and len(weight.shape) == 4
    integers, scales = rounded(weight, axis=1 if up else 0)
    shifts = list(own[f"{place}.bias"].values) if f"{place}.bias" in own else [0.0] * len(scales)
    if f"{place + 1}.running_mean" in own:
        gamma, beta, mean, variance = (
            own[f"{place + 1}.{key}"].values for key in ("weight", "bias", "running_mean", "running_var")
        )
        gains = [g / math.sqrt(v + EPS) for g, v in zip(gamma, variance, strict=True)]
        scales = [scale * gain for scale, gain in zip(scales, gains, strict=True)]
        shifts = [(s - m) * gain + b for s, m, gain, b in zip(shifts, mean, gains, beta, strict=True)]
    inside, outside = weight.shape[:2] if up else weight.shape[1::-1]
    form = {"kind": "linear" if first and letter == "G" else "up" if up else "down", "in": inside, "out": outside}
    if len(weight.shape) == 4:
        form |= {"kernel": weight.shape[2], "stride": 2, "pad": 1} if up or not last else {"kernel": weight.shape[2]}
    form["then"] = {"G": "tanh" if last else "relu", "D": "none" if last else "leaky"}[letter]
    if up and last:
        return Layer(form | {"whole": 1}, (), [1.0] * len(scales), shifts, weight.values)
    return Layer(form, integers, scales, shifts)


BLOCK = ("first.gain", "first.shift", "widen", "second.gain", "second.shift", "again", "beside")
"""The layers of a residual block, as residual.js takes them."""


def residual(tensors: dict[str, Tensor]) -> list[Layer]:
    """The layers of a G that is told a class: embedding, first layer, blocks, the last norm's own part, last layer."""
    own = {key[2:]: tensor for key, tensor in tensors.items() if key.startswith("G/")}
    blocks = sorted({key.split(".")[1] for key in own if key.startswith("blocks.")})
    parts = [f"blocks.{k}.{part}" for k in blocks for part in BLOCK]
    places = ["embed", "start.0", *parts, "end.0", "end.2"]
    return [_told(own, place, whole=place.startswith(("embed", "end"))) for place in places]


def _told(own: dict[str, Tensor], place: str, *, whole: bool) -> Layer:
    weight = own[f"{place}.weight"]
    outside, inside, *kernel = (*weight.shape, 1)[: max(2, len(weight.shape))]
    shifts = list(own[f"{place}.bias"].values) if f"{place}.bias" in own else [0.0] * outside
    form = {"kind": "down" if kernel else "linear", "in": inside, "out": outside}
    if kernel:
        form |= {"kernel": kernel[0], "pad": kernel[0] // 2}
    if whole:
        return Layer(form | {"whole": 1}, (), [1.0] * outside, shifts, weight.values)
    return Layer(form, *rounded(weight), shifts)


def packed(name: str) -> dict[str, Any]:
    """The players: their layers in order; scales, shifts and what is whole in one row, all integers in another."""
    tensors = read(ZOO / f"{NETWORKS[name]}.safetensors")
    told = "G/embed.weight" in tensors  # and then G alone travels
    players = {"G": residual(tensors)} if told else {letter: network(tensors, letter) for letter in "GD"}
    layers = list(itertools.chain.from_iterable(players.values()))
    return {
        "forms": {letter: [layer.form for layer in made] for letter, made in players.items()},
        "numbers": array("f", itertools.chain.from_iterable((*e.scales, *e.shifts, *e.whole) for e in layers)),
        "integers": array("b", itertools.chain.from_iterable(e.integers for e in layers)),
    }


def script(name: str) -> str:
    """What a page loads when its reader asks for it: `fetch` may not read a file beside a page, a script may."""
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))[name]
    said = dict(_texts(packed(name))) | {"measured": measured}
    return f"(globalThis.ganbookHand??={{}}).{name}={json.dumps(said, separators=(',', ':'))};\n"


def _texts(made: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in made.items():
        if isinstance(value, array):
            body = struct.pack(
                f"<{len(value)}{value.typecode}", *value
            )  # the browser's order of bytes on every machine
            value = base64.b64encode(body).decode("ascii")
        yield key, value

"""The overlap map of chapter 5, in JavaScript, against a transposed convolution of ones by torch."""

import itertools
import json
import pathlib

import pytest
import torch
from py_mini_racer import mini_racer
from torch.nn.functional import conv_transpose2d

import ganbook

TEXT = (pathlib.Path(ganbook.__file__).parent / "player" / "drag" / "overlap.js").read_text(encoding="utf-8")
INPUTS = 7
CASES = [
    {"kernel": kernel, "stride": stride, "padding": padding}
    for kernel, stride, padding in itertools.product(range(1, 8), range(1, 5), range(4))
    if padding < kernel
]


def computed(cases=CASES, text=TEXT):
    code = """(L, n, cases) => cases.map((each) => { const found = L.overlap(n, each);
      return { ...found, size: L.outputs(n, each), reaching: found.counts.map((_, m) => L.reaching(m, n, each)) }; })"""
    with mini_racer() as context:
        context.eval(f"var L = (() => {{ {text} return {{ overlap, outputs, reaching }}; }})()")
        return json.loads(context.eval(f"JSON.stringify(({code})(L, {INPUTS}, {json.dumps(cases)}))"))


def painted(n, kernel, stride, padding):
    """The map itself: ones painted with ones."""
    ones, weight = (torch.ones(1, 1, size, size, dtype=torch.float64) for size in (n, kernel))
    return conv_transpose2d(ones, weight, stride=stride, padding=padding)[0, 0]


def inner_values(kernel, stride, padding):
    """c(m) of chapter 5's theorem, squared out: what an endless input would give."""
    along = {sum(j % stride == m % stride for j in range(kernel)) for m in range(stride)}
    return sorted({a * b for a in along for b in along})


def faults(text=TEXT):
    """Settings at which the page's map is not torch's, or what it says of it is not the theorem's."""
    wrong = []
    for case, found in zip(CASES, computed(text=text), strict=True):
        wanted, along = painted(INPUTS, **case), torch.tensor(found["counts"], dtype=torch.float64)
        true = (
            len(along) == len(wanted) == found["size"]
            and torch.equal(torch.outer(along, along), wanted)
            and found["most"] == wanted.max()
            and found["values"] == inner_values(**case)
            and found["even"] == (case["kernel"] % case["stride"] == 0)
        )
        if not true:
            wrong.append(case)
    return wrong


def test_the_map_is_torch_s_and_its_inner_values_are_the_theorem_s():
    assert len(CASES) == 88 and faults() == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("j < kernel", "j <= kernel"),
        ("m + padding -", "m - padding -"),
        ("- 2 * padding", "- padding"),
        ("kernel - stride - padding", "kernel - stride - padding - 1"),  # the border, taken for the middle
        ("stride * n - padding", "stride * n - padding + 1"),
        ("values.length === 1", "values.length < 3"),
    ],
)
def test_a_planted_defect_is_seen(right, wrong):
    assert TEXT.count(right) == 1
    assert faults(TEXT.replace(right, wrong))


@pytest.mark.parametrize("case", [{"kernel": 5, "stride": 2, "padding": 2}, {"kernel": 2, "stride": 4, "padding": 0}])
def test_which_entry_of_which_input_lands_where(case):
    """Painted by one input at a time, with entries 1, 2, ... as weights."""
    (found,) = computed([case])
    weight = torch.arange(1.0, case["kernel"] + 1)[None, None, None].expand(1, 1, 1, -1)
    for i in range(INPUTS):
        one = torch.zeros(1, 1, 1, INPUTS)
        one[..., i] = 1
        got = conv_transpose2d(one, weight, stride=(1, case["stride"]), padding=(0, case["padding"]))[0, 0, 0]
        mine = [dict(pairs).get(i, -1) + 1 for pairs in found["reaching"]]
        assert mine == got.tolist()


def test_a_stride_above_the_kernel_leaves_holes_and_no_nan():
    (found,) = computed([{"kernel": 2, "stride": 4, "padding": 0}])
    assert found["values"] == [0, 1] and not found["even"] and set(found["counts"]) == {0, 1}
    assert found["counts"][:5] == [1, 1, 0, 0, 1]

"""The overlap map of chapter 5, in JavaScript, against a transposed convolution of ones by torch."""

import itertools
import json

import pytest
import torch
from py_mini_racer import mini_racer
from torch.nn.functional import conv_transpose2d

from ganbook import explore
from ganbook.player.drag import bundle
from ganbook.player.drag.overlap import INPUTS, counts

GROUND, TEXT = ((bundle.HERE / name).read_text(encoding="utf-8") for name in ("drag.js", "overlap.js"))
CASES = [
    {"kernel": kernel, "stride": stride, "padding": padding}
    for kernel, stride, padding in itertools.product(range(1, 7), range(1, 5), range(3))
]


def computed(cases=CASES, text=TEXT):
    code = """(L, cases) => cases.map((each) => { const found = L.overlap(each);
      return { ...found, size: L.outputs(each), reaching: found.counts.map((_, m) => L.reaching(each, m)) }; })"""
    with mini_racer() as context:
        context.eval(f"var L = (() => {{ {GROUND} {text} return {{ overlap, outputs, reaching }}; }})()")
        return json.loads(context.eval(f"JSON.stringify(({code})(L, {json.dumps(cases)}))"))


def inner_values(kernel, stride, padding):
    """c(m) of chapter 5's theorem, squared out: what an endless input would give."""
    along = {sum(j % stride == m % stride for j in range(kernel)) for m in range(stride)}
    return sorted({a * b for a in along for b in along})


def faults(text=TEXT):
    """Settings at which the page's map is not torch's, or what it says of it is not the theorem's."""
    wrong = []
    for case, found in zip(CASES, computed(text=text), strict=True):
        wanted, along = counts(**case), torch.tensor(found["counts"], dtype=torch.float64)
        same = len(along) == len(wanted) == found["size"] and torch.equal(torch.outer(along, along), wanted)
        if not (same and found["values"] == inner_values(**case)):
            wrong.append(case)
    return wrong


def test_the_map_is_torch_s_and_its_inner_values_are_the_theorem_s():
    assert len(CASES) == 72 and faults() == []
    even = [case for case in CASES if len(inner_values(**case)) == 1]
    assert even == [case for case in CASES if case["kernel"] % case["stride"] == 0]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("stride * i < kernel", "stride * i <= kernel"),
        ("m + padding - stride * i >= 0", "m - stride * i >= 0"),
        ("- 2 * padding", "- padding"),
        ("kernel - stride - padding", "kernel - stride - padding - 1"),  # the border, taken for the middle
        ("stride * INPUTS - padding", "stride * INPUTS - padding + 1"),
        ("a * b)))]", "a + b)))]"),
    ],
)
def test_a_planted_defect_is_seen(right, wrong):
    assert TEXT.count(right) == 1
    assert faults(TEXT.replace(right, wrong))


@pytest.mark.parametrize("case", [{"kernel": 5, "stride": 2, "padding": 2}, {"kernel": 2, "stride": 4, "padding": 0}])
def test_which_inputs_reach_an_output(case):
    """Painted by one input at a time."""
    (found,) = computed([case])
    weight = torch.ones(1, 1, 1, case["kernel"])
    for i in range(INPUTS):
        one = torch.zeros(1, 1, 1, INPUTS)
        one[..., i] = 1
        got = conv_transpose2d(one, weight, stride=(1, case["stride"]), padding=(0, case["padding"]))[0, 0, 0]
        assert [i in reaching for reaching in found["reaching"]] == (got > 0).tolist()


def test_a_stride_above_the_kernel_leaves_holes_and_no_nan():
    (found,) = computed([{"kernel": 2, "stride": 4, "padding": 0}])
    assert found["values"] == [0, 1] and found["counts"][:5] == [1, 1, 0, 0, 1]


def test_the_chapter_s_two_kernels():
    five, four = computed([{"kernel": 5, "stride": 2, "padding": 0}, {"kernel": 4, "stride": 2, "padding": 1}])
    assert five["values"] == [4, 6, 9] and four["values"] == [4] and four["size"] == 2 * INPUTS


def test_a_still_is_small_and_shows_the_map_or_its_corner():
    """Every setting: under 5,000 bytes, a cell for each output that gets something, at most 16 by 16 of them."""
    for case in CASES:
        output, shown = explore.overlap(**case)._repr_html_(), counts(**case)[:16, :16]
        assert len(output.encode()) < 5_000 and "nan" not in output.lower()
        assert output.count("h" + str(300 // len(shown))) >= int((shown > 0).sum()), case
        assert ("The first 16 by 16" in output) == (len(counts(**case)) > 16)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"kernel": 0}, "kernel must be a whole number in 1..6, got 0"),
        ({"stride": 5}, "stride must be a whole number in 1..4, got 5"),
        ({"padding": 3}, "padding must be a whole number in 0..2, got 3"),
    ],
)
def test_what_cannot_be_shown_is_refused(asked, says):
    with pytest.raises(ValueError, match=says):
        explore.overlap(**asked)

"""The drawings: their numbers are the library's, their relations hold, their bytes are the same each time."""

import hashlib
import itertools
import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
import torch
from scipy import integrate, optimize, stats
from torch.nn.functional import softplus

from ganbook import draw, models
from ganbook.divergences import fdiv, transport
from ganbook.draw import (
    blocks,
    conditional,
    cycle,
    flat,
    generation,
    growing,
    hulls,
    integrands,
    markup,
    overlap,
    pairs,
    scores,
    simplex,
    slack,
    story,
    strokes,
    tangents,
    turning,
)
from ganbook.losses import FGAN, Hinge, LeastSquares, Minimax, NonSaturating, Realness, RelativisticPairing, Wasserstein


def html(make):
    return make()._repr_html_()


def read(make):
    """All words of a drawing, panel by panel, without indices' marks."""
    inside = re.sub(r"<style>.*?</style>", "", html(make), flags=re.S)
    return ["".join(text.itertext()) for text in ElementTree.fromstring(inside).iter("text")]


@pytest.mark.parametrize("make", draw.DRAWINGS, ids=lambda make: make.__name__)
def test_a_drawing_is_small_whole_named_and_the_same_each_time(make):
    state = torch.get_rng_state()
    text = html(make)
    assert torch.equal(torch.get_rng_state(), state), "a drawing draws nothing from torch's randomness"
    assert text == html(make) and len(text.encode()) < 9_000
    assert "nan" not in re.findall(r"[\w.]+", text) and "inf" not in re.findall(r"[\w.]+", text)
    figure = ElementTree.fromstring(text)
    assert figure.get("class") == "ganbook-drawing"
    drawing = make()
    for svg, one in zip(figure.iter("svg"), drawing.panels, strict=True):
        names = {part.get("id"): part.text for part in svg if part.tag in ("title", "desc")}
        assert svg.get("role") == "img" and svg.get("aria-labelledby").split() == list(names)
        assert list(names.values()) == [markup.plain(one.title), one.alt] and len(one.alt) > 60
    assert repr(drawing).count("\n") == len(drawing.panels) - 1
    assert all(one.alt in repr(drawing) for one in drawing.panels)
    assert f"{make.__name__}" in draw.__all__


def test_another_process_draws_the_same_bytes():
    code = (
        "import hashlib; from ganbook import draw\n"
        "for make in draw.DRAWINGS: print(hashlib.sha256(make()._repr_html_().encode()).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert there == [hashlib.sha256(html(make).encode()).hexdigest() for make in draw.DRAWINGS]


def test_refusals():
    with pytest.raises(ValueError, match="color must be one of ink, soft"):
        draw.Panel("a", "b", 10).dot(1, 1, color="red")
    with pytest.raises(ValueError, match="alt must say something"):
        draw.Panel("a", " ", 10)
    with pytest.raises(ValueError, match="panels must hold"):
        draw.Drawing()


def test_words_come_back_to_the_line():
    """After an index or exponent the next letters stand on the line again, whatever their size."""
    for line in ("*p*_{data}(*x*)", "a^2_3 b", "*D*^{*}(*x*)", "*A*_0 − *A*_1"):
        offset = 0.0
        parts = re.findall(r"<tspan([^>]*)>([^<]*)</tspan>|([^<]+)", markup.words(line))
        for attributes, _, plain in parts:
            size = markup.INDEX if "font-size" in attributes else 1.0
            moved = re.search(r'dy="([-.\d]+)em"', attributes)
            offset += float(moved[1]) * size if moved else 0.0
            if size == 1.0 and (plain or attributes):
                assert abs(offset) < 0.011, line


def test_a_graph_follows_its_function():
    axes = draw.Panel("a", "b", 100).axes((-3, 3), (0, 1), (0, 0, 300, 100))
    axes.graph(lambda x: torch.exp(-(x**2) / 2), pieces=12)
    d = re.search(r'd="(M[^"]*c[^"]*)"', axes.panel.svg())[1]
    numbers = [float(x) for x in re.findall(r"-?\d*\.?\d+", d)]
    at, last, worst = numbers[:2], [], 0.0
    control = numbers[2:4]
    for k, piece in enumerate([numbers[4:8], *(numbers[j : j + 4] for j in range(8, len(numbers), 4))]):
        first = control if k == 0 else [last[2] - last[0], last[3] - last[1]]
        for t in (0.25, 0.5, 0.75, 1.0):
            x, y = (
                at[i] + 3 * (1 - t) ** 2 * t * first[i] + 3 * (1 - t) * t**2 * piece[i] + t**3 * piece[2 + i]
                for i in (0, 1)
            )
            worst = max(worst, abs(y - 100 * (1 - math.exp(-(((x - 150) / 50) ** 2) / 2))))
        at, last = [at[0] + piece[2], at[1] + piece[3]], piece
    assert worst < 0.4, "pixels"
    assert at == [300.0, pytest.approx(100 * (1 - math.exp(-4.5)), abs=0.06)]


def test_the_game_shows_the_losses_of_chapter_1():
    first, second = (one.alt for one in draw.the_game().panels)
    assert "−log D(x) − log(1 − D(G(z)))" in first and "detached" in first and "G stands still" in first
    assert "−log D(G(z))" in second and "G moves" in second
    real, fake = torch.tensor([[0.7]]), torch.tensor([[-0.2]])
    D_x, D_y = real.sigmoid(), fake.sigmoid()
    assert NonSaturating().d(real, fake).item() == pytest.approx(float(-D_x.log() - (1 - D_y).log()))
    assert NonSaturating().g(None, fake).item() == pytest.approx(float(-D_y.log()))


def test_the_stages_of_the_story():
    one, two, three, four = story.stages()
    x = torch.linspace(-2, 4, 13, dtype=torch.float64)
    p, q = (torch.from_numpy(stats.norm(m, story.STD).pdf(x.numpy())) for m in (0.0, story.START))
    torch.testing.assert_close(two.D(x), p / (p + q))
    torch.testing.assert_close(torch.logit(one.D(x)), 0.25 * torch.log(p / q))
    torch.testing.assert_close(four.D(x), torch.full_like(x, 0.5))
    torch.testing.assert_close(four.q(x), story.DATA(x))
    torch.testing.assert_close(three.D(x), two.D(x))
    assert one.mean == two.mean == story.START

    def pull(z):  # d/dmean of -log D(mean + STD z): minus (1 - D) times the logit's slope, -START / STD^2
        D = 1 / (1 + math.exp(story.START * (story.START + story.STD * z - story.START / 2) / story.STD**2))
        return stats.norm.pdf(z) * (1 - D) * story.START / story.STD**2

    slope = integrate.quad(pull, -12, 12)[0]
    assert three.mean == pytest.approx(story.START - story.RATE * slope, abs=1e-8)
    assert 0 < three.mean < two.mean


def test_the_blocks_are_the_network():
    G, D = models.dcgan(64, 3)
    shown = read(draw.dcgan_blocks)
    for network, x, total in ((G, torch.zeros(2, 100), 3_583_872), (D, torch.zeros(2, 3, 64, 64), 2_765_568)):
        found = blocks.layers(network, x)
        assert sum(layer.parameters for layer in found) == sum(p.numel() for p in network.parameters()) == total
        assert any(f"{total:,} parameters" in line for line in shown)
        for layer in found:
            assert f"{layer.parameters:,}" in shown
    assert [layer.shape for layer in blocks.layers(G, torch.zeros(2, 100))] == [
        (512, 4, 4), (256, 8, 8), (128, 16, 16), (64, 32, 32), (3, 64, 64)
    ]  # fmt: skip
    assert [layer.parameters for layer in blocks.layers(D, torch.zeros(2, 3, 64, 64))] == [
        3_072, 131_328, 524_800, 2_098_176, 8_192
    ]  # fmt: skip


@pytest.mark.parametrize(("kernel", "padding"), [(4, 1), (5, 2)])
def test_who_paints_where(kernel, padding):
    """Theorem 5.1: input i adds weight j to output 2 i + j - padding; theorem 5.2: how often, away from the border."""
    who = overlap.reach(kernel, 2, padding)
    for i in range(overlap.INPUTS):
        for j in range(kernel):
            m = 2 * i + j - padding
            if 0 <= m < who.shape[1]:
                assert who[i, m] == j + 1
    assert (who > 0).sum() == sum(
        0 <= 2 * i + j - padding < who.shape[1] for i in range(overlap.INPUTS) for j in range(kernel)
    )
    counts = (who > 0).sum(0)
    assert "".join(map(str, counts.tolist())) in read(draw.painting)
    for m in range(2, who.shape[1] - 2):
        assert counts[m] == sum(j % 2 == (m + padding) % 2 for j in range(kernel))


@pytest.mark.parametrize("forward", [True, False])
def test_the_areas_of_the_integrands(forward):
    a, b = (integrands.P, integrands.Q) if forward else (integrands.Q, integrands.P)
    humps = [stats.norm(-2.0, 0.6), stats.norm(2.0, 0.6)]

    def log_p(x):
        return math.log(0.6 * humps[0].pdf(x) + 0.4 * humps[1].pdf(x))

    def log_q(x):
        return stats.norm(-1.6, 1.1).logpdf(x)

    def f(x):
        first, second = (log_p, log_q) if forward else (log_q, log_p)
        return math.exp(first(x)) * (first(x) - second(x))

    parts = integrands.bill(a, b)
    edges = [-8, -4, -2.5, -1.5, 0, 1, 2, 3, 5, 8]
    pieces = [integrate.quad(f, *ends, epsabs=1e-9, limit=200)[0] for ends in zip(edges, edges[1:], strict=False)]
    assert parts.value == pytest.approx(sum(pieces), abs=1e-4)
    assert parts.above - parts.below == pytest.approx(parts.value, abs=1e-4)
    assert parts.missed == pytest.approx(integrate.quad(f, 1, 8, epsabs=1e-9)[0], abs=1e-3)
    shown = " ".join(read(draw.kl_integrands))
    assert f"{parts.above:.3f} − {parts.below:.3f} = {parts.value:.3f} nats" in shown
    assert round(parts.above, 3) - round(parts.below, 3) == pytest.approx(round(parts.value, 3))
    assert f"+{parts.hill:.3f}" in shown
    assert parts.hill > 0.75 * parts.value, "most of the divergence is the one hill"
    assert parts.missed > 1.8 if forward else -0.05 < parts.missed < 0, "and only one direction minds the missed hump"


def test_the_lines_lie_under_f_and_touch_it():
    u = torch.linspace(0.01, 4, 400, dtype=torch.float64)
    for touch, t, star in tangents.lines():
        gap = fdiv.KL.f(u) - (u * t - star)
        assert float(gap.min()) > -1e-12 and abs(float(u[gap.argmin()]) - touch) < 0.011
        assert star == pytest.approx(float((u * t - fdiv.KL.f(u)).max()), abs=1e-4)
        assert star == pytest.approx(math.exp(t - 1))
    assert tangents.loss_of_a_wrong_slope() == pytest.approx(2 * math.log(2) - 1)
    shown = read(draw.conjugate)
    assert "−f*(t) = −2.00" in shown and "0.39: lost with t = 1" in shown


def test_the_prices_prove_the_plan():
    best = slack.solved()
    again = transport.transport(slack.MASS_P, slack.MASS_Q, slack.COST)
    torch.testing.assert_close(best.value, again.value)
    torch.testing.assert_close(best.dual, best.value)
    assert float(best.slack.min()) > -1e-9
    assert bool(((best.slack.abs() < 1e-9) == (best.plan > 1e-9)).all()), "slack exactly where no mass moves"
    assert min(best.u.min(), best.v.min()) > 0, "bars have lengths"
    shown = read(draw.prices)
    assert (
        f"cost of the plan: {float(best.value):.2f}" in shown
        and f"earned by the prices: {float(best.dual):.2f}" in shown
    )
    assert {line for line in shown if line.startswith("slack")} == {"slack 2", "slack 3"}
    assert {f"{mass:g}" for mass in best.plan[best.plan > 1e-9].tolist()} <= set(shown)
    assert not re.search(r"\de-\d", draw.prices()._repr_html_()), "a slack of 0 is said to be 0"


def test_the_pulls_are_those_of_the_theorem():
    a0, a1, p, q = (torch.tensor(x, dtype=torch.float64) for x in (simplex.A0, simplex.A1, simplex.P, simplex.Q))
    for found, wanted in zip(simplex.pulls(), (q - a0, p - a0, a1 - a0), strict=True):
        torch.testing.assert_close(torch.tensor(found, dtype=torch.float64), wanted)
    corner = simplex.place((1.0, 0.0, 0.0))
    moved = simplex.place((0.0, 0.0, 1.0))
    assert simplex.place((-1.0, 0.0, 1.0)) == pytest.approx((moved[0] - corner[0], moved[1] - corner[1]))


def inside(h, cloud):
    """Is h a weighted mean of the cloud? A linear programme."""
    rows = [[point[0] for point in cloud], [point[1] for point in cloud], [1.0] * len(cloud)]
    return optimize.linprog([0.0] * len(cloud), A_eq=rows, b_eq=[*h, 1.0]).success


def test_the_drawn_head_is_right_and_the_forbidden_hull_holds_a_fake():
    heads = {j: [hulls.logit(j, h) for h in cloud] for j, cloud in ((1, hulls.ONE), (2, hulls.TWO))}
    assert min(heads[1] + heads[2]) > 0
    assert max(hulls.logit(j, h) for j in (1, 2) for h in hulls.BETWEEN) < 0
    assert any(inside(h, (hulls.ONE[3], *hulls.TWO)) for h in hulls.BETWEEN)
    assert not any(inside(h, cloud) for h in hulls.BETWEEN for cloud in (hulls.ONE, hulls.TWO))
    assert all(inside(h, hulls.ONE) or inside(h, hulls.TWO) for h in hulls.ON_THE_DATA)


def test_the_relations_of_the_family_tree():
    """Each thick arrow is an identity; each dashed one keeps what it does not name."""
    torch.manual_seed(0)
    real, fake = torch.randn(2, 64, 1, dtype=torch.float64)
    two = [torch.cat([torch.zeros_like(x), x], 1) for x in (real, fake)]
    same = torch.testing.assert_close
    for loss, a, b in ((FGAN(fdiv.GAN), real, fake), (Realness(2, 1, "one-hot"), *two)):
        same(loss.d(a, b), Minimax().d(real, fake))
        same(loss.g(a, b), Minimax().g(None, fake))
    same(NonSaturating().d(real, fake), Minimax().d(real, fake))  # only G's loss changes
    same(NonSaturating().g(None, fake), softplus(-fake).mean())
    same(RelativisticPairing().d(real, fake), Minimax().d(real - fake, fake - real) / 2)  # D of differences
    same(RelativisticPairing().g(real, fake), NonSaturating().g(None, fake - real))
    same(LeastSquares().d(real, fake), ((real - 1) ** 2 + fake**2).mean() / 2)
    same(Hinge().g(None, fake), Wasserstein().g(None, fake))
    small = real.clamp(-1, 1), fake.clamp(-1, 1)
    same(Hinge().d(*small), Wasserstein().d(*small) + 2)  # below the cap, the same slope
    many_real, many_fake = torch.randn(2, 64, 5, dtype=torch.float64)
    for objective in (3, 2):
        loss = Realness(5, objective, "far")
        a0, a1 = torch.tensor(loss.pair, dtype=torch.float64)
        toward = a1 if objective == 3 else many_real.softmax(1)
        score = ((toward - a0) * many_fake).sum(1, keepdim=True)
        shift = loss.g(many_real, many_fake) - Wasserstein().g(None, score)
        other = torch.randn(64, 5, dtype=torch.float64)
        score = ((toward - a0) * other).sum(1, keepdim=True)
        same(loss.g(many_real, other) - Wasserstein().g(None, score), shift)  # equal up to a constant


def test_all_drawings_on_one_page(tmp_path, monkeypatch, capsys):
    from ganbook.draw import __main__ as command

    monkeypatch.chdir(tmp_path)
    command.main(["conjugate"])
    assert "build/drawings.html" in capsys.readouterr().out
    page = (tmp_path / "build" / "drawings.html").read_text(encoding="utf-8")
    assert page.count("<figure") == len(command.PLACES) == 4
    with pytest.raises(SystemExit, match="no drawing 'x'; there are: the_game"):
        command.main(["x"])


def test_a_panel_knows_its_marks():
    one = draw.Panel("a", "b", 50).bracket(0, 10, 20, "here").arrow((0, 0), (10, 0), label="to")
    assert "here" in one.svg() and "to" in one.svg()
    assert strokes.track([(0, 0), (0, 0), (1, 1)]) == "M0 0L1 1"


def test_the_perfect_verdict_is_flat_over_both_sets_and_their_neighbourhoods():
    x = torch.linspace(-2.6, 2.8, 2_001, dtype=torch.float64, requires_grad=True)
    out = flat.verdict(x)
    (slope,) = torch.autograd.grad(out.sum(), x)
    third = (flat.FAKES[0] - flat.DATA[1]) / 3
    near_data, near_fakes = x < flat.DATA[1] + third - 0.01, x > flat.FAKES[0] - third + 0.01
    assert bool((out[near_data] == 1).all()) and bool((out[near_fakes] == 0).all())
    assert float(slope[near_data | near_fakes].abs().max()) == 0
    assert float(slope[~(near_data | near_fakes)].abs().max()) > 1  # planted: the middle is not flat


def test_the_turning_paths_are_those_of_two_lines_of_python():
    theta, psi = turning.START
    for _ in range(turning.ROUNDS):
        s = 1 / (1 + math.exp(-theta * psi))
        theta, psi = theta + turning.STEP * psi * s, psi - turning.STEP * theta * s
    made = turning.paths()
    assert made["at once"][-1].tolist() == pytest.approx([theta, psi], rel=1e-12)
    radius = {name: path.norm(dim=1) for name, path in made.items()}
    assert bool((radius["at once"].diff() > 0).all())
    assert float(radius["in turns"].max()) < 1.2 and float(radius["in turns"].min()) > 0.6
    assert float(radius["R1"][-1]) < 0.05


def test_pairs_of_two_lines_share_nothing_and_pairs_of_one_line_are_two_bells():
    """Theorem 13.2 on a line: by the divergence of two normal distributions, from the mixture's own integral."""
    assert pairs.js_on_a_line(pairs.E, pairs.G) == math.log(2) == pytest.approx(0.6931, abs=1e-4)
    g = 0.5
    p, q = stats.norm(0, 1), stats.norm(0, g)

    def half(x, a, b):
        return a.pdf(x) * math.log(2 * a.pdf(x) / (a.pdf(x) + b.pdf(x)))

    both = [integrate.quad(half, -12, 12, args=ends, epsabs=1e-10)[0] for ends in ((p, q), (q, p))]
    assert pairs.js_on_a_line(1 / g, g) == pytest.approx(sum(both) / 2, abs=1e-6)
    shown = " ".join(read(draw.two_arrows))
    assert f"e g = {pairs.E * pairs.G:.2f}:  JS = 0.693 = log 2" in shown
    first, second = (one.alt for one in draw.two_arrows().panels)
    assert "(x, E(x))" in first and "(G(z), z)" in first and "z = e x" in second and "x = g z" in second


def test_the_best_of_three_promises_what_the_drawing_says():
    """Its density is that of the largest of three, its mean that of an independent integral, and it stands there."""
    x = torch.linspace(-3, 3, 13, dtype=torch.float64)
    slope = (torch.from_numpy(stats.norm.cdf(x + 1e-5) ** 3) - torch.from_numpy(stats.norm.cdf(x - 1e-5) ** 3)) / 2e-5
    torch.testing.assert_close(generation.best_of_three(x), slope, rtol=0, atol=1e-7)
    mean = integrate.quad(lambda t: t * 3 * stats.norm.pdf(t) * stats.norm.cdf(t) ** 2, -9, 9)[0]
    assert abs(generation.promise() - mean) < 1e-8
    assert f"+{mean:.3f} s" in read(draw.one_generation)


def test_a_network_that_grows_mixes_in_the_shares_of_the_drawing():
    """Definition 15.1 on a network of three sizes: the old picture doubled and the new one, in the drawing's shares."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        G, _ = models.growing(16, 3, z=8, width=4, widest=8)
        z = torch.randn(4, 8)
    made = {}
    for name, place in {"old": (1, 1.0), "new": (2, 1.0), "mixed": (2, growing.SHARE), "start": (2, 0.0)}.items():
        G.at(*place)
        made[name] = G(z).detach()
    doubled = made["old"].repeat_interleave(2, 2).repeat_interleave(2, 3)
    torch.testing.assert_close(made["mixed"], growing.SHARE * made["new"] + (1 - growing.SHARE) * doubled)
    torch.testing.assert_close(made["start"], doubled)
    shown = read(draw.fade_in)
    assert shown.count(f"α = {growing.SHARE:g}") == 2 and shown.count(f"{1 - growing.SHARE:g}") == 2
    assert shown.count("16 × 16") == 2 and shown.count("8 × 8") == 1 and made["old"].shape[-1] == 8


def test_the_residual_drawing_counts_what_its_networks_have():
    with torch.random.fork_rng(devices=[]):
        G, D = models.residual(16, 3, width=32)
        block = models.Bottleneck(32)
    x = torch.randn(2, 32, 4, 4, generator=torch.Generator().manual_seed(0))
    assert torch.equal(block(x), x), "0 at first: the block hands on what it is given"
    shown = read(draw.identity_at_first)
    for net, name in ((G, "G"), (D, "D")):
        assert f"{name}: {sum(p.numel() for p in net.parameters()):,} parameters" in shown
    counts = (32 * 64, 64 * 8 * 9, 64 * 32)
    assert [word for word in shown if word in {f"{count:,}" for count in counts}] == [f"{count:,}" for count in counts]
    assert f"weights: {sum(counts):,}; two plain 3 × 3 layers: {2 * 9 * 32 * 32:,}" in shown
    sides = [tuple(G[:k](torch.zeros(1, 64)).shape[1:]) for k in range(1, len(G) + 1)]
    assert {(128, 4, 4), (64, 8, 8), (32, 16, 16)} <= set(sides)


def test_the_mean_pairing_of_eight_points_has_one_right_pair_as_the_drawn_one_has():
    every = list(itertools.permutations(range(cycle.POINTS)))
    right = [sum(k == other for k, other in enumerate(pairing)) for pairing in every]
    assert sum(right) == len(every) == 40_320 and cycle.OTHER in every
    assert cycle.right(cycle.OTHER) == 1 and [cycle.right(one) for one in every[:50]] == right[:50]
    shown = " ".join(read(draw.there_and_back))
    assert "two of 40,320 pairings" in shown and "8 of 8 right" in shown and "1 of 8 right" in shown


def test_two_pairs_with_equal_shadows_are_as_far_apart_as_the_drawing_says():
    """Half the integral of |p - q| over a grid: of the pairs the arcsine's formula, of both marginals 0."""
    grid = torch.linspace(-7, 7, 1401, dtype=torch.float64)
    x, z = torch.meshgrid(grid, grid, indexing="ij")

    def density(r):
        square = (x**2 - 2 * r * x * z + z**2) / (1 - r**2)
        return torch.exp(-square / 2) / (2 * math.pi * math.sqrt(1 - r**2))

    p, q = density(scores.R), density(-scores.R)
    step = float(grid[1] - grid[0])
    assert float((p - q).abs().sum()) * step**2 / 2 == pytest.approx(scores.distance(scores.R), abs=1e-4)
    for side in (0, 1):
        torch.testing.assert_close(p.sum(side) * step, q.sum(side) * step)
        torch.testing.assert_close(p.sum(side) * step, torch.exp(-(grid**2) / 2) / math.sqrt(2 * math.pi))
    a, b = (torch.tensor(scores.ellipse(r), dtype=torch.float64) for r in (scores.R, -scores.R))
    for points, r in ((a, scores.R), (b, -scores.R)):  # all at one Mahalanobis distance, 1.5
        u, v = points.T
        torch.testing.assert_close((u**2 - 2 * r * u * v + v**2) / (1 - r**2), torch.full_like(u, 1.5**2))
    shown = " ".join(read(draw.three_scores))
    assert "TV of pairs: 0.590" in shown and shown.count("TV of x: 0") == shown.count("TV of z: 0") == 1
    assert "moves G" in shown and "moves E" in shown and "moves both" in shown


def test_as_many_pieces_of_z_are_drawn_as_a_generator_for_16_pixels_has_and_the_output_is_their_sum():
    G, D = models.biggan(3, 16, 3, width=4, width_d=4, z=12)
    assert len(G.split) == 1 + conditional.BLOCKS and len(G.blocks) == conditional.BLOCKS
    shown = read(draw.labels_in)
    assert [f"z{k}" for k in range(1 + conditional.BLOCKS)] == sorted(
        word for word in shown if re.fullmatch(r"z\d", word)
    )
    sizes = []
    for block in G.blocks:
        block.register_forward_hook(lambda layer, given, out: sizes.append(f"{out.shape[2]} × {out.shape[3]}"))
    x, y = G(torch.zeros(2, 12), torch.tensor([0, 2])), torch.tensor([0, 2])
    assert sizes == ["8 × 8", "16 × 16"] and all(size in shown for size in sizes) and "4 × 4" in shown
    D.eval()
    phi = D.features(x, y)
    torch.testing.assert_close(D(x, y), D.psi(phi) + (D.embed(y) * phi).sum(1, keepdim=True))
    assert "ψ(φ)" in shown and "⟨e(y), φ⟩" in shown

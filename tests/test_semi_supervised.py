"""K logits and a fake's that is 0: closed forms, K + 1 logits, the optimum, and the games on few labels."""

import pytest
import torch
from torch import nn

from ganbook import data
from ganbook.data import few, from_tensor, together
from ganbook.games import SGAN, ClassifierAlone
from ganbook.losses import AdversarialLoss, NonSaturating, SemiSupervised, SemiSupervisedMatching
from ganbook.models import KeepFeatures, mlp
from ganbook.models.stacked import stack
from ganbook.recipes import Recipe
from ganbook.train import fit, train

CPU = torch.device("cpu")
LOSS = SemiSupervised(3)
Y = torch.tensor([0, 2, 1, 2, 0])
LABELLED = from_tensor(torch.randn(30, 2, generator=torch.Generator().manual_seed(1)), torch.arange(30) % 3)


def outs(n=5, k=3, seed=0, scale=2.0):
    return scale * torch.randn(n, k, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# --- the formulas


def test_the_docstring_literally():
    """With exponentials, as the paper writes it, where nothing can overflow."""
    real, fake = outs(), outs(seed=1)
    Z, Z_fake = real.exp().sum(1), fake.exp().sum(1)
    D, D_fake = Z / (Z + 1), Z_fake / (Z_fake + 1)
    torch.testing.assert_close(LOSS.d(real, fake), -0.5 * (D.log().mean() + (1 - D_fake).log().mean()))
    torch.testing.assert_close(LOSS.g(None, fake), -D_fake.log().mean())
    torch.testing.assert_close(LOSS.score(real), Z.log())
    told = -torch.stack([(real[i].exp() / Z[i]).log()[Y[i]] for i in range(5)]).mean()
    torch.testing.assert_close(LOSS.supervised(real, Y), told)
    torch.testing.assert_close(SemiSupervised(3, weight=0.2).d(real, fake), 0.2 * LOSS.d(real, fake))
    assert LOSS.outputs == 3 and isinstance(LOSS, AdversarialLoss)


def with_one_more(logits, y, real, fake):
    """The paper's own form: K + 1 logits, cross-entropy of K + 1 classes, the last of which is fake."""

    def log_p(out):
        return out - out.exp().sum(1, keepdim=True).log()

    told = -(log_p(logits[:, :-1])[torch.arange(len(y)), y]).mean()  # given that the sample is real
    untold = -(1 - log_p(real)[:, -1].exp()).log().mean() - log_p(fake)[:, -1].mean()
    return told, 0.5 * untold, -(1 - log_p(fake)[:, -1].exp()).log().mean()


@pytest.mark.parametrize("shift", [0.0, 1.7, -3.0])
def test_a_second_implementation_with_k_plus_1_logits(shift):
    """Any number added to all K + 1 logits of a sample changes nothing: so the last may be fixed at 0."""
    labelled, real, fake = outs(), outs(seed=1), outs(seed=2)
    moved = [
        torch.cat([out, torch.zeros(5, 1)], 1) + shift * (1 + torch.arange(5.0)[:, None])
        for out in (labelled, real, fake)
    ]
    told, untold, g = with_one_more(moved[0], Y, moved[1], moved[2])
    torch.testing.assert_close(LOSS.supervised(labelled, Y), told)
    torch.testing.assert_close(LOSS.d(real, fake), untold)
    torch.testing.assert_close(LOSS.g(None, fake), g)
    back = [out[:, :-1] - out[:, -1:] for out in moved]  # differences to the fake's logit
    torch.testing.assert_close(back[0], labelled)


def test_what_each_part_sees():
    """The supervised part sees differences of logits only, the unsupervised only their logsumexp: the decoupling."""
    out, fake, c = outs(), outs(seed=1), outs(5, 1, seed=3)
    torch.testing.assert_close(LOSS.supervised(out + c, Y), LOSS.supervised(out, Y))
    assert not torch.isclose(LOSS.d(out + c, fake), LOSS.d(out, fake))
    log_f = outs(seed=4).log_softmax(1)  # any classifier with the same Z
    other = log_f + LOSS.score(out)[:, None]
    torch.testing.assert_close(LOSS.score(other), LOSS.score(out))
    torch.testing.assert_close(LOSS.d(other, fake), LOSS.d(out, fake))
    assert not torch.isclose(LOSS.supervised(other, Y), LOSS.supervised(out, Y))


def test_with_one_class_left_it_is_the_standard_game():
    """Logits of all but one class at -infinity in all but name: log Z is the logit that is left."""
    real, fake = outs(k=1), outs(k=1, seed=1)

    def pad(out):
        return torch.cat([out, torch.full_like(out, -1e9)], 1)

    two = SemiSupervised(2)
    torch.testing.assert_close(two.d(pad(real), pad(fake)), 0.5 * NonSaturating().d(real, fake))
    torch.testing.assert_close(two.g(None, pad(fake)), NonSaturating().g(None, fake))


@pytest.mark.parametrize("size", [60.0, 500.0, 1e4])
def test_nothing_overflows_and_the_planted_defect_does(size):
    """exp, then sum, as a public implementation has it: infinity over infinity from logits of 89 on, in float32."""
    out = torch.full((4, 3), size, requires_grad=True)
    loss = LOSS.d(out, out) + LOSS.g(None, out) + LOSS.supervised(out, torch.zeros(4, dtype=torch.long))
    (gradient,) = torch.autograd.grad(loss, out)
    assert loss.isfinite() and gradient.isfinite().all()
    Z = out.detach().exp().sum(1)
    assert (Z / (Z + 1)).isnan().any() == (size > 89)


def test_matching_is_the_distance_of_means_and_blind_to_logits():
    loss, real, fake = SemiSupervisedMatching(3, 4), outs(6, 7), outs(6, 7, seed=1)
    expected = sum((real[:, k].mean() - fake[:, k].mean()) ** 2 for k in range(3, 7))
    torch.testing.assert_close(loss.g(real, fake), expected)
    torch.testing.assert_close(loss.g(real, fake + torch.tensor([9.0] * 3 + [0.0] * 4)), expected)
    torch.testing.assert_close(loss.d(real, fake), LOSS.d(real[:, :3], fake[:, :3]))
    torch.testing.assert_close(loss.supervised(real[:5], Y), LOSS.supervised(real[:5, :3], Y))
    assert loss.outputs == 7 and loss.g_sees_real


def test_matching_stands_still_at_a_point_mass_on_the_mean():
    """Features linear in x: a ring and its centre have the same mean, and G has no slope."""
    loss, ring = SemiSupervisedMatching(2, 2), data.ring(device="cpu").means

    def out(x):
        return torch.cat([torch.zeros(len(x), 2), x], 1)

    fake = torch.zeros(8, 2, requires_grad=True)
    (slope,) = torch.autograd.grad(loss.g(out(ring), out(fake)), fake)
    assert slope.abs().max() < 1e-7


# --- the optimum


def test_the_optimum_on_atoms():
    """Counts n_xj of labelled atoms, m_x of fakes, as many in all: l_j(x) = log(n_xj / m_x), at both parts at once."""
    n, m, loss = torch.tensor([[3, 1], [2, 2], [1, 7]]), torch.tensor([8, 6, 2]), SemiSupervised(2)
    atoms, y = [
        torch.tensor(values)
        for values in zip(*[(x, j) for x in range(3) for j in range(2) for _ in range(n[x, j])], strict=True)
    ]
    fakes = torch.arange(3).repeat_interleave(m)
    logits = torch.zeros(3, 2, dtype=torch.float64, requires_grad=True)
    step = torch.optim.LBFGS(
        [logits], max_iter=500, tolerance_grad=1e-12, tolerance_change=1e-14, line_search_fn="strong_wolfe"
    )

    def both():
        step.zero_grad()
        total = loss.supervised(logits[atoms], y) + loss.d(logits[atoms], logits[fakes])
        total.backward()
        return total

    step.step(both)
    torch.testing.assert_close(logits.detach(), (n / m[:, None]).log().double(), atol=1e-5, rtol=0)


def test_the_optimum_on_two_gaussians_is_learnt():
    """p(x, y): N(-1, 0.8^2) with 0.3 and N(2, 0.5^2) with 0.7; fakes N(0.5, 2^2): l_j = log p(x, j) / p_g(x)."""
    p, p_g = data.mixture1d([0.3, 0.7], [-1.0, 2.0], [0.8, 0.5], device="cpu"), data.gaussian(0.5, 2.0, device="cpu")
    torch.manual_seed(0)
    recipe = Recipe(SemiSupervised(2), batch=1_000, lr_d=5e-3, betas=(0.9, 0.99), ema_halflife=50_000)
    game = ClassifierAlone(mlp([1, 32, 32, 2], nn.Tanh), recipe, p_g, CPU)
    fit(train(game, together(p.labelled, p), rounds=1_200, progress=False))
    x = torch.linspace(-2, 3, 26)[:, None]
    bells = [
        w * torch.distributions.Normal(mean, std).log_prob(x).exp() for w, mean, std in ((0.3, -1, 0.8), (0.7, 2, 0.5))
    ]
    closed = (torch.cat(bells, 1) / p_g.pdf(x)[:, None]).log()
    seen = closed > -3  # where there is next to nothing of a class, nothing is learnt of its logit but that it is low
    assert (game.classifier(x).detach() - closed)[seen].abs().max() < 0.35
    assert (game.critic(x) - closed.logsumexp(1)).abs().max() < 0.35
    y = closed.argmax(1)
    assert game.accuracy(x, y) > 0.95 and game.accuracy(x, 1 - y) < 0.05


# --- the games


def real():
    return together(few(LABELLED, 2).labelled, LABELLED)


def game(kind=SGAN, loss=LOSS, seed=0, **more):
    torch.manual_seed(seed)
    recipe = Recipe(loss, batch=8, lr_d=1e-3, lr_g=1e-3, **more)
    D = mlp([2, 8, loss.outputs])
    return kind(mlp([3, 8, 2]), D, recipe, device=CPU) if kind is SGAN else kind(D, recipe, device=CPU)


def test_a_round_against_the_loop_written_out():
    ours, theirs, rng = game(), game(), torch.Generator().manual_seed(3)
    adam_d, adam_g = (
        torch.optim.Adam(net.parameters(), 1e-3, (0.5, 0.999), fused=True) for net in (theirs.D, theirs.G)
    )
    draws = torch.Generator().manual_seed(3)
    for _ in range(3):
        readings = ours.round(real(), rng)
        x, y, u = real()(8, draws)
        fake = theirs.G(torch.randn(8, 3, generator=draws))
        told = nn.functional.cross_entropy(theirs.D(x), y)
        log_Z = [theirs.D(each).logsumexp(1) for each in (u, fake.detach())]
        d_loss = told + 0.5 * (nn.functional.softplus(-log_Z[0]).mean() + nn.functional.softplus(log_Z[1]).mean())
        adam_d.zero_grad()
        d_loss.backward()
        adam_d.step()
        g_loss = nn.functional.softplus(-theirs.D(fake).logsumexp(1)).mean()
        adam_g.zero_grad()
        g_loss.backward()
        adam_g.step()
        assert readings.keys() == {"D", "G", "supervised"}
        torch.testing.assert_close(torch.stack([*readings.values()]), torch.stack([d_loss, g_loss, told]).detach())
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test_without_fakes_it_is_plain_training_on_the_labelled_rows():
    alone, D = game(ClassifierAlone), game(ClassifierAlone).D
    adam, draws, rng = (
        torch.optim.Adam(D.parameters(), 1e-3, (0.5, 0.999), fused=True),
        *(torch.Generator().manual_seed(3) for _ in "ab"),
    )
    for _ in range(3):
        readings = alone.round(real(), rng)
        x, y, _ = real()(8, draws)
        loss = nn.functional.cross_entropy(D(x), y)
        adam.zero_grad()
        loss.backward()
        adam.step()
        assert torch.equal(readings["D"], loss.detach()) and torch.equal(readings["supervised"], readings["D"])
    assert all(torch.equal(a, b) for a, b in zip(alone.D.parameters(), D.parameters(), strict=True))


def test_what_stands_in_moves_d_as_a_generator_that_holds_still():
    """The same fakes from a G that cannot move: the same D, bit for bit."""

    class Still(nn.Module):
        def __init__(self):
            super().__init__()
            self.nothing = nn.Parameter(torch.zeros(()))

        def forward(self, z):
            return z + 0 * self.nothing

    fakes, ends = data.normal(2, CPU), []
    recipe = Recipe(LOSS, batch=8, lr_d=1e-3, ema_halflife=20.0)
    for make in (lambda D: SGAN(Still(), D, recipe, fakes, CPU), lambda D: ClassifierAlone(D, recipe, fakes, CPU)):
        torch.manual_seed(0)
        played = make(mlp([2, 8, 3]))
        fit(train(played, real(), rounds=5, progress=False))
        ends.append([*played.D.parameters(), *played.average_d.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*ends, strict=True))


def test_matching_looks_at_samples_without_labels():
    torch.manual_seed(0)
    *body, head = mlp([2, 8, 3])
    loss = SemiSupervisedMatching(3, 8)
    played = SGAN(mlp([3, 8, 2]), nn.Sequential(*body, KeepFeatures(head)), Recipe(loss, batch=8), device=CPU)
    x, y, u = real()(8, torch.Generator().manual_seed(0))
    fake = played.G(torch.randn(8, 3))
    f = nn.Sequential(*body)
    torch.testing.assert_close(played.g_loss((x, y, u), fake), (f(u).mean(0) - f(fake).mean(0)).square().sum())
    assert fit(train(played, real(), rounds=3, progress=False)).history.keys() == {"D", "G", "supervised"}
    assert played.probabilities(u).shape == (8, 3)


def test_the_averaged_copy_is_asked():
    played = game(ema_halflife=1e6)
    rng = torch.Generator().manual_seed(0)
    for _ in range(5):
        played.round(real(), rng)
    x = LABELLED.x
    torch.testing.assert_close(played.probabilities(x), played.average_d.module(x).softmax(1).detach())
    torch.testing.assert_close(played.probabilities(x, played.D), played.D(x).softmax(1).detach())
    assert not torch.equal(played.probabilities(x), played.probabilities(x, played.D))
    assert game().classifier is not None and game().average_d is None
    labels = played.D(x).argmax(1)
    assert played.accuracy(x, labels, played.D) == 1.0
    assert played.accuracy(x, torch.cat([labels[:15], (labels[15:] + 1) % 3]), played.D) == 0.5


def test_dropout_is_off_where_classes_are_asked_for():
    torch.manual_seed(0)
    D = nn.Sequential(nn.Linear(2, 50), nn.Dropout(0.5), nn.Linear(50, 3))
    played = ClassifierAlone(D, Recipe(LOSS, batch=8), device=CPU)
    assert torch.equal(played.probabilities(LABELLED.x), played.probabilities(LABELLED.x)) and D.training


def test_more_labels_and_the_gap_of_two_moons():
    """A check that the game learns at all: all labels of two moons, fakes of a broad Gaussian."""
    torch.manual_seed(0)
    moons = data.moons(device="cpu")
    recipe = Recipe(SemiSupervised(2), batch=64, lr_d=1e-2, lr_g=1e-2)
    for kind in (SGAN, ClassifierAlone):
        D = mlp([2, 32, 32, 2])
        played = (
            SGAN(mlp([2, 16, 2]), D, recipe, device=CPU) if kind is SGAN else ClassifierAlone(D, recipe, device=CPU)
        )
        fit(train(played, together(moons.labelled, moons), rounds=200, progress=False))
        assert played.accuracy(*moons.labelled(500, torch.Generator().manual_seed(1))) > 0.97


def test_stacked_networks_play_the_mean_of_their_games():
    """Two runs, rows in blocks: both players descend the mean over runs, and Adam's steps do not feel its factor."""
    alone = [game(seed=k) for k in (0, 1)]
    both = SGAN(stack([g.G for g in alone]), stack([g.D for g in alone]), alone[0].recipe, device=CPU)
    draws = [real()(8, torch.Generator().manual_seed(k)) for k in (0, 1)]
    z = [torch.randn(8, 3, generator=torch.Generator().manual_seed(k)) for k in (5, 6)]
    x, rng = tuple(torch.cat(parts) for parts in zip(*draws, strict=True)), torch.Generator()
    fakes = [g.G(latent) for g, latent in zip(alone, z, strict=True)]
    fake = both.G(torch.cat(z))
    torch.testing.assert_close(fake, torch.cat(fakes))
    d = [g.d_loss(own, y.detach(), rng) for g, own, y in zip(alone, draws, fakes, strict=True)]
    torch.testing.assert_close(both.d_loss(x, fake.detach(), rng), torch.stack(d).mean())
    g_losses = [g.g_loss(own, y) for g, own, y in zip(alone, draws, fakes, strict=True)]
    torch.testing.assert_close(both.g_loss(x, fake), torch.stack(g_losses).mean())
    labels = both.classify(x[0])
    assert torch.equal(labels, torch.cat([g.classify(own[0]) for g, own in zip(alone, draws, strict=True)]))


# --- what is refused


@pytest.mark.parametrize("kind", [SGAN, ClassifierAlone])
@pytest.mark.parametrize(
    ("batches", "message"),
    [
        (lambda: LABELLED, r"real must return \(x, y, u\).*few\(digits, 10\).*got samples without labels"),
        (lambda: LABELLED.labelled, r"got a tuple of 2"),
        (lambda: together(LABELLED, LABELLED, LABELLED), "y must be a tensor of one whole number a row"),
        (lambda: together(LABELLED.labelled, data.normal(3, CPU)), r"of the same shape, got \(8, 2\) and \(8, 3\)"),
        (
            lambda: together(from_tensor(LABELLED.x[::3], LABELLED.y[::3], device="cpu").labelled, LABELLED),
            "real must have labelled samples of each of 3 classes, got none of class 1 among 10: data.few",
        ),
        (
            lambda: together(
                from_tensor(LABELLED.x, LABELLED.y // 2, ("a", "b", "c"), device="cpu").labelled, LABELLED
            ),
            r"got none of class 2 \('c'\) among 30",
        ),
        (
            lambda: together(from_tensor(LABELLED.x, LABELLED.y + 1, device="cpu").labelled, LABELLED),
            "y must hold labels from 0 to 2, got 3",
        ),
    ],
)
def test_data_that_will_not_do(kind, batches, message, as_readers):
    with pytest.raises(ValueError, match=message):
        train(game(kind), batches(), rounds=1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SemiSupervised(1), "classes must be a whole number >= 2, got 1"),
        (lambda: SemiSupervised(3, weight=0.0), "weight must be a finite number > 0"),
        (lambda: SemiSupervisedMatching(3, 0), "features must be a whole number >= 1"),
        (lambda: SemiSupervisedMatching(3, 4).g(None, outs(5, 7)), "real must be D's outputs"),
        (lambda: LOSS.d(outs(5, 4), outs()), r"real|out must be raw outputs of D"),
        (lambda: LOSS.supervised(outs(), Y[:4]), "y must hold one label for each of the 5 rows"),
        (lambda: LOSS.supervised(outs(), Y + 1), "y must hold labels from 0 to 2, got 3 in row 1"),
        (lambda: game(loss=LOSS).accuracy(LABELLED.x, LABELLED.y[:4]), "y must hold one label for each of the 30"),
        (lambda: game(ClassifierAlone).sample(3, torch.Generator()), "ClassifierAlone has none"),
        (lambda: ClassifierAlone(mlp([2, 3]), Recipe(NonSaturating()), device=CPU), r"loss must name classes"),
        (lambda: SGAN(mlp([3, 2]), mlp([2, 1]), Recipe(NonSaturating()), device=CPU), r"loss must name classes"),
        (lambda: few(LABELLED, 11), "per_class must be at most 10"),
        (
            lambda: train(ClassifierAlone(mlp([2, 4]), Recipe(LOSS, batch=8), device=CPU), real(), rounds=1),
            "raw outputs",
        ),
        (lambda: data.noise(()), "shape must be one or more"),
        (lambda: data.noise(3), "shape must be the shape"),
        (lambda: data.between(3), "sampler must be"),
        (lambda: data.between(LABELLED, 1.5), r"share must be a number in \[0, 1\]"),
        (lambda: data.moons(0.0), "std must be"),
    ],
)
def test_mistakes_are_named(call, message, as_readers):
    with pytest.raises(ValueError, match=message):
        call()


# --- data for it


def test_moons_lie_on_two_half_circles():
    moons = data.moons(0.05, device="cpu")
    x, y = moons.labelled(4_000, torch.Generator().manual_seed(0))
    assert torch.equal(x, moons(4_000, torch.Generator().manual_seed(0)))
    centre = torch.tensor([[-0.5, -0.25], [0.5, 0.25]])[y]
    off = (x - centre).norm(dim=1) - 1
    assert off.abs().max() < 0.25 and abs(off.std() - 0.05) < 0.005 and abs(y.float().mean() - 0.5) < 0.03
    assert x.mean(0).abs().max() < 0.03
    upper = (1 - 2 * y) * (x - centre)[:, 1]
    assert upper.min() > -0.25  # half a circle, and noise
    with pytest.raises(TypeError, match="rng"):
        moons(3, 0)


def test_stand_ins():
    rng, pictures = torch.Generator().manual_seed(0), from_tensor(torch.rand(10, 1, 4, 4) * 2 - 1, device="cpu")
    x = data.noise(pictures.shape, device="cpu")(2_000, rng)
    assert x.shape == (2_000, 1, 4, 4) and x.abs().max() <= 1
    assert abs(x.mean()) < 0.02 and abs(x.square().mean() - 1 / 3) < 0.02
    first, second = torch.Generator().manual_seed(1), torch.Generator().manual_seed(1)
    a, b = pictures(6, second), pictures(6, second)
    torch.testing.assert_close(data.between(pictures, 0.25)(6, first), 0.75 * a + 0.25 * b)
    torch.manual_seed(0)
    for fake in (data.noise((2,), device="cpu"), data.between(LABELLED)):
        recipe = Recipe(LOSS, batch=8)
        fit(train(ClassifierAlone(mlp([2, 8, 3]), recipe, fake, CPU), real(), rounds=2, progress=False))

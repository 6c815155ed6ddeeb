"""Games: who moves, what is left behind, and what sampling must not touch."""

import dataclasses

import pytest
import torch
from torch import nn

from ganbook import data, recipes
from ganbook.games import GAN, Average, Game, descend, latent_width
from ganbook.losses import Hinge, LeastSquares, Minimax, NonSaturating
from ganbook.models import dcgan, mlp

CPU = torch.device("cpu")


def real(n, rng):
    return torch.randn(n, 2, generator=rng) + 1


def images(n, rng):
    return torch.rand(n, 1, 16, 16, generator=rng) * 2 - 1


def make(recipe=recipes.NON_SATURATING, **changes):
    torch.manual_seed(0)
    return GAN(mlp([3, 8, 2]), mlp([2, 8, 1]), dataclasses.replace(recipe, batch=16, **changes), device=CPU)


def weights(network):
    return [parameter.detach().clone() for parameter in network.parameters()]


def moved(before, network):
    return any(not torch.equal(old, new) for old, new in zip(before, network.parameters(), strict=True))


def test_descend_moves_only_its_own_player():
    """A loss that reaches both networks, with no detach anywhere."""
    game = make()
    for mine, other in (("D", "G"), ("G", "D")):
        networks = {"D": game.D, "G": game.G}
        before = {name: weights(network) for name, network in networks.items()}
        for network in networks.values():
            network.zero_grad(set_to_none=True)
        descend(game.optimizers[mine], game.D(game.G(torch.randn(4, 3))).mean())
        assert moved(before[mine], networks[mine])
        assert not moved(before[other], networks[other])
        assert all(parameter.grad is None for parameter in networks[other].parameters())


def test_descend_leaves_frozen_parameters():
    network = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    network.bias.requires_grad_(False)
    before = weights(network)
    descend(optimizer, network(torch.ones(1, 2)).sum())
    assert torch.equal(before[1], network.bias) and not torch.equal(before[0], network.weight)
    network.weight.requires_grad_(False)
    with pytest.raises(ValueError, match="optimizer must own a parameter"):
        descend(optimizer, torch.ones((), requires_grad=True))


def test_descend_is_one_plain_step():
    weight = nn.Parameter(torch.tensor([2.0]))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    for expected in (1.6, 1.28):  # w - 0.1 * 2w; an old gradient left in would give another second number
        descend(optimizer, weight.square().sum())
        torch.testing.assert_close(weight.detach(), torch.tensor([expected]))


@pytest.mark.parametrize("loss", [Minimax(), NonSaturating(), NonSaturating(0.9), LeastSquares(), Hinge()], ids=repr)
def test_round_against_the_loop_written_out(loss):
    """The same three rounds by hand, with detach and zero_grad as in a textbook: the same weights, bit for bit."""
    ours, theirs = make(loss=loss), make(loss=loss)
    rng, rng2 = (torch.Generator().manual_seed(3) for _ in range(2))
    adam_d, adam_g = (
        torch.optim.Adam(net.parameters(), lr=2e-4, betas=ours.recipe.betas, fused=True) for net in (theirs.D, theirs.G)
    )
    for _ in range(3):
        losses = ours.round(real, rng)
        x, z = real(16, rng2), torch.randn(16, 3, generator=rng2)
        y = theirs.G(z)
        d_loss = loss.d(theirs.D(x), theirs.D(y.detach()))
        adam_d.zero_grad()
        d_loss.backward()
        adam_d.step()
        g_loss = loss.g(None, theirs.D(y))
        adam_g.zero_grad()
        g_loss.backward()
        adam_g.step()
        assert torch.equal(losses["D"], d_loss.detach()) and torch.equal(losses["G"], g_loss.detach())
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(a, b)


def test_losses_are_detached():
    assert not any(loss.requires_grad for loss in make().round(real, torch.Generator()).values())


@pytest.mark.parametrize("steps", [1, 3])
def test_steps_of_each_player_and_fresh_batches(steps):
    game, batches = make(d_steps=steps), []

    def watched(n, rng):
        batches.append(real(n, rng))
        return batches[-1]

    for _ in range(2):
        game.round(watched, torch.Generator().manual_seed(len(batches)))
    counts = {name: int(next(iter(optimizer.state.values()))["step"]) for name, optimizer in game.optimizers.items()}
    assert counts == {"D": 2 * steps, "G": 2} and len(batches) == 2 * steps
    assert all(not torch.equal(a, b) for a, b in zip(batches[:-1], batches[1:], strict=True))


@dataclasses.dataclass(frozen=True)
class Push:
    """A penalty whose gradient is known: weight * mean score of reals."""

    weight: float = 1.0

    def __call__(self, critic, real, fake, rng):
        assert real.shape == fake.shape and fake.grad_fn is None
        return self.weight * critic(real).mean()


def test_penalty_and_loss_both_reach_d():
    """The defect of a public DRAGAN: the loss is computed, and only the penalty is back-propagated."""
    plain, pushed = make(), make(penalties=(Push(5.0),))
    alone = [game.round(real, torch.Generator().manual_seed(1))["D"] for game in (plain, pushed)]
    assert not torch.equal(*alone)
    game = make(penalties=(Push(5.0),))
    rng = torch.Generator().manual_seed(1)
    x, z = real(16, rng), torch.randn(16, 3, generator=rng)
    with torch.no_grad():
        y = game.G(z)
    expected = torch.autograd.grad(
        NonSaturating().d(game.D(x), game.D(y)) + 5 * game.D(x).mean(), list(game.D.parameters())
    )
    seen = []
    game.optimizers["D"].register_step_pre_hook(
        lambda *_: seen.extend(parameter.grad.clone() for parameter in game.D.parameters())
    )
    game.round(real, torch.Generator().manual_seed(1))
    for gradient, wanted in zip(seen, expected, strict=True):
        torch.testing.assert_close(gradient, wanted)


@pytest.mark.parametrize("halflife", [None, 100.0])
def test_sampling_touches_nothing(halflife):
    torch.manual_seed(0)
    recipe = dataclasses.replace(recipes.DCGAN, batch=4, ema_halflife=halflife)
    game = GAN(*dcgan(16, 1, z=3, width=4), recipe, device=CPU)
    game.round(images, torch.Generator().manual_seed(0))
    game.train()
    before = {name: value.clone() for name, value in game.state_dict().items()}
    state = torch.get_rng_state()
    first = game.sample(5, torch.Generator().manual_seed(1))
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(before[name], value) for name, value in game.state_dict().items())
    assert game.G.training and not first.requires_grad
    assert torch.equal(first, game.sample(5, torch.Generator().manual_seed(1)))
    alone = game.sample(1, torch.Generator().manual_seed(1))  # in training mode batch norm would couple the samples
    torch.testing.assert_close(alone, first[:1])


def test_average_has_the_stated_half_life():
    network = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(network.weight)
    average = Average(network, halflife=320, batch=32)
    average.update_parameters(network)
    nn.init.ones_(network.weight)
    for _ in range(10):  # 320 images
        average.update_parameters(network)
    torch.testing.assert_close(average.module.weight.item(), 0.5)
    with pytest.raises(ValueError, match="halflife"):
        Average(network, halflife=0.0, batch=32)


def test_the_average_is_taken_after_the_step():
    game = make(ema_halflife=1e-6)  # it remembers nothing: after a round it is G as it stands
    for k in range(3):
        before = weights(game.G)
        game.round(real, torch.Generator().manual_seed(k))
        assert moved(before, game.G)
        assert not moved(weights(game.G), game.average.module)


def test_each_player_trains_while_the_other_moves():
    """Both in training mode at every call, G with the weights that its last step left, before and during D's steps."""
    torch.manual_seed(0)
    recipe = dataclasses.replace(recipes.DCGAN, batch=8, d_steps=2, g_steps=2)
    game, calls = GAN(*dcgan(16, 1, z=3, width=4), recipe, device=CPU), []
    for name in ("G", "D"):
        network = getattr(game, name)
        network.register_forward_pre_hook(lambda net, _, name=name: calls.append((name, net.training, weights(net))))
    start = weights(game.G)
    game.round(images, torch.Generator().manual_seed(0))
    assert all(training for _, training, _ in calls)
    made = [w for name, _, w in calls if name == "G"]
    assert len(made) == 3, "fakes for each step of D, the last of them for G's first step too, and anew for its second"
    for w in made[:2]:  # D's steps move nothing of G
        assert all(torch.equal(a, b) for a, b in zip(w, start, strict=True))
    assert any(not torch.equal(a, b) for a, b in zip(made[2], start, strict=True)) and moved(made[2], game.G)


def test_a_checkpoint_travels_between_devices():
    game = GAN(mlp([3, 8, 2]), mlp([2, 8, 1]), recipes.MLP_GAN, prior=data.normal(3, CPU), device=CPU)
    assert game.describe()["prior"] == "Normal(d=3)", "a prior is the same on every device"


def test_average_is_what_sample_uses():
    game = make(ema_halflife=1e6)
    rng = torch.Generator().manual_seed(0)
    for _ in range(5):
        game.round(real, rng)
    z = torch.randn(4, 3, generator=torch.Generator().manual_seed(2))
    sampled = game.sample(4, torch.Generator().manual_seed(2))
    torch.testing.assert_close(sampled, game.average.module(z).detach())
    assert not torch.equal(sampled, game.G(z))


def test_critic_is_one_score_a_sample():
    assert make().critic(torch.zeros(6, 2)).shape == (6,)


def test_mistakes_are_named():
    game = make()
    with pytest.raises(ValueError, match="n must be"):
        game.sample(0, torch.Generator())
    with pytest.raises(ValueError, match=r"G must make samples of the data's shape \(1, 16, 16\), got \(2,\)"):
        game.round(images, torch.Generator())
    with pytest.raises(ValueError, match=r"shape \(n, 1\)"):
        GAN(mlp([3, 2]), mlp([2, 4]), recipes.NON_SATURATING, device=CPU).round(real, torch.Generator())
    with pytest.raises(ValueError, match="G must hold a layer"):
        latent_width(nn.Tanh())
    with pytest.raises(Exception, match="recipe"):
        GAN(mlp([3, 2]), mlp([2, 1]), "wgan", device=CPU)
    with pytest.raises(NotImplementedError, match="must define round"):
        Game(recipes.DCGAN).round(real, torch.Generator())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("batch", 0),
        ("batch", 1.5),
        ("d_steps", 0),
        ("lr_d", 0.0),
        ("lr_g", float("nan")),
        ("betas", (0.5, 1.0)),
        ("ema_halflife", 0.0),
        ("ema_halflife", -1.0),
        ("loss", "hinge"),
        ("penalties", (1,)),
        ("penalties", (lambda critic, real, fake, rng: 0.0,)),
        ("loss", NonSaturating),
        ("betas", [0.5, 0.999]),
        ("ema_halflife", float("inf")),
        ("lr_d", True),
    ],
)
def test_recipes_refuse(field, value):
    with pytest.raises(Exception, match=field):
        dataclasses.replace(recipes.DCGAN, **{field: value})


def test_recipes_of_the_papers():
    """DCGAN, section 4: Adam with 2e-4 and beta1 0.5, batches of 128."""
    recipe = recipes.DCGAN
    assert (recipe.lr_d, recipe.lr_g, recipe.betas[0], recipe.batch) == (2e-4, 2e-4, 0.5, 128)
    assert recipes.MINIMAX.d_steps == 1

"""Evolution: a round by hand, populations side by side, the planted defect, the divergences, luck and cost."""

import copy
import math

import pytest
import torch
from games import points
from torch import nn
from torch.testing import assert_close

from ganbook import data
from ganbook.divergences.mutations import DIVERGENCES, two_points
from ganbook.games import GAN, MUTATIONS, Evolution, fittest
from ganbook.games.mutations import PAPER
from ganbook.losses import Minimax, NonSaturating, Realness
from ganbook.models import mlp
from ganbook.recipes import NON_SATURATING, Recipe
from ganbook.studies.evolution import (
    Aliased,
    AliasedPopulations,
    curse,
    expected_maximum,
    family,
    passes,
    shares,
)
from ganbook.studies.populations import Populations
from ganbook.train import fit, train

CPU = torch.device("cpu")
PLAIN = Recipe(NonSaturating(), batch=8, lr_d=1e-3, lr_g=1e-3)


def pair(width=8):
    return mlp([2, width, 2]), mlp([2, width, 1])


def one(kind=Evolution, seed=5, recipe=PLAIN, **more):
    torch.manual_seed(seed)
    G, D = pair()
    return kind([G], D, recipe, device=CPU, **{"evaluation": 16, **more})


# --- a round


def test_a_mutation_alone_and_unjudged_is_a_gan_whose_d_gets_fakes_of_its_own():
    """Against GAN's own pieces: D's step on fakes from a first z, G's on the next."""
    game = one(mutations=("heuristic",), select="random")
    torch.manual_seed(5)
    plain = GAN(*pair(), PLAIN, device=CPU)
    rng, mine = torch.Generator().manual_seed(1), torch.Generator().manual_seed(1)
    for _ in range(4):
        game.round(points, rng)
        x, z = plain.draw(points, mine), plain.draw(plain.prior, mine)
        plain.optimizers["D"].zero_grad()
        plain.d_loss(x, plain.G(z).detach(), mine).backward()
        plain.optimizers["D"].step()
        torch.randperm(1, generator=mine)
        plain.optimizers["G"].zero_grad()
        plain.g_loss(x, plain.G(plain.draw(plain.prior, mine))).backward()
        plain.optimizers["G"].step()
    assert_close(list(game.G.parameters()), list(plain.G.parameters()), rtol=0, atol=1e-7)


def test_mutations_are_the_formulas_of_the_paper_in_d():
    out = torch.linspace(-3, 3, 13, dtype=torch.float64)
    D = 1 / (1 + (-out).exp())
    told = [(1 - D).log(), -D.log(), (D - 1) ** 2, (out - 1) ** 2]
    for loss, want in zip(MUTATIONS.values(), told, strict=True):
        assert_close(loss(out), want)
    assert_close(MUTATIONS["minimax"](out[:, None]).mean(), Minimax().g(None, out[:, None]))


def test_fitness_is_d_s_mean_less_the_logarithm_of_its_gradient():
    game = one(gamma=0.3)
    x = points(16, torch.Generator().manual_seed(0))
    rng = torch.Generator().manual_seed(1)
    found = game.fitness(game.G, x, rng)
    with torch.no_grad():
        y = game.G(game.prior(16, torch.Generator().manual_seed(1)))
    D = copy.deepcopy(game.D)
    D.zero_grad()
    p, q = D(x).sigmoid(), D(y).sigmoid()
    (-p.log().mean() - (1 - q).log().mean()).backward()
    norm = torch.cat([w.grad.flatten() for w in D.parameters()]).norm()
    assert_close(found.quality, q.mean().detach())
    assert_close(found.diversity, -norm.log())
    assert_close(found.total, found.quality + 0.3 * found.diversity)
    assert all(w.grad is None for w in game.D.parameters())


def test_the_survivor_is_the_fittest_sibling_and_its_parent_was_not_moved(monkeypatch):
    game, born = one(), []
    start = copy.deepcopy(game.G.state_dict())
    child = Evolution.child

    def watch(self, *given):
        assert all(torch.equal(a, b) for a, b in zip(self.G.state_dict().values(), start.values(), strict=True))
        born.append(child(self, *given))
        return born[-1]

    monkeypatch.setattr(Evolution, "child", watch)
    told = game.round(points, torch.Generator().manual_seed(1))
    worth = [float(each.fitness.total) for each in born]
    assert len(born) == 3
    assert int(told["mutation"]) == max(range(3), key=worth.__getitem__)
    assert game.G is born[int(told["mutation"])].G
    assert game.optimizers["G0"] is born[int(told["mutation"])].optimizer


def test_moments_of_a_mutation_are_kept_and_move_whoever_survives():
    game = one(adam="mutation")
    fit(train(game, points, rounds=3))
    ages = [int(next(iter(game.optimizers[f"G{k}"].state.values()))["step"]) for k in range(3)]
    assert ages == [3, 3, 3]
    inherited = one()
    fit(train(inherited, points, rounds=3))
    assert int(next(iter(inherited.optimizers["G0"].state.values()))["step"]) == 3


def test_fresh_samples_do_not_change_the_choice_and_promise_less():
    with_, without = one(fresh=True, evaluation=4), one(evaluation=4)
    runs = [fit(train(game, points, rounds=60, seed=2)) for game in (with_, without)]
    assert "fresh" not in runs[1].history
    history = runs[0].history
    assert torch.tensor(history["fitness"]).mean() > torch.tensor(history["fresh"]).mean()


# --- the planted defect


def test_aliased_children_are_a_chain_and_the_others_siblings(monkeypatch):
    for kind, chain in ((Evolution, False), (Aliased, True)):
        game, starts = one(kind, gamma=0.0), []
        child = Evolution.child

        def watch(self, *given, child=child, starts=starts):
            starts.append(self.G[0].weight.detach().clone())
            return child(self, *given)

        with monkeypatch.context() as patch:
            patch.setattr(Evolution, "child", watch)
            game.round(points, torch.Generator().manual_seed(1))
        assert torch.equal(starts[0], starts[1]) is not chain
    with pytest.raises(ValueError, match="parents must be one"):
        fit(train(Aliased([pair()[0], pair()[0]], pair()[1], PLAIN, device=CPU), points, rounds=1))


# --- side by side


@pytest.mark.parametrize("more", [{}, {"adam": "mutation"}, {"gamma": 0.0}, {"gamma": -0.3}])
def test_one_run_side_by_side_is_evolution(more):
    alone, beside = one(**more), Populations(pair, [5], PLAIN, device=CPU, evaluation=16, **more)
    runs = [fit(train(game, points, rounds=12)) for game in (alone, beside)]
    assert_close(*(run.history["fitness"] for run in runs), rtol=0, atol=1e-5)
    assert_close(runs[0].history["D"], runs[1].history["D"], rtol=0, atol=1e-5)
    last = torch.tensor([runs[1].history[f"share {name}"] for name in PAPER]).argmax(0)
    assert last.tolist() == runs[0].history["mutation"]


def test_one_aliased_run_side_by_side_is_aliased():
    alone = one(Aliased, adam="mutation")
    beside = AliasedPopulations(pair, [5], PLAIN, device=CPU, evaluation=16, adam="mutation")
    runs = [fit(train(game, points, rounds=12)) for game in (alone, beside)]
    assert_close(*(run.history["fitness"] for run in runs), rtol=0, atol=1e-5)


def test_each_run_chooses_for_itself():
    """Every run's survivor is its own best child, moments too."""
    game = Populations(pair, [1, 2, 3], PLAIN, device=CPU, evaluation=16)
    fit(train(game, points, rounds=2))
    children = game.generation(points, torch.Generator().manual_seed(9))
    (best,) = game.chosen(children)
    worth = torch.stack([child.fitness.total for child in children])
    assert best.mutation.tolist() == worth.argmax(0).tolist()
    assert len(set(best.mutation.tolist())) > 1, "a seed with which this test tests nothing"
    for run, way in enumerate(best.mutation.tolist()):
        for name, p in best.G.named_parameters():
            mine, theirs = best.optimizer.state[p], dict(children[way].G.named_parameters())[name]
            assert torch.equal(p[run], theirs[run])
            assert torch.equal(mine["exp_avg"][run], children[way].optimizer.state[theirs]["exp_avg"][run])
    assert [p is q for p, q in zip(best.G.parameters(), best.optimizer.param_groups[0]["params"], strict=True)]


def test_runs_draw_from_their_own_mutations_and_a_lost_run_leaves_the_others():
    ways = [("heuristic",), ("minimax",), PAPER]
    game = Populations(pair, [1, 1, 1], PLAIN, device=CPU, mutations=ways, select="random")
    run = train(game, points, rounds=30)
    with torch.no_grad():
        next(p for p in game.G.parameters())[2].fill_(float("nan"))
    seen = [[game.mutations[k] for k in step.game.won.tolist()] for step in run]
    assert {names[0] for names in seen} == {"heuristic"}
    assert {names[1] for names in seen} == {"minimax"}
    assert {names[2] for names in seen} == set(PAPER)
    assert game.alive() == [True, True, False]


def test_runs_may_differ_in_gamma():
    game = Populations(pair, [1, 1], PLAIN, device=CPU, evaluation=16, gamma=[0.0, 2.0])
    x = points(32, torch.Generator().manual_seed(0))
    found = game.fitness(game.G, x, torch.Generator().manual_seed(1))
    assert_close(found.total, found.quality + torch.tensor([0.0, 2.0]) * found.diversity)


# --- divergences


@pytest.mark.parametrize("name", MUTATIONS)
def test_divergences_against_their_losses_and_by_differentiation(name):
    """f(r) = r h(-log r) of the game's own h; f'' and phi'' by autograd; phi' = h."""
    it, h = DIVERGENCES[name], MUTATIONS[name]
    r = torch.logspace(-3, 3, 61, dtype=torch.float64).requires_grad_()
    assert_close(it.f(r), r * h(-r.log()))
    for f, curvature in ((it.f, it.curvature), (it.phi, it.phi_curvature)):
        (slope,) = torch.autograd.grad(f(r).sum(), r, create_graph=True)
        (second,) = torch.autograd.grad(slope.sum(), r)
        assert_close(second, curvature(r), rtol=1e-6, atol=1e-9)
    (slope,) = torch.autograd.grad(it.phi(r).sum(), r)
    constant = slope - h(-r.log())
    assert_close(constant, constant[:1].expand_as(constant), rtol=1e-6, atol=1e-6)
    for curvature, start in ((it.curvature, it.convex_from), (it.phi_curvature, it.phi_convex_from)):
        assert ((curvature(r) > 0) == (r > start)).all()


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_best_d_on_two_points_found_by_descent_gives_the_value(name):
    """Logits of a table are trained by cross-entropy; the loss of the fakes is then E_{p_data} f(r)."""
    p, q = torch.tensor([0.5, 0.5], dtype=torch.float64), torch.tensor([0.8, 0.2], dtype=torch.float64)
    logits = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    sgd = torch.optim.LBFGS([logits], max_iter=200, tolerance_grad=1e-13, tolerance_change=1e-16)

    def price():
        sgd.zero_grad()
        softplus = nn.functional.softplus
        total = (p * softplus(-logits) + q * softplus(logits)).sum()
        total.backward()
        return total

    sgd.step(price)
    found = (q * MUTATIONS[name](logits.detach())).sum()
    assert_close(found, two_points(name, 0.8), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", MUTATIONS)
def test_all_divergences_are_least_where_the_laws_agree(name):
    shares_ = torch.linspace(0, 1, 101, dtype=torch.float64)
    for p in (0.5, 0.1):
        values = [float(two_points(name, float(q), p)) for q in shares_]
        assert min(values) >= DIVERGENCES[name].least - 1e-12
        assert values.index(min(values)) == round(100 * p)
        assert math.isclose(min(values), DIVERGENCES[name].least, abs_tol=1e-12)


def test_what_g_follows_is_known_by_other_names():
    """phi of minimax is 2 JSD, of heuristic KL(p_g || p_data) - 2 JSD."""
    from ganbook.divergences.fdiv import JENSEN_SHANNON, KL

    p, q = [0.5, 0.3, 0.2], [0.2, 0.2, 0.6]
    jsd, kl = JENSEN_SHANNON.divergence(p, q), KL.divergence(q, p)
    assert_close(DIVERGENCES["minimax"].followed(p, q), 2 * jsd)
    assert_close(DIVERGENCES["heuristic"].followed(p, q), kl - 2 * jsd)


# --- luck and cost


def test_the_best_of_three_against_the_closed_form_and_a_draw():
    assert abs(expected_maximum(3) - 3 / (2 * math.sqrt(math.pi))) < 1e-9
    assert abs(expected_maximum(2) - 1 / math.sqrt(math.pi)) < 1e-9
    assert expected_maximum(1) == pytest.approx(0, abs=1e-12)
    drawn = torch.randn(200_000, 3, generator=torch.Generator().manual_seed(0)).amax(1).mean()
    assert abs(float(drawn) - expected_maximum(3)) < 0.01
    promised, kept = curse([0.0, 0.0, 1.0], 0.5, 200_000)
    assert promised > 1.0 > kept > 0.8


def test_passes_are_what_hooks_count():
    counted = {"G forward": 0, "G backward": 0, "D forward": 0, "D backward": 0}

    def watch(name, network):
        def forward(module, given, out):
            counted[f"{name} forward"] += len(out)
            if out.requires_grad:
                out.register_hook(
                    lambda g: counted.__setitem__(f"{name} backward", counted[f"{name} backward"] + len(g))
                )

        network.register_forward_hook(forward)

    for more, wanted in (
        ({}, passes(3, 8, 16)),
        ({"gamma": 0.0}, passes(3, 8, 16, gamma=False)),
        ({"mutations": ("heuristic",), "select": "random"}, passes(1, 8, 0)),
    ):
        game = one(**more)
        watch("G", game.G)
        watch("D", game.D)
        counted |= dict.fromkeys(counted, 0)
        game.round(points, torch.Generator().manual_seed(1))
        assert counted == wanted, more


def test_the_family_tree_is_read_from_the_history():
    game = Evolution([pair()[0], pair()[0]], pair()[1], PLAIN, device=CPU, evaluation=16)
    run = fit(train(game, points, rounds=8))
    births = family(run.history)
    assert len(births) == 16
    assert {birth.parent for birth in births} <= {0, 1}
    for row in shares(births, 4):
        assert sum(row.values()) == pytest.approx(1)
    first = [birth.fitness for birth in births if birth.place == 0]
    assert first == run.history["fitness"]
    with pytest.raises(ValueError, match="history must be that of an Evolution"):
        family({"D": [1.0]})


# --- refusals


def test_what_is_refused():
    G, D = pair()
    for given, words in (
        ({"parents": []}, "parents must be a list of at least one network"),
        ({"parents": [G, G]}, "the same one twice"),
        ({"parents": [G, pair(9)[0]]}, "of one shape"),
        ({"mutations": ()}, "mutations must be a list of names"),
        ({"mutations": ("wasserstein",)}, "mutations must be one of minimax, heuristic"),
        ({"mutations": ("minimax", "minimax")}, "mutations must be different"),
        ({"gamma": float("nan")}, "gamma must be a finite number"),
        ({"evaluation": 0}, "evaluation must be a whole number"),
        ({"select": "best"}, "select must be one of"),
        ({"adam": "none"}, "adam must be one of"),
    ):
        with pytest.raises(ValueError, match=words):
            Evolution(**{"parents": [G], "D": D, "recipe": NON_SATURATING, **given})
    with pytest.raises(ValueError, match="loss must have one output"):
        train(Evolution([G], mlp([2, 8, 5]), Recipe(Realness(5, 2)), device=CPU), points, rounds=1)
    few = [pair()[0] for _ in range(9)]
    with pytest.raises(ValueError, match="at least one row a parent"):
        train(Evolution(few, D, PLAIN, device=CPU), points, rounds=1)
    with pytest.raises(ValueError, match="fitness must be finite, got nan for child 1"):
        fittest(torch.tensor([0.0, float("nan")]))
    with pytest.raises(ValueError, match="one a run"):
        Populations(pair, [1, 2], PLAIN, gamma=[0.1])
    with pytest.raises(ValueError, match="may differ between runs"):
        Populations(pair, [1, 2], PLAIN, mutations=[("minimax",), ("heuristic",)])


def test_a_layer_of_d_that_its_output_does_not_hear_is_no_part_of_the_fitness():
    game = one(gamma=0.3)
    rng = torch.Generator().manual_seed(1)
    alone = game.fitness(game.G, points(16, rng), rng)
    game.D.spare = nn.Identity()
    game.D.spare.scale = nn.Parameter(torch.ones(2))
    rng = torch.Generator().manual_seed(1)
    assert_close(game.fitness(game.G, points(16, rng), rng).total, alone.total)


def test_a_child_that_is_nan_stops_the_training_with_a_sentence():
    game = one()
    with torch.no_grad():
        game.G[0].weight.fill_(float("nan"))
    with pytest.raises(
        FloatingPointError, match=r"got nan for child 0 \(mutations minimax, heuristic, least squares\)"
    ):
        game.round(points, torch.Generator().manual_seed(0))


def test_it_learns_the_ring():
    """A wide ring, which every mutation alone covers: with selection it does so too."""
    ring = data.ring(4, radius=1.0, std=0.2, device="cpu")
    torch.manual_seed(0)
    game = Evolution([mlp([2, 32, 2])], mlp([2, 32, 1]), Recipe(NonSaturating(), lr_d=3e-3, lr_g=3e-3), device=CPU)
    fit(train(game, ring, rounds=300))
    y = game.sample(1_000, torch.Generator().manual_seed(0))
    assert 0.6 < float(y.norm(dim=1).mean()) < 1.5
    assert float(y.mean(0).norm()) < 0.5

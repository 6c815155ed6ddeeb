"""Every game of games.py: killed and resumed, in bf16, disturbed by its reader, and never resumed as another one."""

import copy
import dataclasses
import inspect
import json
import re
import warnings
from functools import cache

import pytest
import torch
from games import GAMES, killed
from torch import nn
from torch.nn.modules.module import register_module_forward_hook
from torch.optim.optimizer import register_optimizer_step_post_hook

from ganbook import games
from ganbook.games.game import Average
from ganbook.losses import NonSaturating
from ganbook.penalties import R1
from ganbook.recipes import Recipe
from ganbook.train import fit, state, train
from ganbook.train.precision import computing, networks

each = pytest.mark.parametrize("name", GAMES)


def test_every_game_of_the_library_is_here():
    whole = {each for each in vars(games).values() if inspect.isclass(each) and issubclass(each, games.Game)}
    assert whole - {games.Game, games.GameWithD} <= {entry.kind for entry in GAMES.values()}


def end(run):
    """All that there is to compare of a run."""
    tensors, facts = state.take(run)
    return tensors, json.dumps(facts, sort_keys=True), run.history  # a file has lists where a run has tuples


@cache
def whole(name):
    return end(fit(GAMES[name].run()))


def check_same(run, name):
    (tensors, facts, history), (wanted, wanted_facts, wanted_history) = end(run), whole(name)
    assert tensors.keys() == wanted.keys()
    assert [key for key in tensors if not torch.equal(tensors[key], wanted[key])] == []
    assert facts == wanted_facts
    assert history == wanted_history


@each
def test_killed_twice_and_resumed_it_is_the_run_never_stopped(name, tmp_path, forks):
    """SIGKILL after a player has moved, in the middle of a round; half of the entries' rounds lie in between."""
    entry, path = GAMES[name], tmp_path / "run"
    for n in (entry.rounds // 2 + 1, entry.rounds):
        child = forks.start("games:killed", name, path, n)
        assert child.wait() == -9, child.words
    run = entry.run(checkpoint=path, save_every=2)
    assert run.n == entry.rounds - 2
    check_same(fit(run), name)


def test_the_kill_is_in_the_middle_of_a_round(tmp_path, forks):
    """What the test above relies on: a checkpoint of the round before, and none of the round that was killed."""
    child = forks.start("games:killed", "GAN DCGAN", tmp_path / "run", 3)
    assert child.wait() == -9
    assert GAMES["GAN DCGAN"].run(checkpoint=tmp_path / "run").n == 2
    with pytest.raises(SystemExit, match="was not killed"):
        killed("GAN DCGAN", tmp_path / "other", 99)


@each
def test_a_reader_who_draws_samples_and_stops_changes_nothing(name):
    entry = GAMES[name]
    run = entry.run()
    torch.manual_seed(99)
    while len(run):
        for step in run:
            torch.rand(3)
            if entry.asked is not None:
                step.sample(4, **entry.asked)
            step.game.eval()
            torch.manual_seed(step.n)
            if step.n % 2:
                break
    expected = torch.rand(2, generator=torch.Generator().manual_seed(entry.rounds))
    assert torch.equal(torch.rand(2), expected)  # nor did the training touch the reader's
    check_same(run, name)


def test_every_averaged_copy_is_taken_after_the_last_step_of_its_round():
    """One that remembers nothing is then, weight by weight, what a network of the game is."""
    seen = set()
    for name, entry in GAMES.items():
        game = entry.game(recipe=entry.recipes(lambda recipe: dataclasses.replace(recipe, ema_halflife=1e-6)))
        copies = [part for part in game.children() if isinstance(part, Average)]
        seen |= {(entry.kind, len(copies))}
        inside = {id(part) for average in copies for part in average.modules()}
        for step in train(game, entry.real, rounds=3, seed=3):
            networks = [part for part in game.modules() if part is not game and id(part) not in inside]
            for average in copies:
                own = list(average.module.parameters())
                same = any(equal(own, list(network.parameters())) for network in networks)
                assert same, f"{name}: an averaged copy is no network of the game after round {step.n}"
    assert {kind for kind, _ in seen} - {kind for kind, number in seen if number} == {games.CriticAlone}
    assert {(games.BiGAN, 2), (games.BigBiGAN, 2), (games.CycleGAN, 2), (games.SGAN, 2)} <= seen


def equal(some, others):
    return len(some) == len(others) and all(map(torch.equal, some, others))


@each
def test_resuming_leaves_the_reader_s_randomness_alone(name, tmp_path):
    entry = GAMES[name]
    fit(entry.run(checkpoint=tmp_path / "run"))
    game = entry.game()
    torch.manual_seed(99)
    train(game, entry.real, rounds=entry.rounds, seed=3, checkpoint=tmp_path / "run")
    assert torch.equal(torch.rand(2), torch.rand(2, generator=torch.Generator().manual_seed(99)))


@each
def test_in_bf16_every_network_computes_in_it_and_says_so(name):
    seen, answers = {}, set()

    def look(module, inputs, out):
        if isinstance(module, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)) or hasattr(module, "in_features"):
            seen.setdefault(module, set()).add(out.dtype)
        if module in present:
            answers.add((type(module).__name__, out.dtype))

    run = GAMES[name].run(precision="bf16")
    present = set(networks(run.game).values())
    hook = register_module_forward_hook(look)
    try:
        fit(run)
    finally:
        hook.remove()
    assert set().union(*seen.values()) == {torch.bfloat16}
    for which, network in networks(run.game).items():
        assert any(part in seen for part in network.modules()), f"{which} did not compute"
    assert {dtype for _, dtype in answers} == {torch.float32}
    tensors, _, history = end(run)
    assert all(t.dtype == torch.float32 and t.isfinite().all() for t in tensors.values() if t.is_floating_point())
    assert all(torch.tensor(values).isfinite().all() for values in history.values())
    assert history != whole(name)[2]
    listed = ", ".join(networks(run.game))
    assert repr(run).endswith(f"bf16 in {listed}; weights, losses and optimisers in float32)")
    assert not any("forward" in vars(part) for part in run.game.modules())


@pytest.mark.parametrize("name", ["two parents", "progressive, averaged", "GAN of images, DCGAN"])
def test_in_bf16_too_killed_and_resumed(name, tmp_path, forks):
    entry, path = GAMES[name], tmp_path / "run"
    child = forks.start("games:killed", name, path, entry.rounds, "bf16")
    assert child.wait() == -9, child.words
    once, more = fit(entry.run(precision="bf16")), fit(entry.run(precision="bf16", checkpoint=path))
    (a, *facts), (b, *others) = end(once), end(more)
    assert facts == others and all(torch.equal(a[key], b[key]) for key in a)


def test_a_copy_made_inside_a_round_has_its_own_weights_and_no_trace():
    net = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
    x = torch.randn(3, 4)
    with computing(nn.ModuleList([net]), "bf16"):
        other = copy.deepcopy(net)
        for p in other.parameters():
            nn.init.constant_(p, 1 / 3)
        inside = other(x)
    assert not torch.equal(inside, net(x))
    plain = (x.sum(1, keepdim=True) / 3 + 1 / 3) * 4 / 3 + 1 / 3
    torch.testing.assert_close(other(x), plain, rtol=1e-6, atol=1e-6)
    assert 1e-6 < (inside - plain).abs().max() < 0.1


@each
def test_a_step_moves_its_own_player_and_leaves_no_gradient_elsewhere(name):
    run = GAMES[name].run(rounds=4 if "progressive" in name else 2)
    before, steps = {}, []

    def note():
        before.clear()
        before.update({p: (p.detach().clone(), p.grad, p.grad is not None and p.grad.clone()) for p in parameters})

    def compare(optimizer, args, kwargs):
        own = {p for group in optimizer.param_groups for p in group["params"]}
        for p in parameters - own:
            value, grad, number = before[p]
            assert torch.equal(p.detach(), value), "moved in another player's step"
            assert p.grad is grad, "got a gradient in another player's step"
            assert grad is None or torch.equal(grad, number)
        steps.append(optimizer)
        note()

    hook = register_optimizer_step_post_hook(compare)
    try:
        for n in range(run.rounds):
            run.game.prepare(n + 1)
            parameters = set(run.game.parameters())
            note()
            next(run)
    finally:
        hook.remove()
    assert set(map(id, run.game.optimizers.values())) <= set(map(id, steps))


# --- what is another training


@dataclasses.dataclass(frozen=True)
class Halved:
    """Something that can be done to samples of any shape."""

    def __call__(self, x):
        return x / 2


OTHER = {
    "loss": None,  # the entry's own
    "penalties": (R1(0.7),),
    "d_steps": 2,
    "g_steps": 2,
    "batch": 8,
    "lr_d": 0.01,
    "lr_g": 0.01,
    "betas": (0.25, 0.9),
    "ema_halflife": 33.0,
    "optimizer": "rmsprop",
    "clip": 0.7,
    "augment": (Halved(),),
    "norm_d": "spectral",
}
AGAIN = {"optimizer": "adam", "norm_d": None}  # where it has the other value already


def refused(path, entry, **changes):
    """What is said to who resumes with other arguments."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "D has batch norm|the recipe counts on spectral")  # here it is no matter
        with pytest.raises(ValueError, match="is of another training") as caught:
            train(entry.game(**changes), entry.real, rounds=entry.rounds, seed=3, checkpoint=path)
    return str(caught.value).split("or undo: ")[1]


@each
def test_every_argument_and_every_field_of_the_recipe_is_refused_by_name(name, tmp_path, as_readers):
    entry, path = GAMES[name], tmp_path / "run"
    fit(entry.run(rounds=1, checkpoint=path))
    before = path.read_bytes()
    others = entry.others()
    assert others.keys() == entry.arguments, "other values of every argument but recipe and device"
    for argument, value in others.items():
        words = refused(path, entry, **{argument: value})
        found = re.search(rf"(?:^|; )(?:argument )?{argument}(?:\.\w+)?: saved (.*?), now (.*?)(?:; |$)", words)
        found = found or (argument == "parents" and re.match(r"(parents): saved (.*), now", words))
        assert found, f"{argument} is not named in: {words}"
        assert found[1] != found[2]
    for field, value in OTHER.items():

        def change(recipe, field=field, value=entry.loss if field == "loss" else value):
            value = AGAIN[field] if getattr(recipe, field) == value else value
            return dataclasses.replace(recipe, **{field: value})

        words = refused(path, entry, recipe=entry.recipes(change))
        assert re.match(rf"{field}: saved .+, now .+", words), words
        assert ";" not in words, "nothing else differs"
    assert path.read_bytes() == before


def test_no_field_of_the_recipe_is_forgotten():
    assert OTHER.keys() == {field.name for field in dataclasses.fields(Recipe)}


def test_what_differs_at_the_end_of_a_long_text_is_shown(tmp_path):
    """A deep network that differs in its last layer, and a deep list of settings."""
    entry, path = GAMES["GAN DCGAN"], tmp_path / "run"

    def deep(slope):
        layers = [layer for _ in range(30) for layer in (nn.Linear(2, 2), nn.LeakyReLU(0.2))]
        return nn.Sequential(*layers, nn.LeakyReLU(slope), nn.Linear(2, 1))

    fit(train(entry.game(D=deep(0.2)), entry.real, rounds=1, seed=3, checkpoint=path))
    words = refused(path, entry, D=deep(0.25))
    assert re.search(
        r"D: saved \.\.\..*\(60\): LeakyReLU\(negative_slope=0\.2\).*, now \.\.\..*\(60\): .*0\.25\)", words
    )
    assert len(words) < 600
    assert state.differences({"x": "a" * 900 + "b"}, {"x": "a" * 900}) == [
        "x: saved ..." + "a" * 50 + "b, now ..." + "a" * 50
    ]


def test_a_loss_of_the_reader_s_own_is_told_from_another(tmp_path):
    entry, path = GAMES["GAN DCGAN"], tmp_path / "run"
    fit(entry.run(rounds=1, checkpoint=path))
    smoothed = entry.recipes(lambda recipe: dataclasses.replace(recipe, loss=NonSaturating(0.9)))
    assert refused(path, entry, recipe=smoothed) == (
        "loss: saved NonSaturating(real_label=1.0), now NonSaturating(real_label=0.9)"
    )

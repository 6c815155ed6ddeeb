"""Dirac-GAN: the table of Mescheder et al., eigenvalues in closed form, and the written fields against the losses."""

import math

import pytest
import torch

from ganbook.losses import Minimax, NonSaturating, Realness, Wasserstein
from ganbook.penalties import R1, GradientPenalty
from ganbook.studies import dirac
from ganbook.studies.dirac import (
    NODES,
    Consensus,
    Noise,
    Played,
    WithGradientPenalty,
    WithR1,
    damped_eigenvalues,
    eigenvalues,
    jacobian,
    minimax,
    non_saturating,
    simulate,
    wasserstein,
)

START = torch.tensor([[1.0, -1.0]])  # the author's (1, 1): his D has the other sign
STATES = torch.randn(40, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 2

PAIRS = {
    "minimax": (minimax, Played(Minimax())),
    "non-saturating": (non_saturating, Played(NonSaturating())),
    "wasserstein": (wasserstein, Played(Wasserstein())),
    "R1": (WithR1(minimax, 0.3), Played(Minimax(), (R1(0.3),))),
    "penalty": (WithGradientPenalty(wasserstein, 0.35), Played(Wasserstein(), (GradientPenalty(0.35),))),
}

# facts: end radius from (1, 1) after 500 steps of 0.2; both at once, in turns, in turns with five steps of D
TABLE = {
    "GAN": (minimax, None, (3.10, 1.42, 1.85)),
    "non-saturating": (non_saturating, None, (0.64, 0.28, 0.14)),
    "WGAN, clip 1": (wasserstein, 1.0, (1.00, 1.02, 0.92)),
    "WGAN-GP": (WithGradientPenalty(wasserstein, 0.35), None, (1.80, 1.22, 0.72)),
    "R1 0.3": (WithR1(minimax, 0.3), None, (0, 0, 0)),
    "R1 1": (WithR1(minimax, 1.0), None, (0, 0, 0)),
    "non-saturating, R1 0.3": (WithR1(non_saturating, 0.3), None, (0, 0, 0)),
    "noise": (Noise(0.7), None, (0, 0, 0)),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_table(name):
    field, clip, radii = TABLE[name]
    for d_steps, radius in zip((None, 1, 5), radii, strict=True):
        end = simulate(field, START, d_steps=d_steps, clip=clip)[-1].norm()
        assert abs(end - radius) < 0.006, (name, d_steps, float(end))


def test_consensus_comes_to_rest_unless_five_steps_of_d_push_it_where_the_field_dies():
    for d_steps in (None, 1):
        assert simulate(Consensus(minimax), START, d_steps=d_steps)[-1].norm() < 1e-6
    end = simulate(Consensus(minimax), START, d_steps=5)[-1, 0]
    assert end.norm() > 5 and (end[0] * end[1]).sigmoid() < 0.02


def test_consensus_can_be_differentiated():
    """Its Jacobian J - J^T J at rest, of minimax J = [[0, 1/2], [-1/2, 0]]: eigenvalues -1/4 +- i/2."""
    found = torch.tensor(eigenvalues(Consensus(minimax)))
    torch.testing.assert_close(found, torch.tensor([-0.25 + 0.5j, -0.25 - 0.5j], dtype=found.dtype))


@pytest.mark.parametrize("name", PAIRS)
def test_a_field_is_what_the_loss_makes(name):
    written, played = PAIRS[name]
    torch.testing.assert_close(written(STATES), played(STATES).detach(), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(jacobian(written, (0.3, -0.4)), jacobian(played, (0.3, -0.4)))


def test_the_five_eigenvalues_of_the_facts():
    for gamma, first, second in (
        (0.0, 0.5j, -0.5j),
        (0.3, -0.15 + 0.477j, -0.15 - 0.477j),
        (2.0, -0.134, -1.866),
    ):
        for found in (eigenvalues(WithR1(minimax, gamma)), damped_eigenvalues(gamma)):
            assert abs(found[0] - first) < 5e-4 and abs(found[1] - second) < 5e-4
    assert all(abs(value + 0.5) < 1e-7 for value in eigenvalues(WithR1(minimax, 1.0)))  # double, at critical gamma
    for field in (minimax, non_saturating):
        torch.testing.assert_close(jacobian(field), torch.tensor([[0.0, 0.5], [-0.5, 0.0]], dtype=torch.float64))


def test_noise_has_the_jacobian_of_r1_with_half_its_variance():
    torch.testing.assert_close(jacobian(Noise(0.7)), jacobian(WithR1(minimax, 0.245)))
    torch.testing.assert_close(NODES.square().mean(), torch.tensor(1.0, dtype=torch.float64))
    torch.testing.assert_close(Noise(0.0)(STATES), minimax(STATES))


def test_noise_against_two_hundred_thousand_draws():
    rng = torch.Generator().manual_seed(1)
    theta, psi, std = 0.6, -0.8, 0.7
    fake, real = (std * torch.randn(2, 200_000, generator=rng, dtype=torch.float64)).unbind(0)
    fake = fake + theta
    s = torch.sigmoid(psi * fake)
    sampled = torch.stack([(psi * s).mean(), (real * torch.sigmoid(-psi * real) - fake * s).mean()])
    torch.testing.assert_close(Noise(std)(torch.tensor([[theta, psi]]))[0], sampled, atol=0.006, rtol=0)


def test_at_once_the_radius_grows_at_each_step_by_the_field():
    """v is across the radius, so r'^2 = r^2 + h^2 |v|^2: Pythagoras, at any distance."""
    path = simulate(minimax, START, steps=50)[:, 0]
    grown = path[:-1].square().sum(1) + 0.04 * minimax(path[:-1]).square().sum(1)
    torch.testing.assert_close(path[1:].square().sum(1), grown)


@pytest.mark.parametrize("field", [minimax, wasserstein])
@pytest.mark.parametrize(("d_steps", "expected"), [(None, "grows"), (1, "kept")])
def test_in_turns_area_is_kept_where_each_player_s_pull_does_not_depend_on_itself(field, d_steps, expected):
    """The determinant of one round's derivative: 1 + h^2 at once and 1 in turns for the bilinear game.

    The minimax field has a pull on each player that depends on the player itself (through s), so there the area is
    kept only at the equilibrium.
    """
    h = 0.2
    start = torch.zeros(1, 2, dtype=torch.float64)
    eps = torch.tensor([[1e-5, 0.0], [0.0, 1e-5]], dtype=torch.float64)
    ends = [simulate(field, start + sign * eps, 1, h, d_steps=d_steps)[-1] for sign in (1, -1)]
    slope = 1.0 if field is wasserstein else 0.5
    det = torch.det((ends[0] - ends[1]) / 2e-5)
    assert abs(det - (1 + (h * slope) ** 2 if expected == "grows" else 1.0)) < 1e-9


def test_several_starts_are_several_games():
    both = simulate(minimax, torch.tensor([[1.0, -1.0], [0.5, 2.0]]), 20, d_steps=2)
    alone = simulate(minimax, torch.tensor([[0.5, 2.0]]), 20, d_steps=2)
    torch.testing.assert_close(both[:, 1:], alone)
    assert both.shape == (21, 2, 2)


def test_clipping_bounds_psi_alone():
    path = simulate(wasserstein, torch.tensor([[3.0, 0.0]]), 100, clip=0.5)
    assert path[..., 1].abs().max() == 0.5 and path[..., 0].abs().max() > 1


def test_planted_defect_a_sign_or_a_late_player():
    """D's sign flipped pulls both the same way: the table's first line would be missed by far."""

    def flipped(states):
        return minimax(states) * torch.tensor([1.0, -1.0])

    end = simulate(flipped, START, steps=100)[-1].norm()
    assert not abs(end - 3.1) < 0.006
    assert eigenvalues(flipped)[0] == pytest.approx(0.5)  # real: a saddle, no rotation


@pytest.mark.parametrize("gamma", [0.0, 0.3, 1.0, 5.0])
def test_damped_eigenvalues_solve_their_equation(gamma):
    for value in damped_eigenvalues(gamma, slope=0.7):
        assert abs(value * value + gamma * value + 0.49) < 1e-12
    assert math.isclose(abs(damped_eigenvalues(0.2)[0]), 0.5)  # underdamped: all on the circle of radius f'(0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: minimax(torch.zeros(2)), "states must have shape"),
        (lambda: Noise(-1.0), "std must be"),
        (lambda: WithR1(minimax, float("nan")), "gamma must be"),
        (lambda: WithGradientPenalty(minimax, -1.0), "weight must be"),
        (lambda: Consensus(minimax, -1.0), "weight must be"),
        (lambda: Played(Realness(3)), "loss must have one output"),
        (lambda: simulate(minimax, START, steps=0), "steps must be > 0"),
        (lambda: simulate(minimax, START, h=-0.1), "h must be > 0"),
        (lambda: simulate(minimax, START, d_steps=0), "d_steps must be > 0"),
        (lambda: simulate(minimax, START, clip=0.0), "clip must be > 0"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_module_names_its_players():
    assert dirac.BOTH.tolist() == [1, 1] and (dirac.ONLY_G + dirac.ONLY_D).tolist() == [1, 1]

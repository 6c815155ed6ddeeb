"""Jacobians against differences, angles between known planes, what J_E J_G = I fixes, and the price of a move."""

import math

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from ganbook import models
from ganbook.models import mlp
from ganbook.models.tangents import angles, jacobian, rows, tangent_penalty, tangents


def rotation(angle):
    c, s = math.cos(angle), math.sin(angle)
    return torch.tensor([[c, -s], [s, c]], dtype=torch.float64)


@pytest.mark.parametrize("widths", [[3, 8, 5], [5, 8, 3], [4, 8, 4]])
def test_a_jacobian_against_central_differences(widths):
    torch.manual_seed(0)
    network, x, h = mlp(widths, nn.Tanh).double(), torch.randn(6, widths[0], dtype=torch.float64), 1e-5
    steps = torch.eye(widths[0], dtype=torch.float64)
    with torch.no_grad():
        columns = [(network(x + h * step) - network(x - h * step)) / (2 * h) for step in steps]
    assert_close(jacobian(network, x), torch.stack(columns, 2), atol=1e-8, rtol=1e-6)


def test_those_of_convolutions_are_flattened_and_leave_no_trace():
    torch.manual_seed(0)
    G, E, _ = models.bigan(16, 1, z=3, width=4)
    z = torch.randn(2, 3)
    before = {name: value.clone() for name, value in G.state_dict().items()}
    J = jacobian(G, z)
    assert J.shape == (2, 256, 3) and not J.requires_grad and G.training
    assert all(torch.equal(value, before[name]) for name, value in G.state_dict().items())
    G.eval(), E.eval()
    with torch.no_grad():
        x = G(z)
    both = jacobian(nn.Sequential(G, E), z)  # the chain rule
    assert_close(jacobian(E, x) @ J, both, atol=1e-5, rtol=1e-3)
    one = torch.autograd.functional.jacobian(lambda z: G(z[None])[0].flatten(), z[1])
    assert_close(J[1], one, atol=1e-5, rtol=1e-4)


def test_an_affine_inverse_pair_has_the_product_one():
    """G(z) = A z + b into R^5 and E(x) = A^+ (x - b): J_E J_G = I, and the rows of J_E span the tangent space too."""
    torch.manual_seed(0)
    A = torch.randn(5, 2, dtype=torch.float64)
    G, E = nn.Linear(2, 5).double(), nn.Linear(5, 2).double()
    with torch.no_grad():
        G.weight.copy_(A)
        E.weight.copy_(torch.linalg.pinv(A))
        E.bias.copy_(-E.weight @ G.bias)
    z = torch.randn(3, 2, dtype=torch.float64)
    J_G, J_E = jacobian(G, z), jacobian(E, G(z).detach())
    assert_close(J_E @ J_G, torch.eye(2, dtype=torch.float64).expand(3, 2, 2))
    assert angles(tangents(J_G), rows(J_E)).max() < 1e-5


def test_what_the_product_does_not_fix():
    """Another encoder, equally right on what G makes: to it, steps that lead away from there are heard as well."""
    torch.manual_seed(0)
    A = torch.randn(5, 2, dtype=torch.float64)
    away = torch.eye(5, dtype=torch.float64) - A @ torch.linalg.pinv(A)  # 0 on the tangent space
    other = torch.linalg.pinv(A) + 3 * torch.randn(2, 5, dtype=torch.float64) @ away
    assert_close(other @ A, torch.eye(2, dtype=torch.float64))
    assert angles(A[None], rows(other[None])).min() > 30


def test_angles_between_known_planes():
    """In R^4 the planes (e1, e2) and (cos a e1 + sin a e3, cos b e2 + sin b e4) have the angles a and b."""
    for a, b in ((10.0, 50.0), (1e-4, 90.0), (0.0, 45.0), (89.9, 90.0)):
        one = torch.eye(4, dtype=torch.float64)[:, :2]
        c, d = math.radians(a), math.radians(b)
        other = torch.tensor(
            [[math.cos(c), 0], [0, math.cos(d)], [math.sin(c), 0], [0, math.sin(d)]], dtype=torch.float64
        )
        mixed = other @ torch.tensor([[2.0, 1.0], [0.5, -3.0]], dtype=torch.float64)  # another basis of the same plane
        assert_close(angles(one[None], mixed[None])[0], torch.tensor([a, b], dtype=torch.float64), atol=1e-7, rtol=1e-7)
        assert_close(angles(mixed[None], one[None]), angles(one[None], mixed[None]), atol=1e-7, rtol=1e-7)


def test_angles_against_scipy():
    from scipy.linalg import subspace_angles

    rng = torch.Generator().manual_seed(0)
    A, B = (torch.randn(1, 9, k, generator=rng, dtype=torch.float64) for k in (4, 2))
    wanted = torch.from_numpy(subspace_angles(A[0].numpy(), B[0].numpy())).rad2deg().flip(0)
    assert_close(angles(A, B)[0], wanted, atol=1e-9, rtol=1e-9)


def test_a_random_span_of_k_in_d_lies_at_acos_root_of_the_share():
    rng = torch.Generator().manual_seed(0)
    found = angles(torch.randn(400, 64, 16, generator=rng), torch.randn(400, 64, 1, generator=rng))
    assert_close(found.deg2rad().cos().square().mean().item(), 16 / 64, atol=0.02, rtol=0)


def test_the_largest_come_first():
    J = torch.diag_embed(torch.tensor([[1.0, 3.0, 2.0]]))
    assert_close(tangents(J, 2)[0].abs(), torch.eye(3)[:, [1, 2]])
    assert_close(rows(J, 1)[0].abs(), torch.eye(3)[:, [1]])
    J = torch.randn(2, 7, 4, generator=torch.Generator().manual_seed(0))
    for basis in (tangents(J), rows(J.mT)):
        assert_close(basis.mT @ basis, torch.eye(4).expand(2, 4, 4), atol=1e-5, rtol=0)


def test_the_penalty_is_the_squared_norm_of_the_jacobian_along_t():
    torch.manual_seed(0)
    net, x = mlp([4, 16, 3], nn.Tanh).double(), torch.randn(1, 4, dtype=torch.float64).expand(20_000, 4)
    T = torch.linalg.qr(torch.randn(1, 4, 2, dtype=torch.float64)).Q
    wanted = (jacobian(net, x[:1]) @ T).square().sum().item()
    rng = torch.Generator().manual_seed(1)
    found = tangent_penalty(net, x, T.expand(20_000, 4, 2), rng, step=1e-3).item()
    assert abs(found / wanted - 1) < 0.05
    assert not found == pytest.approx(wanted, rel=1e-9)


def test_a_classifier_that_does_not_turn_pays_nothing_for_turns():
    """c(x) = |x| and the tangent of a rotation of the plane: nothing; along the radius: its slope, 1."""
    x = torch.randn(500, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    turn = (x @ rotation(math.pi / 2).T / x.norm(dim=1, keepdim=True))[:, :, None]
    radius = (x / x.norm(dim=1, keepdim=True))[:, :, None]

    def length(x):
        return x.norm(dim=1, keepdim=True)

    prices = [tangent_penalty(length, x, T, torch.Generator().manual_seed(0), step=1e-4).item() for T in (turn, radius)]
    assert prices[0] < 1e-3 < 0.8 < prices[1] < 1.2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: jacobian(lambda x: x, torch.zeros(2, 2)), "network must be a network"),
        (lambda: jacobian(nn.Linear(2, 2), torch.zeros(2)), "x must be samples"),
        (lambda: jacobian(nn.Linear(2, 2), [0.0]), "x must be samples"),
        (lambda: tangents(torch.zeros(2, 3)), r"J must be Jacobians of shape \(n, d, inputs\)"),
        (lambda: tangents(torch.zeros(2, 5, 3), 4), r"k must be a whole number in 1\.\.3, got 4"),
        (lambda: rows(torch.zeros(2, 5, 3), 0), r"k must be a whole number in 1\.\.3, got 0"),
        (lambda: angles(torch.zeros(2, 5, 3), torch.zeros(2, 4, 3)), r"B must be bases of shape \(2, 5, l\)"),
        (lambda: angles(torch.zeros(2, 2, 3), torch.zeros(2, 2, 1)), "A must have at most d = 2 columns, got 3"),
        (
            lambda: tangent_penalty(nn.Identity(), torch.zeros(2, 4), torch.zeros(2, 3, 1), torch.Generator()),
            r"T must be directions of shape \(2, 4, k\)",
        ),
        (
            lambda: tangent_penalty(
                nn.Identity(), torch.zeros(2, 4), torch.zeros(2, 4, 1), torch.Generator(), step=0.0
            ),
            "step must be a finite number > 0",
        ),
    ],
)
def test_what_is_none(call, message, as_readers):
    with pytest.raises(ValueError, match=message):
        call()

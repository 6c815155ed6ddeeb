"""What a penalty draws, by hand and to the last bit, and how it takes batches of more than samples."""

import pytest
import torch

from ganbook.penalties import GaussianNoise, GradientPenalty, Judge, UniformNoise, between, differentiable, interpolate

KINDS = [torch.float32, torch.float64]


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def batch(seed, kind, *shape):
    return torch.randn(*shape, generator=rng(seed), dtype=kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(6, 2), (6, 3, 4, 4)])
def test_points_between_noise_and_brightness_are_drawn_in_the_data_s_own_type(shape, kind):
    x, y, draws = batch(0, kind, *shape), batch(1, kind, *shape), rng(5)
    e = torch.rand(6, generator=draws, dtype=kind).view(6, *[1] * (len(shape) - 1))
    assert torch.equal(interpolate(x, y, rng(5)), e * x + (1 - e) * y)
    normal = torch.randn(*shape, generator=rng(5), dtype=kind)
    assert torch.equal(GaussianNoise(4.0)(x, rng(5)), x + 2.0 * normal)
    draws = rng(5)
    u = torch.rand(*shape, generator=draws, dtype=kind)
    bright = x + 0.25 * ((x - x.mean()) ** 2).mean().sqrt() * u
    e = torch.rand(6, generator=draws, dtype=kind).view(6, *[1] * (len(shape) - 1))
    torch.testing.assert_close(UniformNoise(0.25)(x, rng(5)), e * bright + (1 - e) * x, rtol=1e-5, atol=1e-6)


def test_latents_go_along_and_labels_must_be_the_same():
    x, y, z, w = (batch(seed, torch.float32, 4, 2) for seed in range(4))
    labels = torch.tensor([0, 1, 1, 0])
    e = torch.rand(4, generator=rng(5)).view(4, 1)
    points = between((x, z, labels), (y, w, labels.clone()), rng(5))
    assert torch.equal(points[0], e * x + (1 - e) * y) and torch.equal(points[1], e * z + (1 - e) * w)
    assert torch.equal(points[2], labels) and len(points) == 3
    with pytest.raises(ValueError, match="the same labels, row by row"):
        between((x, labels), (y, 1 - labels), rng())
    for other, told in (((y,), r"\(4, 2\) with \(4,\) and \(4, 2\)"), ((y, z), r"\(4,\) and \(4, 2\) with \(4, 2\)")):
        with pytest.raises(ValueError, match=rf"real and fake must have the same shape, got .*{told}$"):
            between((x, labels), other, rng())
    seen = []

    def critic(x, y):
        seen.append(y)
        return x.sum(1)

    GradientPenalty()(critic, (x, labels), (y, labels), rng())
    assert torch.equal(seen[0], labels)


def test_the_data_are_differentiated_and_what_is_given_with_them_is_not():
    x, labels = batch(0, torch.float32, 4, 2), torch.arange(4)
    leaf, same = differentiable((x, labels))
    assert leaf.requires_grad and leaf.is_leaf and not x.requires_grad and same is labels
    hanging = leaf * 2
    assert differentiable(hanging) is hanging


def test_a_judge_recognises_a_batch_by_all_of_its_parts():
    """The same samples with other labels, or with none, are asked anew."""
    calls = []

    def network(x, *given):
        calls.append(len(given))
        return x[:, :1] + sum(part[:, None] for part in given)

    judge = Judge(network, lambda out: out.squeeze(1))
    x, labels = batch(0, torch.float32, 4, 2), torch.arange(4)
    judge.outputs((x, labels))
    assert torch.equal(judge(x, labels), x[:, 0] + labels) and calls == [1]
    assert torch.equal(judge(x, labels.clone()), x[:, 0] + labels) and calls == [1, 1]
    assert torch.equal(judge(x), x[:, 0]) and calls == [1, 1, 0]


@pytest.mark.parametrize(
    ("bad", "name"), [((torch.tensor(1.0),) * 2, "real"), ((torch.ones(2, 1), torch.tensor(1.0)), "fake")]
)
def test_what_is_no_batch_is_named(bad, name, as_readers):
    with pytest.raises(ValueError, match=f"^{name} must be samples"):
        between(*bad, rng())
    with pytest.raises(ValueError, match=r"^rng must be a torch\.Generator"):
        between(torch.ones(2, 1), torch.ones(2, 1), 0)
    with pytest.raises(ValueError, match="^batch must be samples"):
        differentiable(torch.tensor(1.0))

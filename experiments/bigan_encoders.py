"""What does an encoder that joined the game know, beside those that had it easier? Faces, 16 px, three seeds.

Equal networks, batches and rounds: BiGAN and Augmented BiGAN; a plain GAN of the same G and recipe, to which an encoder
is fitted afterwards on its samples (mean squared error in z); an autoencoder of the same E and G (mean squared error in
pixels). So the fitted encoder has had two trainings, one after the other, BiGAN one. Without training: the same E, and
as many random features as the last map of a random convolution has numbers. Without networks: 32 principal components
and the raw pixels.

ratio x: ||x - G(E(x))|| on held-out faces as a share of the distance from another face's; the decoder is the encoder's
own, and where there is none (untrained, random convolution) the best linear one, fitted to 2,000 faces. ratio z: the
same for z and E(G(z)), with z ~ N(0, I), for the autoencoder from a normal distribution of its codes' mean and
covariance; 1 stands where there is no generator, and 0 for principal components and pixels, which are exact there.
Attributes, read by a linear map fitted to 1,000 labelled faces, and by the nearest of these 1,000: three that a linear
map of pixels does not see well (skin, 6 tones; hair, 8 colours; beard), two that it sees (mouth, sad or happy; whether
there are glasses), and "odd", whether just one of glasses and smile is there, which no linear map of pixels can see.

Settings from two trials of 40 s on seed 100: without batch norm and with R1 the ratio falls faster in seconds than with
batch norm, also with half the channels.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss

from ganbook import data, features, models
from ganbook.experiments import Experiment, main
from ganbook.games import GAN, BiGAN
from ganbook.games.bigan import generated, reconstructed
from ganbook.losses import NonSaturating
from ganbook.penalties import R1
from ganbook.ramps import Ramp
from ganbook.recipes import Recipe
from ganbook.studies.encoders import nearest, probe, ratio
from ganbook.train import fit, train

SEEDS, ROUNDS, BATCH, Z, WIDTH, N, CPU = (0, 1, 2), 1_500, 32, 32, 16, 1_000, torch.device("cpu")
FALLING = Ramp(1e-3, 1e-4, images=BATCH * ROUNDS)
RECIPE = Recipe(NonSaturating(), (R1(0.5),), batch=BATCH, lr_d=FALLING, lr_g=FALLING, betas=(0.0, 0.99))
ASKED = ("skin", "hair", "beard", "mouth", "glasses", "odd")
VARIANTS = (
    "BiGAN",
    "Augmented BiGAN",
    "encoder fitted afterwards",
    "autoencoder",
    "untrained encoder",
    "random convolution",
    "principal components",
    "raw pixels",
)


@cache
def faces(split: str) -> data.FacesSampler:
    return data.faces(split=split, device=CPU)


@cache
def labels(split: str, name: str) -> Tensor:
    """The attribute of each face; of glasses whether there are any."""
    known = faces(split)
    if name == "odd":
        return (labels(split, "glasses") + known.column("mouth")) % 2
    return known.column(name).clamp(max=1) if name == "glasses" else known.column(name)


def trio(seed: int) -> tuple[nn.Module, nn.Module, nn.Module]:
    """(G, E, D), the same for every variant of a seed."""
    torch.manual_seed(seed)
    return models.bigan(16, 3, z=Z, width=WIDTH, hidden=128, norm=None)


def descended(networks: tuple[nn.Module, ...], loss, seed: int) -> None:
    """As many steps of Adam as a game has rounds, at the same rates: loss(rng) is called anew for each."""
    rng = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam([p for net in networks for p in net.parameters()], lr=FALLING.start)
    for n in range(ROUNDS):
        optimizer.param_groups[0]["lr"] = FALLING.at(n * BATCH)
        optimizer.zero_grad()
        loss(rng).backward()
        optimizer.step()


def afterwards(G: nn.Module, E: nn.Module, D: nn.Module, seed: int) -> None:
    """A plain GAN, of D's convolutions and a linear layer; then E on what its G makes."""
    torch.manual_seed(seed)
    plain = models.dcgan(16, 3, z=Z, width=WIDTH, norm_d=None, norm_g=None)[1]
    fit(
        train(
            GAN(G, models.he_init(plain), RECIPE, device=CPU), faces("train"), rounds=ROUNDS, seed=seed, progress=False
        )
    )
    prior = data.normal(Z, CPU)

    def loss(rng: torch.Generator) -> Tensor:
        z = prior(BATCH, rng)
        with torch.no_grad():
            x = G(z)
        return mse_loss(E(x), z)

    descended((E,), loss, seed)


def made(variant: str, seed: int):
    """(encode, decode or None, sampler of codes or None) of a variant, trained."""
    G, E, D = trio(seed)
    prior = data.normal(Z, CPU)
    if variant.endswith("BiGAN"):
        fakes = (generated, reconstructed) if variant == "Augmented BiGAN" else (generated,)
        game = BiGAN(G, E, D, RECIPE, device=CPU, fakes=fakes)
        fit(train(game, faces("train"), rounds=ROUNDS, seed=seed, progress=False))
    elif variant == "encoder fitted afterwards":
        afterwards(G, E, D, seed)
    elif variant == "autoencoder":

        def loss(rng: torch.Generator) -> Tensor:
            x = faces("train")(BATCH, rng)
            return mse_loss(G(E(x)), x)

        descended((G, E), loss, seed)
        codes = E(faces("train").x[:2_000]).detach().double()
        law = torch.distributions.MultivariateNormal(codes.mean(0), codes.mT.cov() + 1e-6 * torch.eye(Z).double())
        torch.manual_seed(seed)
        drawn = law.sample((N,)).float()
        return E, G, lambda n, rng: drawn
    elif variant == "untrained encoder":
        return E, None, None
    elif variant == "random convolution":
        return nn.Sequential(*E[:-2], nn.Flatten()), None, None
    return E, G, prior


def without_networks(variant: str):
    """Principal components of 2,000 faces, or the pixels themselves."""
    x = faces("train").x[:2_000].flatten(1)
    mean = x.mean(0)
    if variant == "raw pixels":
        return lambda x: x.flatten(1), lambda z: z.view(-1, 3, 16, 16), None
    axes = torch.linalg.eigh((x - mean).double().mT.cov()).eigenvectors[:, -Z:].float()
    return lambda x: (x.flatten(1) - mean) @ axes, lambda z: (z @ axes.mT + mean).view(-1, 3, 16, 16), None


def linear_back(codes: Tensor, x: Tensor, new: Tensor) -> Tensor:
    """What the best linear map, fitted to known codes, makes of new ones."""
    one, other = (torch.cat([c, torch.ones(len(c), 1)], 1).double() for c in (codes, new))
    gram = one.mT @ one / len(one)
    gram = gram + 1e-3 * gram.diagonal().mean() * torch.eye(len(gram)).double()
    found = other @ torch.linalg.solve(gram, one.mT @ x.flatten(1).double() / len(one))
    return found.float().view(-1, 3, 16, 16)


@torch.no_grad()
def scored(encode, decode, codes, exact: bool, seed: int) -> dict[str, float]:
    """All measures of an encoder."""
    x, held_out, rng = faces("train").x[:2_000], faces("test").x[:N], torch.Generator().manual_seed(seed)
    known, new = encode(x), encode(held_out)
    back = linear_back(known, x, new) if decode is None else decode(new)
    found = {"ratio x": ratio(held_out, back), "ratio z": 0.0 if exact else 1.0, "pixel Frechet distance": 0.0}
    if codes is not None:
        z = codes(N, rng)
        y = decode(z)
        found["ratio z"] = ratio(z, encode(y))
        found["pixel Frechet distance"] = float(features.pixel_frechet_distance(held_out, y))
    for name in ASKED:
        rows = labels("train", name)[:N], new, labels("test", name)[:N]
        found[f"linear: {name}"] = probe(known[:N], *rows)
        found[f"nearest: {name}"] = nearest(known[:N], *rows)
    return found


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, float]]:
    """One training a seed; what needs no network is the same for all of them."""
    exact = variant in ("principal components", "raw pixels")
    rows = []
    for seed in seeds:
        rows.append(scored(*(without_networks(variant) if exact else made(variant, seed)), exact, seed))
    return rows


EXPERIMENT = Experiment(
    name="bigan_encoders",
    question="What do encoders of faces know, and how near does a picture come back?",
    variants=VARIANTS,
    seeds=SEEDS,
    measures=(
        "ratio x",
        "ratio z",
        "pixel Frechet distance",
        *(f"{reader}: {name}" for name in ASKED for reader in ("linear", "nearest")),
    ),
    measure=measure,
    live=None,
    differs={"live": "chapter 13 trains one pair live, longer; here eight codes at equal images, three seeds"},
    apart=True,
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

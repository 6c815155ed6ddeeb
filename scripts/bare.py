"""How fast could a round be at all? The sums of a round of GAN and nothing else: no run, no record, no averaged copy.

A bare loop of the same operations: what `make bench` tells of it is what our round could save by losing all else. In
one pass D looks at reals and fakes together, which rounds otherwise (and with batch norm is another game).
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from ganbook.recipes import Recipe


def bare(G: nn.Module, D: nn.Module, x: Tensor, recipe: Recipe, *, one_pass: bool = False) -> Iterator[None]:
    """A round at each next(), with the recipe's batch, rates and loss; the fakes of D's step are G's, too."""
    loss, n, rng = recipe.loss, recipe.batch, torch.Generator().manual_seed(0)
    z_width = next(layer for layer in G.modules() if isinstance(layer, nn.Linear)).in_features
    own = {}
    for network, rate in ((D, recipe.lr_d), (G, recipe.lr_g)):
        network.to(memory_format=torch.channels_last)
        adam = torch.optim.Adam(network.parameters(), lr=rate, betas=recipe.betas, fused=True)
        own[network] = adam, list(network.parameters())

    def descend(network: nn.Module, value: Tensor) -> None:
        adam, parameters = own[network]
        adam.zero_grad()
        value.backward(inputs=parameters)
        adam.step()

    while True:
        real = x[torch.randint(len(x), (n,), generator=rng)]
        fake = G(torch.randn(n, z_width, generator=rng))
        gone = fake.detach()
        descend(D, loss.d(*(D(torch.cat((real, gone))).split(n) if one_pass else (D(real), D(gone)))))
        seen = None
        if loss.g_sees_real:
            with torch.no_grad():
                seen = D(real)
        descend(G, loss.g(seen, D(fake)))
        yield

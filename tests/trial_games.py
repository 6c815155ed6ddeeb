"""Games of coming chapters, as short as the contract allows: what fights here would fight there.

They move into ganbook.games with their chapters. Networks for them, as small as can be, stand at the end.
"""

import torch
from torch import nn
from torch.nn.functional import interpolate

from ganbook.games import GAN


class Progressive(GAN):
    """Networks that grow: make(stage) gives (G, D), a stage lasts `images`, and half of that a new layer fades in."""

    def __init__(self, make, recipe, images, prior=None, device=None, *, stages=3):
        super().__init__(*make(0), recipe, prior, device)
        self.make, self.images, self.stages, self.stage = make, images, stages, 0

    def prepare(self, n):
        seen = (n - 1) * self.recipe.batch / self.images
        stage = min(int(seen), self.stages - 1)
        if stage != self.stage:
            G, D = self.make(stage)
            for new, old in ((G, self.G), (D, self.D)):
                new.load_state_dict(old.state_dict(), strict=False)  # the layers that both have
            self.stage = stage
            self.seat(G, D)
        for network in (self.G, self.D, self.sampler):
            network.alpha = min(1.0, 2 * (seen - stage)) if stage else 1.0
        super().prepare(n)

    def shrunk(self, x):
        return interpolate(x, size=4 * 2**self.stage, mode="area")

    def d_loss(self, x, y, rng, D=None):
        return super().d_loss(self.shrunk(x), y, rng, D)

    def g_loss(self, x, y):
        return super().g_loss(self.shrunk(x), y)


# --- networks


class Joined(nn.Module):
    """A network of (x, given): samples with what is given to them, latents or labels as ones among zeros."""

    def __init__(self, network, classes=0):
        super().__init__()
        self.network, self.classes = network, classes

    def forward(self, x, given):
        given = nn.functional.one_hot(given, self.classes).to(x.dtype) if self.classes else given
        return self.network(torch.cat([x, given], 1))


class GrowingG(nn.Module):
    """4 px and twice as many with each stage; alpha is how far the last layer has faded in."""

    def __init__(self, stage, width=4):
        super().__init__()
        self.start = nn.Linear(3, 16 * width)
        self.blocks = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(stage))
        self.heads = nn.ModuleList(nn.Conv2d(width, 1, 1) for _ in range(stage + 1))
        self.alpha = 1.0

    def forward(self, z):
        x = self.start(z).unflatten(1, (-1, 4, 4))
        for block in self.blocks:
            before, x = x, block(interpolate(x, scale_factor=2)).relu()
        out = self.heads[-1](x)
        if self.alpha < 1:
            out = self.alpha * out + (1 - self.alpha) * interpolate(self.heads[-2](before), scale_factor=2)
        return out.tanh()


class GrowingD(nn.Module):
    """The mirror image of GrowingG."""

    def __init__(self, stage, width=4):
        super().__init__()
        self.heads = nn.ModuleList(nn.Conv2d(1, width, 1) for _ in range(stage + 1))
        self.blocks = nn.ModuleList(nn.Conv2d(width, width, 3, padding=1) for _ in range(stage))
        self.end = nn.Linear(16 * width, 1)
        self.alpha = 1.0

    def forward(self, image):
        x = self.heads[-1](image)
        for k, block in reversed(list(enumerate(self.blocks))):
            x = interpolate(block(x).relu(), scale_factor=0.5, mode="area")
            if k == len(self.blocks) - 1 and self.alpha < 1:
                small = interpolate(image, scale_factor=0.5, mode="area")
                x = self.alpha * x + (1 - self.alpha) * self.heads[-2](small)
        return self.end(x.flatten(1))


def growing(stage):
    return GrowingG(stage), GrowingD(stage)


def wider(stage):
    return GrowingG(stage, 5), GrowingD(stage, 5)

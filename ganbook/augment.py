"""What D gets to see of few images: both real and fake are moved, cut and coloured, in both players' steps.

A D that sees 300 images for long learns them by heart. Changes that are drawn anew at each look leave it nothing to
learn by heart; and since the fakes are changed too, and G's gradient goes through the change, G does not learn the
changes themselves: T is to leave the distribution of what matters as it finds it, and be differentiable.

    recipe = dataclasses.replace(recipes.DCGAN, augment=augment.FEW_IMAGES)

Each is drawn one a sample, on the CPU, from torch's global randomness, which `train` keeps and a checkpoint holds.
Images (n, c, h, w) in [-1, 1]; after a change of colour they may leave that range.

Source: Zhao, Liu, Lin, Zhu and Han 2020 (DiffAugment), section 3; its constants. Flips are added here.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ganbook import checks
from ganbook.types import Float

Images = Float[Tensor, "n c h w"]


def _uniform(x: Tensor, low: float, high: float) -> Tensor:
    """One number a sample, U[low, high), of shape (n, 1, 1, 1)."""
    return torch.empty(len(x), 1, 1, 1).uniform_(low, high).to(x)


@dataclass(frozen=True)
class Flip:
    """Left and right are exchanged in half of the images.

    >>> torch.manual_seed(0)  # doctest: +ELLIPSIS
    <torch._C.Generator object at ...>
    >>> x = torch.tensor([[[[0.0, 1.0]]]]).repeat(1000, 1, 1, 1)
    >>> abs(float(Flip()(x)[:, 0, 0, 0].mean()) - 0.5) < 0.05
    True
    """

    def __call__(self, x: Images) -> Images:
        checks.tensor("x", x, "n", "c", "h", "w", what="images")
        return torch.where(_uniform(x, 0, 1) < 0.5, x.flip(-1), x)


@dataclass(frozen=True)
class Translate:
    """Each image is moved by whole pixels, up to `share` of its side each way; what comes in is `fill`.

    fill: the background, by default the paper's 0 of [-1, 1], grey.
    Raises: ValueError where share is not in [0, 1].
    """

    share: float = 1 / 8
    fill: float = 0.0

    def __post_init__(self) -> None:
        checks.inside("share", self.share, 0, 1)
        checks.inside("fill", self.fill, -1, 1)

    def __call__(self, x: Images) -> Images:
        checks.tensor("x", x, "n", "c", "h", "w", what="images")
        n, _, h, w = x.shape
        most = [int(side * self.share + 0.5) for side in (h, w)]
        moves = [torch.randint(-k, k + 1, (n, 1)) for k in most]
        rows, columns = (
            (torch.arange(side) + move + k).to(x.device) for side, move, k in zip((h, w), moves, most, strict=True)
        )
        wide = F.pad(x, (most[1], most[1], most[0], most[0]), value=self.fill)  # (n, c, h + 2 k, w + 2 k)
        image = torch.arange(n, device=x.device)[:, None, None]
        return wide.permute(0, 2, 3, 1)[image, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


@dataclass(frozen=True)
class Cutout:
    """A square of `share` of the side is 0 in each image, its middle anywhere.

    Raises: ValueError where share is not in [0, 1].

    >>> float(Cutout(1.0)(torch.ones(1, 1, 1, 1)))
    0.0
    """

    share: float = 0.5

    def __post_init__(self) -> None:
        checks.inside("share", self.share, 0, 1)

    def __call__(self, x: Images) -> Images:
        checks.tensor("x", x, "n", "c", "h", "w", what="images")
        inside = []
        for side in x.shape[2:]:
            cut = int(side * self.share + 0.5)
            first = torch.randint(0, side + 1 - cut % 2, (len(x), 1)).to(x.device) - cut // 2
            places = torch.arange(side, device=x.device)
            inside.append((places >= first) & (places < first + cut))
        return x * ~(inside[0][:, None, :, None] & inside[1][:, None, None, :])


@dataclass(frozen=True)
class Colour:
    """Brightness, saturation and contrast, one after the other.

    x + b, b ~ U[-brightness / 2, brightness / 2), in units of half the range; then the distance to the mean over
    channels times s ~ U[0, 2 saturation); then that to the mean of the image times c ~ U[1 - contrast, 1 + contrast).
    The paper's: 1 (in its range of [-1, 1]), 1, 0.5.

    >>> Colour(0.0, 0.0, 0.0)(torch.tensor([1.0, 0.0, -1.0]).view(1, 3, 1, 1)).flatten().tolist()  # grey
    [0.0, 0.0, 0.0]
    """

    brightness: float = 1.0
    saturation: float = 1.0
    contrast: float = 0.5

    def __post_init__(self) -> None:
        for name in ("brightness", "saturation", "contrast"):
            checks.not_negative(name, getattr(self, name))

    def __call__(self, x: Images) -> Images:
        checks.tensor("x", x, "n", "c", "h", "w", what="images")
        x = x + _uniform(x, -self.brightness / 2, self.brightness / 2)
        grey = x.mean(1, keepdim=True)
        x = grey + (x - grey) * _uniform(x, 0, 2 * self.saturation)
        mean = x.mean((1, 2, 3), keepdim=True)
        return mean + (x - mean) * _uniform(x, 1 - self.contrast, 1 + self.contrast)


FEW_IMAGES = (Colour(), Translate(), Cutout())
"""The paper's three, with its constants: colour, translation, cutout."""

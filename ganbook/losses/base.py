"""What a game asks of a loss, and what a loss asks of D's outputs."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from torch import Tensor

from ganbook import checks
from ganbook.types import Float, Outputs, Scalar


@runtime_checkable
class AdversarialLoss(Protocol):
    """What a game asks of a loss."""

    outputs: int
    """Width of D's last layer: 1, or the number of outcomes."""

    g_sees_real: bool
    """False where g ignores `real`; the game then spares itself D(x) in G's step and passes None."""

    def d(self, real: Outputs, fake: Outputs) -> Scalar: ...

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar: ...

    def score(self, out: Outputs) -> Float[Tensor, " n"]: ...


class OneOutput:
    """What the losses of a one-number discriminator share."""

    outputs: ClassVar[int] = 1
    g_sees_real: ClassVar[bool] = False

    def score(self, out: Outputs) -> Float[Tensor, " n"]:
        """The logit or critic value of each sample: one number, for penalties and heat maps."""
        check_width("out", out, self.outputs)
        return out.squeeze(1)


def check_width(name: str, out: Tensor, width: int) -> None:
    """Refuse outputs of D that are not (n, width) with n >= 1.

    Raises: ValueError naming the argument, its shape and the shape that is allowed.
    """
    checks.whole("width", width)
    if isinstance(out, Tensor) and (out.dim() != 2 or out.shape[1] != width):
        raise ValueError(
            f"{name} must be raw outputs of D of shape (n, {width}), got shape {tuple(out.shape)}: "
            + (
                "models.dcgan and models.pooled take outputs=recipe.loss.outputs, models.mlp as its last width"
                if out.dim() == 2
                else "an image goes through nn.Flatten() before D's nn.Linear, as models.mlp(flatten=True) has it"
                if out.dim() > 2
                else "D keeps an axis for its outputs, as out.view(-1, 1) does"
            )
        )
    checks.tensor(name, out, "n", width, what="raw outputs of D")

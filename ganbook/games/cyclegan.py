"""Two domains without pairs: two translators that undo each other, and a critic for each domain."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import l1_loss

from ganbook import checks
from ganbook.games.game import Average, Game, descend, first_samples
from ganbook.games.pool import Pool
from ganbook.games.with_d import GameWithD
from ganbook.models import still
from ganbook.optimizers import Clip
from ganbook.penalties import Judge, differentiable
from ganbook.recipes import Recipe
from ganbook.types import Sampler, Samples, Scalar


class CycleGAN(Game):
    """Two players: the translators G: x -> y and F: y -> x, and the critics D_x and D_y.

    G and F descend  g(D_y(G(x))) + g(D_x(F(y)))                     each deceives the critic of where it leads
                     + cycle (|F(G(x)) - x| + |G(F(y)) - y|)         and they undo each other,
                     + identity (|G(y) - y| + |F(x) - x|)            and leave alone what is there already;
    D_x and D_y descend d(D(real), D(fake)) of their domains, where the fakes come through a pool of earlier ones.
    |.| is the mean over pixels and rows, g and d are the recipe's loss (least squares in the paper). G and F move
    first; the critics then see the fakes that were made before.

    G, F: networks from one domain to the other. D_x, D_y: networks to (n, recipe.loss.outputs), or to several rows a
        sample (models.Patches).
    recipe: lr_g is the rate of G and F, lr_d that of both critics.
    device: by default ganbook.device().
    cycle, identity: weights. The authors' lambda = 10 and identity 0.5 (a share of lambda) are 10 and 5 here; but their
        least squares of G lack the factor 1/2 of losses.LeastSquares, so that beside it 5 and 2.5 are the same game.
    pool: rows kept of each domain; 0 for none.

    real returns (x, y), rows of both domains that do not belong together: data.together(of_x, of_y).

    Raises: ValueError where a weight is not >= 0, or the pool is smaller than a batch; before round 1 where data and
    networks do not fit, or an identity is asked for between domains of different shapes.
    Source: Zhu et al. 2017, eqs. 1 to 3 and section 4; identity: their section 5.2. Derived in: chapter 14.
    """

    def __init__(
        self,
        G: nn.Module,
        F: nn.Module,
        D_x: nn.Module,
        D_y: nn.Module,
        recipe: Recipe,
        device: torch.device | None = None,
        *,
        cycle: float = 10.0,
        identity: float = 5.0,
        pool: int = 50,
    ) -> None:
        super().__init__(recipe, device)
        self.cycle = checks.not_negative("cycle", cycle)
        self.identity = checks.not_negative("identity", identity)
        self.pool = checks.whole("pool", pool, least=0)
        if pool and pool < recipe.batch:
            raise ValueError(f"pool must be 0 or at least a batch ({recipe.batch}), got {pool}")
        checks.instance("D_x", D_x, nn.Module, "a network")
        checks.instance("D_y", D_y, nn.Module, "a network")
        self.G, self.F, self.D_x, self.D_y = G, F, D_x, D_y
        self.player("G", G, F, lr=recipe.lr_g)
        self.player("D", D_x, D_y, lr=recipe.lr_d)
        if recipe.clip is not None:
            self.optimizers["D"].register_step_post_hook(Clip(recipe.clip))
        halflife = recipe.ema_halflife
        self.average_g = Average(G, halflife, recipe.batch) if halflife else None
        self.average_f = Average(F, halflife, recipe.batch) if halflife else None
        self.pools = nn.ModuleDict()  # made once the data have been seen

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        recipe, move = self.recipe, self.optimizers
        for _ in range(recipe.g_steps):
            x, y = self.draw(real, rng)
            to_x, to_y = self.F(y), self.G(x)
            terms = self.terms(x, y, to_x, to_y)
            g_loss = descend(move["G"], self.weighed(terms))
        for k in range(recipe.d_steps):
            if k:
                x, y = self.draw(real, rng)
                with torch.no_grad():
                    to_x, to_y = self.F(y), self.G(x)
            old_x, old_y = self.earlier("x", to_x, rng), self.earlier("y", to_y, rng)
            d_loss = descend(
                move["D"],
                self.d_loss(self.D_x, x, old_x, rng) + self.d_loss(self.D_y, y, old_y, rng),
            )
        for average, network in ((self.average_g, self.G), (self.average_f, self.F)):
            if average is not None:
                average.update_parameters(network)
        told = {name: value.detach() for name, value in terms.items() if name != "adversarial"}
        return {"D": d_loss, "G": g_loss, **told}

    def terms(
        self,
        x: Samples,
        y: Samples,
        to_x: Samples,
        to_y: Samples,
    ) -> dict[str, Scalar]:
        """The parts of what G and F descend, before they are weighed; to_x = F(y), to_y = G(x).

        An identity that weighs nothing is not computed; a cycle that weighs nothing is read, without gradient.
        """
        found = {
            "adversarial": self.deceit(self.D_y, y, to_y) + self.deceit(self.D_x, x, to_x),
        }
        with torch.set_grad_enabled(self.cycle > 0 and torch.is_grad_enabled()):
            found["cycle"] = l1_loss(self.F(to_y), x) + l1_loss(self.G(to_x), y)
        if self.identity:
            found["identity"] = l1_loss(self.G(y), y) + l1_loss(self.F(x), x)
        return found

    def weighed(self, terms: dict[str, Scalar]) -> Scalar:
        """What G and F descend."""
        total = terms["adversarial"] + self.cycle * terms["cycle"]
        return total + self.identity * terms["identity"] if self.identity else total

    def deceit(self, D: nn.Module, real: Samples, fake: Samples) -> Scalar:
        """g(D(fake)): how far D is from taking the fakes for real."""
        loss = self.now.loss
        return loss.g(D(real) if loss.g_sees_real else None, D(fake))

    def d_loss(self, D: nn.Module, real: Samples, fake: Samples, rng: torch.Generator) -> Scalar:
        """What one critic descends, penalties included."""
        loss, penalties = self.now.loss, self.now.penalties
        judge = Judge(D, loss.score)
        if penalties:
            real, fake = differentiable(real), differentiable(fake)
        total = loss.d(judge.outputs(real), judge.outputs(fake))
        for penalty in penalties:
            total = total + penalty(judge, real, fake, rng)
        return total

    def earlier(self, domain: str, fakes: Samples, rng: torch.Generator) -> Samples:
        """The fakes that a critic sees: through the pool of its domain, where there is one."""
        return self.pools[domain].exchange(fakes, rng) if self.pool else fakes.detach()

    def check(self, real: Sampler) -> None:
        """Before round 1: do both domains fit the networks? The pools get the shapes of the data."""
        batch = first_samples(real, self.share)
        if not isinstance(batch, tuple) or len(batch) != 2:
            got = len(batch) if isinstance(batch, tuple) else 1
            raise ValueError(f"real must return two domains, (x, y), as data.together(a, b) does, got {got} part(s)")
        x, y = batch
        first_samples(lambda n, rng: real(n, rng)[1], len(y))
        if self.identity and x.shape != y.shape:
            raise ValueError(
                f"identity must be 0 where the domains have different shapes, {tuple(x.shape[1:])} and "
                f"{tuple(y.shape[1:])}, got {self.identity:g}"
            )
        with still(self):
            for name, network, given, wanted in (("G", self.G, x, y), ("F", self.F, y, x)):
                made = GameWithD._try(name, (given,), lambda network=network, given=given: network(given))
                if made.shape != wanted.shape:
                    raise ValueError(
                        f"{name} must make samples of the other domain's shape {tuple(wanted.shape[1:])}, "
                        f"got {tuple(made.shape[1:])}"
                    )
            rng = torch.Generator().manual_seed(0)
            with torch.enable_grad():  # penalties differentiate
                for name, D, own in (("D_x", self.D_x, x), ("D_y", self.D_y, y)):
                    GameWithD._try(name, (own,), lambda D=D, own=own: self.d_loss(D, own, own.clone(), rng))
        for domain, own in (("x", x), ("y", y)):
            if self.pool and domain not in self.pools:
                self.pools[domain] = Pool(self.pool, own.shape[1:]).to(own)

    @property
    def translators(self) -> tuple[nn.Module, nn.Module]:
        """(G, F): the averaged copies where there are such."""
        if self.average_g is None:
            return self.G, self.F
        return self.average_g.module, self.average_f.module

    def sample(self, n: int, rng: torch.Generator, x: Tensor) -> Tensor:
        """G of the first n rows of x, in evaluation mode, without gradient."""
        return self.translate(x[: checks.whole("n", n)])

    def translate(self, x: Samples) -> Samples:
        """G(x), in evaluation mode, without gradient."""
        return self._through(x, 0)

    def translate_back(self, y: Samples) -> Samples:
        """F(y)."""
        return self._through(y, 1)

    def there_and_back(self, x: Samples) -> Samples:
        """F(G(x))."""
        return self._through(x, 0, 1)

    def back_and_there(self, y: Samples) -> Samples:
        """G(F(y))."""
        return self._through(y, 1, 0)

    def _through(self, samples: Tensor, *which: int) -> Samples:
        for k in which:
            network = self.translators[k]
            with still(network):
                samples = network(samples)
        return samples

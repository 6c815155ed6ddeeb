"""What the processes of test_shared.py do. Each is told by its environment who it is, as `accelerate launch` would."""

import os
import pathlib
import signal
from dataclasses import replace

import scale_out
import torch
from games import Dropout, domains, rows
from safetensors.torch import save_file
from torch import nn
from torch.optim.optimizer import register_optimizer_step_post_hook
from trial_games import Joined, Progressive, growing

import ganbook
from ganbook.data import digits, from_tensor, together
from ganbook.games import GAN, ConditionalGAN, CycleGAN, Evolution, Game, InParts, descend
from ganbook.losses import LeastSquares, NonSaturating, RelativisticPairing, Wasserstein
from ganbook.models import dcgan, mlp
from ganbook.penalties import R1, R2, Dragan, GaussianNoise, GradientPenalty
from ganbook.ramps import Ramp
from ganbook.recipes import Recipe
from ganbook.studies.scaling import in_processes, share_batch_norm
from ganbook.train import state, train

CPU = torch.device("cpu")
ROUNDS = 20
PLAIN = Recipe(NonSaturating(), batch=8, lr_d=1e-3, lr_g=1e-3)


def rank():
    return int(os.environ.get("RANK", "0"))


# --- everything in float64


def z(n, rng):
    return torch.randn(n, 3, generator=rng, dtype=torch.float64)


def points(n, rng):
    return torch.randn(n, 2, generator=rng, dtype=torch.float64)


def labelled(n, rng):
    return points(n, rng), torch.randint(3, (n,), generator=rng)


def pictures(n, rng):
    return torch.rand(n, 1, 16, 16, generator=rng, dtype=torch.float64) * 2 - 1


def gan(recipe=PLAIN, **more):
    return GAN(mlp([3, 8, 2]).double(), mlp([2, 8, 1], **more).double(), recipe, z, CPU)


def written_digits(n, rng):
    return digits(16, device="cpu")(n, rng).double()


def script():
    """The training of scripts/scale_out.py, in float64."""
    game = scale_out.game().to(CPU, torch.float64)
    game.device, game.prior = CPU, lambda n, rng: torch.randn(n, 32, generator=rng, dtype=torch.float64)
    return game


def in_parts(batch=8, parts=4):
    G, D = mlp([3, 8, 2]).double(), mlp([2, 8, 1]).double()
    return InParts(G, D, replace(PLAIN, batch=batch, d_steps=2, g_steps=2), z, CPU, parts=parts)


def normed_together():
    G, D = (share_batch_norm(mlp(widths, norm="batch")).double() for widths in ([3, 8, 8, 2], [2, 8, 8, 1]))
    return GAN(G, D, PLAIN, z, CPU)


def grown(stage):
    return tuple(network.double() for network in growing(stage))


def conditional():
    G, D = (Joined(mlp(widths), 3).double() for widths in ([6, 8, 2], [5, 8, 1]))
    return ConditionalGAN(G, D, replace(PLAIN, penalties=(R1(0.3),)), 3, z, CPU)


def parents():
    return Evolution([mlp([3, 8, 2]).double() for _ in range(2)], mlp([2, 8, 1]).double(), PLAIN, z, CPU)


RAMPED = {
    "lr_d": Ramp(1e-3, 1e-4, 80),
    "betas": (0.0, Ramp(0.9, 0.99, 80)),
    "penalties": (R1(Ramp(1, 0.1, 80)), R2(0.5)),
}
EXACT = {
    "plain, three steps of both": (lambda: gan(replace(PLAIN, d_steps=3, g_steps=3)), points),
    "gradient penalty, averaged": (
        lambda: gan(replace(PLAIN, loss=Wasserstein(), penalties=(GradientPenalty(),), ema_halflife=50.0)),
        points,
    ),
    "R1 and R2, ramped": (lambda: gan(replace(PLAIN, loss=RelativisticPairing(), **RAMPED)), points),
    "DRAGAN, clipped": (
        lambda: gan(replace(PLAIN, penalties=(Dragan(noise=GaussianNoise(0.1)),), clip=0.3, optimizer="rmsprop")),
        points,
    ),
    "conditional": (conditional, labelled),
    "growing": (lambda: Progressive(grown, PLAIN, 64, z, CPU), pictures),
    "two parents": (parents, points),
    "the script": (script, written_digits),
    "in parts": (in_parts, points),
    "batch norm over all rows": (normed_together, points),
}
"""What two processes must play as one does."""

small = from_tensor(rows(1, 8, 8), device="cpu")


def pooled():
    return CycleGAN(**domains(4), recipe=replace(PLAIN, loss=LeastSquares()), device=CPU, pool=9)


def normalised():
    return GAN(*dcgan(16, 1, z=3, width=4), PLAIN, device=CPU)


OWN = {
    "dropout": (lambda: gan(activation=Dropout), points),
    "batch norm": (normalised, from_tensor(rows(1, 16, 16), device="cpu")),
    "pools": (pooled, together(small, small)),
}
"""What differs from one process, and must still be one game."""


def begin(name, rounds=ROUNDS, **options):
    make, real = (EXACT | OWN)[name]
    torch.manual_seed(0)
    return train(make(), real, **{"rounds": rounds, "seed": 4, **options})


def keep(run, path):
    """All that there is of a run, in a file of this process."""
    tensors, _ = state.take(run)
    history = {f"history/{name}": torch.tensor(values) for name, values in run.history.items()}
    save_file({name: t.contiguous().clone() for name, t in (tensors | history).items()}, f"{path}.{rank()}")


# --- what processes are asked


def play(folder, names):
    """These games from beginning to end, and as many again with a stop and a resumption."""
    if rank():
        state.write = None  # only the first may write
    for k, name in enumerate(EXACT | OWN):
        if name not in names:
            continue
        keep_whole = begin(name, shared=True)
        for _ in keep_whole:
            torch.manual_seed(rank())  # readers may differ
            torch.rand(1 + rank())
        keep(keep_whole, pathlib.Path(folder) / f"{k}-whole")
        path = pathlib.Path(folder) / f"{k}.checkpoint"
        for step in begin(name, checkpoint=path, save_every=8, shared=True):
            if step.n == 11:
                break
        rest = begin(name, checkpoint=path, save_every=8, shared=True)
        assert rest.n == 8, rest
        for _ in rest:
            pass
        keep(rest, pathlib.Path(folder) / f"{k}-resumed")


def killed(path, n):
    """The second process kills itself in the middle of round n."""
    name = "gradient penalty, averaged"
    run = begin(name, checkpoint=path, save_every=4, shared=True)

    def strike(optimizer, args, kwargs):
        if rank() == 1 and run.n == n - 1:
            os.kill(os.getpid(), signal.SIGKILL)

    register_optimizer_step_post_hook(strike)
    for _ in run:
        pass


def go_on(path, out):
    run = begin("gradient penalty, averaged", checkpoint=path, save_every=4, shared=True)
    assert run.n == 12, run
    for _ in run:
        pass
    keep(run, out)


class Drifting(Game):
    """Each process decides by numbers of its own."""

    def __init__(self):
        super().__init__(PLAIN, CPU)
        self.D = mlp([2, 4, 1]).double()
        self.player("D", self.D, lr=1e-3)

    def round(self, real, rng):
        x = self.draw(real, rng)
        if x.sum() > 0:
            with torch.no_grad():
                self.D[0].weight.mul_(1.5)
        return {"D": descend(self.optimizers["D"], self.D(x).square().mean())}


class Noise(nn.Module):
    """Remembers what it drew from global randomness."""

    def __init__(self):
        super().__init__()
        self.drawn = []

    def forward(self, x):
        if self.training:
            self.drawn.append(torch.rand(()).item())
        return x


def mistakes(folder, theirs):
    """Prints what is said, one mistake a line. theirs: a checkpoint that two processes have made of "conditional"."""

    def said(call):
        try:
            call()
        except Exception as error:
            print(f"{type(error).__name__}: {error}", flush=True)
        else:
            print("nothing", flush=True)

    def other_start():
        torch.manual_seed(rank())
        train(gan(), points, rounds=2, shared=True)

    def stopped():
        run = begin("dropout", shared=True)
        step = run.game.optimizers["D"].step

        def stop(*args, **kwargs):
            step(*args, **kwargs)
            raise KeyboardInterrupt

        run.game.optimizers["D"].step = stop
        try:
            next(run)
        except KeyboardInterrupt:
            next(run)

    def drift():
        torch.manual_seed(0)
        for _ in train(Drifting(), points, rounds=9, checkpoint=f"{folder}/drift", save_every=4, shared=True):
            pass

    said(lambda: train(gan(replace(PLAIN, batch=7)), points, rounds=2, shared=True))
    said(other_start)
    said(lambda: begin("dropout", rounds=2 + rank(), shared=True))
    said(stopped)
    said(drift)
    said(lambda: next(train(in_parts(parts=8), points, rounds=2, shared=True)))
    said(lambda: begin("conditional", checkpoint=f"{folder}/alone", shared=True))
    said(lambda: begin("conditional", checkpoint=(theirs, f"{folder}/elsewhere")[rank()], shared=True))
    noise = Noise()
    torch.manual_seed(0)
    D = nn.Sequential(mlp([2, 4, 1]).double(), noise)
    for _ in train(GAN(mlp([3, 8, 2]).double(), D, PLAIN, z, CPU), points, rounds=2, shared=True):
        pass
    print(noise.drawn)


def several():
    """What in_processes hands back, by rank; said by a process that has asked for two threads on another device."""
    torch.set_num_threads(2)
    os.environ["GANBOOK_DEVICE"] = "meta"
    print(ganbook.device(), in_processes(2, whoever), torch.get_num_threads())


def whoever():
    return torch.distributed.get_rank(), ganbook.device().type, torch.get_num_threads()

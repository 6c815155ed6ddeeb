"""Is a training round faster than it was? `make bench AGAINST=1c4eda2`: both codes on this machine, in turns.

Each code runs in a process of its own, one thread each, and plays a block of rounds when it is asked, one process at a
time. What is compared is the processor's time, so that other programs take little part in it. Only what both codes
offer under the same name can be compared: the cases below need ganbook.games.GAN, models.mlp, dcgan and pooled.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace

ROOT = pathlib.Path(__file__).resolve().parent.parent


def cases():
    """name -> (networks, recipe, data, rounds a block)."""
    from torch import nn

    from ganbook import data, models, recipes
    from ganbook.penalties import R1, R2

    G = models.mlp([64, 256, 256, 784], out=nn.Tanh(), shape=(1, 28, 28))
    mlp = G, models.mlp([784, 256, 256, 1], flatten=True)
    dcgan = models.dcgan(16, 1, width=16)
    pooled = models.pooled(16, 1, outputs=1, width=16, norm_g=None)
    both = (R1(1.0), R2(1.0))
    large, small = data.digits(), data.digits(16)
    small_dcgan = replace(recipes.DCGAN, batch=64)
    return {
        "MLP GAN, 28 px": (mlp, recipes.MLP_GAN, large, 40),
        "MLP GAN, 28 px, R1 + R2": (mlp, replace(recipes.MLP_GAN, penalties=both), large, 20),
        "DCGAN, 16 px": (dcgan, small_dcgan, small, 10),
        "convolutions, 16 px, R1 + R2": (pooled, replace(small_dcgan, penalties=both), small, 4),
    }


def made(networks, recipe, real):
    """A training of this game, to be asked for as many rounds as one likes."""
    from ganbook.games import GAN
    from ganbook.train import train

    return train(GAN(*networks, recipe), real, rounds=10**9, progress=False)


def serve():
    """Tell the names of the cases; then for each name that is read, the milliseconds a round of one block."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    runs = {}
    for name, (networks, recipe, real, rounds) in cases().items():
        runs[name] = made(networks, recipe, real), rounds
        for _ in range(rounds):  # warms up
            next(runs[name][0])
    print("|".join(runs), flush=True)
    for line in sys.stdin:
        run, rounds = runs[line.strip()]
        start = time.process_time()
        for _ in range(rounds):
            next(run)
        print((time.process_time() - start) / rounds * 1e3, flush=True)


def unpack(commit, folder):
    """The package as it was at a commit."""
    packed = subprocess.run(["git", "archive", commit, "ganbook"], cwd=ROOT, capture_output=True)
    if packed.returncode:
        sys.exit(f"{commit} is no commit of this repository: {packed.stderr.decode().strip()}")
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)


class Code:
    """One state of the code in a process of its own, which plays when it is asked."""

    def __init__(self, root):
        single = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "GANBOOK_DEVICE": "cpu"}
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve"],
            cwd=root,
            env={**os.environ, **single, "PYTHONPATH": str(root)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def told(self):
        line = self.process.stdout.readline().strip()
        if not line:
            sys.exit("One of the two codes ended, for the reason above: a comparison needs names that both have.")
        return line

    def block(self, name):
        print(name, file=self.process.stdin, flush=True)
        return float(self.told())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("commit", nargs="?", help="with which the code that lies here is compared")
    parser.add_argument("--blocks", type=int, default=12)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        return serve()
    if not chosen.commit:
        parser.error("name the commit to compare with: make bench AGAINST=1c4eda2")
    with tempfile.TemporaryDirectory() as folder:
        unpack(chosen.commit, folder)
        now, then = Code(ROOT), Code(folder)
        names = now.told()
        if then.told() != names:
            sys.exit("The two codes tell other cases.")
        for name in names.split("|"):
            pairs = [(now.block(name), then.block(name)) for _ in range(chosen.blocks)]
            ratios = sorted(b / a for a, b in pairs)
            low, high = ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]
            mine, theirs = (statistics.median(each) for each in zip(*pairs, strict=True))
            print(
                f"{name}: {statistics.median(ratios):.2f} (middle half of {chosen.blocks} blocks {low:.2f} to "
                f"{high:.2f}) times as fast as {chosen.commit}; {mine:.1f} ms of processor a round, {theirs:.1f} then",
                flush=True,
            )
        for code in (now, then):
            code.process.stdin.close()
            code.process.wait()


if __name__ == "__main__":
    main()

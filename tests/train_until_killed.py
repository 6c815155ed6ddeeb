"""A small training for test_train.py to kill: `python train_until_killed.py CHECKPOINT [file size limit]`."""

import resource
import signal
import sys

import torch

from ganbook import recipes
from ganbook.games import GAN
from ganbook.models import mlp
from ganbook.train import train


def real(n, rng):
    return torch.randn(n, 2, generator=rng)


def run(path, rounds=400):
    torch.manual_seed(0)
    game = GAN(mlp([4, 32, 2]), mlp([2, 32, 1]), recipes.MLP_GAN, device=torch.device("cpu"))
    return train(game, real, rounds=rounds, seed=5, checkpoint=path, save_every=7)


if __name__ == "__main__":
    torch.set_num_threads(1)
    if len(sys.argv) > 2:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
    training = run(sys.argv[1])
    print("from", training.n, flush=True)
    for step in training:
        print(step.n, flush=True)

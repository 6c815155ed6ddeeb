"""A small training for test_train.py to kill."""

import resource
import signal
import time

import torch

from ganbook import recipes
from ganbook.games import GAN
from ganbook.models import mlp
from ganbook.train import train


def real(n, rng):
    return torch.randn(n, 2, generator=rng)


def run(path, rounds=200):
    torch.manual_seed(0)
    game = GAN(mlp([4, 32, 2]), mlp([2, 32, 1]), recipes.MLP_GAN, device=torch.device("cpu"))
    return train(game, real, rounds=rounds, seed=5, checkpoint=path, save_every=7)


def play(path, limit=None):
    """Play it, a number a line, and wait before the end; with a limit, where no file may be of more bytes."""
    if limit is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit,) * 2)
    training = run(path)
    print("from", training.n, flush=True)
    for step in training:
        print(step.n, flush=True)
        if step.n == training.rounds - 5:  # whoever is to kill this came late
            time.sleep(60)

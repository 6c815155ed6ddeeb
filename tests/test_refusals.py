"""What readers get wrong, as they meet it: without jaxtyping, which only pytest has, and refused by our own sentence.

One process imports ganbook plainly and makes every bad call; each must end in a ValueError or a TypeError that this
library raises itself (not torch, from the depths) and that names the argument.
"""

import collections
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent

READER = """
import json, sys, traceback
import numpy as np
import torch
from torch import nn
import ganbook
from ganbook import checks, claims, data, experiments, explore, features, games, losses, metrics, models, plot, recipes
from ganbook import divergences as dv
from ganbook.data import images
from ganbook.divergences import densities, fdiv, gaussian, quadrature, quantile, transport
from ganbook.divergences.sinkhorn import sinkhorn
from ganbook.losses import anchors
from ganbook.metrics import fid, msssim
from ganbook.models import stacked, tangents
from ganbook.optimizers import Clip
from ganbook.penalties import R1, GradientPenalty
from ganbook.recipes import Recipe
from ganbook.train import every, fit, train
from ganbook import zoo

assert not [m for m in sys.meta_path if "jaxtyping" in type(m).__module__], "a reader has no hook"
torch.manual_seed(0)
nan, rng, ring = float("nan"), torch.Generator().manual_seed(0), data.ring()
x, y, out = torch.randn(20, 2), torch.randn(20, 2), torch.randn(20, 1)
pictures = torch.rand(4, 1, 28, 28) * 2 - 1
broken = torch.tensor([[0.0, nan], [1.0, 1.0], [2.0, 0.0]])
G, D = models.mlp([2, 8, 2]), models.mlp([2, 8, 1])
pairs = models.Joint(nn.Identity(), nn.Identity(), models.mlp([4, 8, 1]))
four = (models.mlp([2, 8, 2]), models.mlp([2, 8, 2]), models.mlp([2, 8, 1]), models.mlp([2, 8, 1]))
both = games.BiGAN(G, models.mlp([2, 8, 3]), pairs, recipes.NON_SATURATING)
game = games.GAN(G, D, recipes.NON_SATURATING)
p, q = densities.normal(0.0, 1.0), densities.normal(1.0, 1.0)
film = plot.Film()

def few_labels():
    return games.ClassifierAlone(models.mlp([2, 8, 2]), Recipe(losses.SemiSupervised(2)))

def growing_8():
    return games.Progressive(*models.growing(8), games.PGGAN, games.Growth((4, 8), 1, 1))

def by_class(**more):
    return games.ConditionalGAN(*models.biggan(3, 16, 1, z=6, width=2, width_d=2), recipes.HINGE, 3, **more)

maps = torch.zeros(1, 8, 7, 7)

found = []
for call in json.load(sys.stdin):
    try:
        eval(call)
        found.append(["nothing", "", ""])
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1].filename
        found.append([type(error).__name__, str(error), where])
print(json.dumps(found))
"""

TABLE = {
    "games and training": [
        ('train("no game", ring, rounds=1)', "game"),
        ("train(None, ring, rounds=1)", "game"),
        ('train(game, real="x", rounds=1)', "real"),
        ("train(game, real=x, rounds=1)", "real"),
        ("train(game, ring, rounds=0.5)", "rounds"),
        ('train(game, ring, rounds="many")', "rounds"),
        ("train(game, ring, rounds=True)", "rounds"),
        ("train(game, ring, rounds=1, save_every=0)", "save_every"),
        ("train(game, ring, rounds=1, seed=-1)", "seed"),
        ('train(game, ring, rounds=1, precision="fp8")', "precision"),
        ("train(game, ring, rounds=1, checkpoint=5)", "checkpoint"),
        ("train(game, ring, rounds=1, checkpoint='a\\0b')", "checkpoint"),
        ('games.GAN(G, D, "wgan")', "recipe"),
        ("games.GAN(G, D, losses.Minimax())", "recipe"),
        ('Recipe(loss="x")', "loss"),
        ("Recipe(loss=losses.Minimax)", "loss"),
        ("Recipe(losses.Minimax(), penalties=R1(1.0))", "penalties"),
        ("Recipe(losses.Minimax(), d_steps=0)", "d_steps"),
        ("Recipe(losses.Minimax(), batch=64.0)", "batch"),
        ("Recipe(losses.Minimax(), lr_d=nan)", "lr_d"),
        ('Recipe(losses.Minimax(), betas="0.5")', "betas"),
        ('Recipe(losses.Minimax(), optimizer="sgd")', "optimizer"),
        ("Recipe(losses.Minimax(), ema_halflife=0)", "ema_halflife"),
        ("Recipe(losses.Minimax(), clip=-1.0)", "clip"),
        ("Clip(0.0)", "c"),
        ('Clip("0.01")', "c"),
        ("games.EachRun(losses.Minimax(), 0)", "runs"),
        ("games.EachRun((losses.Minimax(),), 2)", "loss"),
        ("games.SideBySide(lambda: (G, D), [], recipes.NON_SATURATING)", "seeds"),
        ('games.SideBySide(lambda: (G, D), [0], "wgan")', "recipe"),
        ("games.descend(torch.optim.SGD([out], lr=0.1), out.sum())", "optimizer"),
        ("game.sample(0, rng)", "n"),
        ("games.Evolution([], D, recipes.NON_SATURATING)", "parents"),
        ("games.Evolution(G, D, recipes.NON_SATURATING)", "parents"),
        ("games.Evolution([G], D, recipes.NON_SATURATING, mutations='minimax')", "mutations"),
        ("games.Evolution([G], D, recipes.NON_SATURATING, mutations=('wgan',))", "mutations"),
        ("games.Evolution([G], D, recipes.NON_SATURATING, gamma=nan)", "gamma"),
        ("games.Evolution([G], D, recipes.NON_SATURATING, fresh=1)", "fresh"),
        ("games.fittest(torch.tensor([0.0, nan]))", "fitness"),
        ("games.fittest([0.5])", "fitness"),
        ("games.BiGAN(G, D, pairs, recipes.NON_SATURATING, fakes=[])", "fakes"),
        ("games.BiGAN(G, D, pairs, recipes.NON_SATURATING, fakes=3)", "fakes"),
        ('games.BiGAN(G, "E", pairs, recipes.NON_SATURATING)', "networks"),
        ("games.CycleGAN(*four, recipes.LSGAN, cycle=-1)", "cycle"),
        ("games.CycleGAN(*four, recipes.LSGAN, identity='a')", "identity"),
        ("games.CycleGAN(*four, recipes.LSGAN, pool=10)", "pool"),
        ("train(games.CycleGAN(*four, recipes.LSGAN, pool=0), ring, rounds=1)", "real"),
        ("train(games.CycleGAN(*four, recipes.LSGAN, pool=0), lambda n, rng: (x[:1], x[:1]), rounds=1)", "real"),
        ("games.Pool(0, (2,))", "size"),
        ("train(both, ring, rounds=1)", "E"),
        ("train(both, data.digits(28).labelled, rounds=1)", "real"),
        ("games.Growth((4, 16), 1, 1)", "sizes"),
        ("games.Growth(16, 1, 1)", "sizes"),
        ('games.Growth((4, 8), "long", 1)', "hold"),
        ("games.Growth((4, 8), 1, (1, 1))", "fade"),
        ("games.Growth((4, 8), 1, 1).at(0.5)", "images"),
        ("games.Progressive(G, D, games.PGGAN, games.Growth((4, 8), 1, 1))", "G"),
        ("games.Progressive(*models.growing(8), games.PGGAN, (4, 8))", "growth"),
        ("games.Progressive(*models.growing(16), games.PGGAN, games.Growth((4, 8), 1, 1))", "G"),
        (
            "train(games.Progressive(*models.growing(8), games.PGGAN, games.Growth((4, 8), 1, 1)), ring, rounds=1)",
            "real",
        ),
        ('game.player("D", "network", lr=0.1)', "networks"),
        ('game.player("D", D, lr=0.0)', "lr"),
        ("games.SGAN(G, D, recipes.NON_SATURATING)", "loss"),
        ("train(few_labels(), ring, rounds=1)", "real"),
        ("train(few_labels(), ring.labelled, rounds=1)", "real"),
        (
            "train(few_labels(), data.together(data.from_tensor(x, torch.zeros(20).long()).labelled, ring), rounds=1)",
            "real",
        ),
        ("few_labels().accuracy(x, y)", "y"),
        ("few_labels().sample(3, rng)", "sample"),
        ("by_class(parts=5)", "parts"),
        ("by_class(parts=0.5)", "parts"),
        ('by_class(labels="mine")', "labels"),
        ("by_class(orthogonal=-1.0)", "orthogonal"),
        ("train(by_class(), ring, rounds=1)", "real"),
        ("train(by_class(), data.digits(28).labelled, rounds=1)", "y"),
        ("by_class().sample(2, rng, y=torch.tensor([0, 3]))", "y"),
        ("by_class().sample(2, rng, y=[0, 1])", "y"),
        ("by_class().sample(2, rng, y=torch.tensor([0]))", "y"),
        ("by_class().sample(2, rng, truncation=0.0)", "truncation"),
        ('by_class().sample(2, rng, truncation="half")', "truncation"),
        ('by_class().sample(2, rng, truncation=0.5, form="cut")', "form"),
        ("by_class().sample(2, rng, standing=-1)", "standing"),
    ],
    "data": [
        ("data.digits(size=30)", "size"),
        ("data.digits(size=28.0)", "size"),
        ('data.digits(size="28")', "size"),
        ('data.digits(split="valid")', "split"),
        ("data.fashion(split=None)", "split"),
        ('data.emoji(style="apple")', "style"),
        ('data.emoji(category="cats")', "category"),
        ('data.sha256("cats")', "name"),
        ('data.torchvision("ImageNet")', "name"),
        ('data.torchvision("MNIST", split="valid")', "split of MNIST"),
        ('data.torchvision("MNIST", root="here")', "root"),
        ('data.torchvision("MNIST", root=3)', "root"),
        ("data.ring(modes=0)", "modes"),
        ("data.ring(modes=8.0)", "modes"),
        ('data.ring(radius="1")', "radius"),
        ("data.ring(std=None)", "std"),
        ("data.grid(side=True)", "side"),
        ("data.grid(spacing=nan)", "spacing"),
        ("data.nine(std=-1)", "std"),
        ('data.swiss_roll(radius="big")', "radius"),
        ("data.swiss_roll().curve(3.0)", "t"),
        ("data.swiss_roll().log_density(np.zeros((3, 2)))", "x"),
        ("data.gaussian(mean=nan)", "mean"),
        ('data.gaussian(std="1")', "std"),
        ('data.mixture1d("half", [0.0, 1.0], [1.0, 1.0])', "weights"),
        ("data.mixture1d([0.5, 0.5], 0.0, [1.0, 1.0])", "means"),
        ("data.mixture([1.0], [[0.0]], [nan])", "stds"),
        ("data.mixture([1.0], None, [1.0])", "means"),
        ("ring.log_density(np.zeros((3, 2)))", "x"),
        ("ring.pdf(torch.zeros(3, 3))", "x"),
        ("ring(2.5, rng)", "n"),
        ("ring(2, 0)", "rng"),
        ('data.interval("0", 1.0)', "low"),
        ("data.interval(1.0, 0.0)", "low"),
        ("data.interval().pdf([0.5])", "x"),
        ("data.normal(2.0)", "d"),
        ("data.uniform(0)", "d"),
        ("data.truncated(0, 0.5)", "d"),
        ("data.truncated(2, -0.5)", "threshold"),
        ('data.truncated(2, 1.5, "hub")', "threshold"),
        ('data.truncated_std(0.5, "cut")', "form"),
        ("data.threshold_for(1.5)", "std"),
        ("data.from_tensor([[0.0]])", "x"),
        ("data.from_tensor(np.zeros((3, 2)))", "x"),
        ("data.from_tensor(x * nan)", "x"),
        ("data.from_tensor(x, labels=[0] * 20)", "labels"),
        ("data.from_loader(3)", "loader"),
        ("data.few(ring, 10)", "sampler"),
        ('data.few(data.digits(split="test"), per_class=0.5)', "per_class"),
        ('data.few(data.digits(split="test"), per_class=1_000)', "per_class"),
        ('data.few(data.digits(split="test"), 10, seed=-1)', "seed"),
        ("data.moons(std=0)", "std"),
        ('data.noise("16")', "shape"),
        ("data.noise((1, 0))", "shape"),
        ("data.between(x)", "sampler"),
        ("data.between(ring, 2)", "share"),
        ("data.together(ring)", "samplers"),
        ('data.together(ring, "digits")', "samplers"),
        ('data.folder("/no/such/folder", size=32)', "path"),
        ('data.folder(".", size=0)', "size"),
        ('data.folder(".", size=32, channels=2)', "channels"),
        ("images.resize(np.zeros((1, 1, 28, 28)), 14)", "pixels"),
    ],
    "models": [
        ("models.mlp([2])", "widths"),
        ('models.mlp("2, 1")', "widths"),
        ("models.mlp(3)", "widths"),
        ("models.mlp([2, 8.0, 1])", "widths"),
        ('models.mlp([2, 8, 1], activation="relu")', "activation"),
        ('models.mlp([2, 8, 1], out="tanh")', "out"),
        ("models.mlp([2, 8], shape=(3, 3))", "shape"),
        ("models.mlp([2, 8], shape=8)", "shape"),
        ('models.mlp([2, 8, 1], norm="group")', "norm"),
        ("models.dcgan(size=30)", "size"),
        ("models.dcgan(channels=2)", "channels"),
        ('models.dcgan(width="64")', "width"),
        ("models.dcgan(z=0)", "z"),
        ('models.dcgan(norm_g="spectral")', "norm_g"),
        ("models.pooled(size=28)", "size"),
        ("models.pooled(outputs=1.0)", "outputs"),
        ("models.dcgan_init(G, 0.0)", "std"),
        ("models.biggan(4, 20)", "size"),
        ("models.biggan(4, channels=2)", "channels"),
        ("models.biggan(0)", "classes"),
        ("models.biggan(4, z=2)", "z"),
        ("models.biggan(4, width=0)", "width"),
        ("models.biggan(4, embedding=0)", "embedding"),
        ('models.biggan(4, label="told")', "label"),
        ('models.biggan(4, init="xavier")', "init"),
        ("models.biggan(4)[0](torch.zeros(2, 32), torch.tensor([0, 4]))", "y"),
        ("models.biggan(4)[0](torch.zeros(2, 31), torch.tensor([0, 3]))", "z"),
        ("models.biggan(4)[1](torch.zeros(2, 3, 16, 16), torch.tensor([0, 4]))", "y"),
        ("models.SelfAttention(12)", "channels"),
        ("models.SelfAttention(8)(maps)", "x"),
        ("models.SelfAttention(16)(maps)", "x"),
        ("models.ConditionalBatchNorm2d(8, 0)", "given"),
        ("models.ConditionalBatchNorm2d(8, 3)(maps, torch.zeros(1, 4))", "c"),
        ("models.orthogonal_init(G, gain=0.0)", "gain"),
        ('models.orthogonal_init("G")', "network"),
        ("models.orthogonal_penalty(G, -1.0)", "strength"),
        ("models.orthogonal_penalty(nn.ReLU())", "network"),
        ("models.spectral(3)", "network"),
        ("models.standing(G, [(x,)])", "network"),
        ("models.standing(nn.BatchNorm1d(2), [])", "batches"),
        ("models.dcgan_init(None)", "network"),
        ("models.InstanceNoise(-1.0)", "std"),
        ("models.InstanceNoise(None)", "std"),
        ("models.Pack(0)", "m"),
        ("models.Pack(2)(torch.zeros(3, 1))", "x"),
        ("models.MinibatchStd(1)", "group"),
        ('models.KeepFeatures("linear")', "head"),
        ("models.classifier(18)", "size"),
        ("models.classifier(outputs=0)", "outputs"),
        ("models.classifier(dropout=1.0)", "dropout"),
        ("models.classifier(noise=-1)", "noise"),
        ("models.Resample(0, 5)", "features"),
        ("models.Resample(8, 1)", "outcomes"),
        ("models.still(game, 3)", "networks"),
        ("models.Joint(G, G, None)", "head"),
        ("models.Gated(3)", "network"),
        ("models.Residual(0)", "width"),
        ("models.translator(3, out=1)", "gate"),
        ("models.patch_critic(halvings=0)", "halvings"),
        ("data.unpaired_faces('hat')", "attribute"),
        ("data.grey(pictures)", "x"),
        ("models.encoder(size=17)", "size"),
        ('models.encoder(z="32")', "z"),
        ("models.bigan(hidden=0.5)", "hidden"),
        ("models.growing(28)", "size"),
        ('models.growing("32")', "size"),
        ("models.growing(8, 2)", "channels"),
        ("models.growing(8, spread=1)", "spread"),
        ("models.growing(8)[0].at(2, 1.0)", "stage"),
        ("models.growing(8)[1].at(1, nan)", "alpha"),
        ("models.growing(8)[1](torch.zeros(4, 3, 4, 4))", "image"),
        ("models.EqualisedConv2d(3, 3, 2)", "kernel"),
        ("models.EqualisedLinear(0, 3)", "inputs"),
        ("models.PixelNorm(-1)", "eps"),
        ('losses.Drift("0.001")', "weight"),
        ('tangents.jacobian("G", x)', "network"),
        ("tangents.jacobian(G, 3)", "x"),
        ("tangents.tangents(x)", "J"),
        ("tangents.rows(torch.zeros(2, 3, 4), k=5)", "k"),
        ("tangents.angles(torch.zeros(2, 3, 1), [1.0])", "B"),
        ("tangents.tangent_penalty(D, x, x, rng)", "T"),
        ("stacked.stack([])", "networks"),
        ("stacked.stack([G, 3])", "networks"),
        ("stacked.deal(torch.zeros(3, 1), 2)", "x"),
    ],
    "losses": [
        ("losses.Minimax().d(out.numpy(), out)", "real"),
        ("losses.Minimax().d(out, out[:, 0])", "fake"),
        ("losses.NonSaturating().g(None, [1.0])", "fake"),
        ("losses.NonSaturating(real_label=0)", "real_label"),
        ('losses.NonSaturating(real_label="0.9")', "real_label"),
        ("losses.Hinge().d(out.long(), out)", "real"),
        ("losses.Wasserstein().score(torch.zeros(0, 1))", "out"),
        ("losses.LeastSquares().d(None, out)", "real"),
        ("losses.RelativisticAverage().g(None, out)", "real"),
        ("losses.RelativisticPairing().d(out, out[:3])", "real"),
        ("losses.FeatureMatching(0)", "features"),
        ("losses.FeatureMatching(2.0)", "features"),
        ("losses.PlusMatching(2, weight=nan)", "weight"),
        ("losses.FeatureMatching(2).g(None, torch.zeros(4, 3))", "real"),
        ("losses.SemiSupervised(1)", "classes"),
        ("losses.SemiSupervised(10.0)", "classes"),
        ("losses.SemiSupervised(10, weight=-1)", "weight"),
        ("losses.SemiSupervised(2).supervised(x, torch.full((20,), 2))", "y"),
        ("losses.SemiSupervised(2).supervised(x, y)", "y"),
        ("losses.SemiSupervised(2).d(x, out)", "fake"),
        ("losses.SemiSupervisedMatching(2, 0)", "features"),
        ("losses.SemiSupervisedMatching(1, 1).g(None, x)", "classes"),
        ('losses.FGAN("kl")', "divergence"),
        ("losses.Realness(1)", "outcomes"),
        ("losses.Realness(5, objective=4)", "objective"),
        ('losses.Realness(5, anchors="between")', "anchors"),
        ("losses.Realness(5, anchors=3)", "anchors"),
        ("losses.Realness(2, anchors=((0.5, 0.5), (0.5, 0.5)))", "anchors"),
        ("losses.Redrawn(5, draws=0)", "draws"),
        ("anchors.gaussian(5, None, 1.0)", "mean"),
        ("anchors.gaussian(5, 0.0, 0.0)", "std"),
        ('anchors.uniform(5, "-1", 1.0)', "low"),
        ("anchors.one_hot(5, 5)", "at"),
        ("anchors.project((0.5, 0.5), nan)", "skewness"),
        ('anchors.project("half", 1.0)', "anchor"),
        ("anchors.authors_draw(5, 0)", "rng"),
    ],
    "divergences": [
        ('dv.kl("p", [1.0])', "p"),
        ("dv.kl([0.5, 0.5], [0.5, nan])", "q"),
        ("dv.js([0.5, 0.5], [1.0])", "p"),
        ("dv.entropy(None)", "p"),
        ("dv.entropy([])", "p"),
        ("dv.entropy([[0.5, 0.5], [1.0]])", "p"),
        ("dv.masses([0.5, 0.6])", "p"),
        ("fdiv.KL.between(ring, q)", "p"),
        ("fdiv.KL.bound([1.0], out)", "real"),
        ("quadrature.kl(p, data.gaussian())", "q"),
        ("quadrature.entropy(3.0)", "p"),
        ('quadrature.expectation(p, "square")', "h"),
        ("quadrature.nodes()", "p"),
        ("densities.normal(0.0, 0.0)", "std"),
        ('densities.normal("0", 1.0)', "mean"),
        ("densities.uniform(1.0, 0.0)", "lower"),
        ("densities.uniform(None, 0.0)", "lower"),
        ("densities.mixture([])", "components"),
        ("densities.mixture([ring])", "components"),
        ('densities.mixture([p, q], weights="even")', "weights"),
        ('densities.Density("p")', "log_prob"),
        ("densities.Density(lambda x: x, support=(1.0, 0.0))", "support"),
        ("densities.Density(lambda x: x, support=3)", "support"),
        ("densities.Density(lambda x: x, breaks=[0.0])", "breaks"),
        ("p([0.0])", "x"),
        ('gaussian.Gaussian("0", 1.0)', "mean"),
        ("gaussian.Gaussian(0.0, -1.0)", "covariance"),
        ("gaussian.kl(p, gaussian.Gaussian(0.0, 1.0))", "p"),
        ("gaussian.entropy(3.0)", "p"),
        ("quantile.wasserstein([0.0], [nan])", "y"),
        ("quantile.wasserstein([[0.0]], [1.0])", "x"),
        ('quantile.wasserstein([0.0], [1.0], p="2")', "p"),
        ("quantile.between(p, ring)", "q"),
        ("quantile.between(p, q, order=3)", "order"),
        ('transport.wasserstein("x", x)', "x"),
        ("transport.wasserstein(x, y, p=0.5)", "p"),
        ("transport.wasserstein(x, y, a=[1.0])", "a"),
        ("transport.transport([1.0], [1.0], [[1.0, 2.0]])", "cost"),
        ("transport.costs(x, broken)", "y"),
        ("transport.check_metric([[0.0, 1.0], [2.0, 0.0]])", "distance"),
        ("sinkhorn([1.0], [1.0], [[1.0]], 0.0)", "epsilon"),
        ('sinkhorn([1.0], [1.0], [[1.0]], "small")', "epsilon"),
        ("sinkhorn([1.0], [1.0], [[1.0]], 1.0, limit=0.5)", "limit"),
    ],
    "metrics": [
        ("metrics.frechet_distance(x.numpy(), y)", "real"),
        ("metrics.frechet_distance(x, y.tolist())", "fake"),
        ("metrics.frechet_distance(x, broken)", "fake"),
        ("metrics.frechet_distance(x[:1], y)", "real"),
        ("metrics.frechet_distance(x, y[:, :1])", "fake"),
        ("metrics.frechet_distance(pictures, pictures)", "real"),
        ("metrics.frechet_gaussians(x[0], torch.eye(3), x[0], torch.eye(2))", "cov_r"),
        ("metrics.frechet_gaussians([0.0], torch.eye(1), x[0], torch.eye(2))", "mean_r"),
        ("metrics.kernel_distance(x, None)", "fake"),
        ("metrics.kernel_distance(x, y, subset=21)", "subset"),
        ("metrics.kernel_distance(x, y, subset=5, subsets=0)", "subsets"),
        ("metrics.kernel_distance(x, y, subset=5, seed=0.5)", "seed"),
        ("metrics.precision_recall(x, y, neighbours=20)", "neighbours"),
        ("metrics.density_coverage(x, y, neighbours=0)", "neighbours"),
        ('metrics.density_coverage(x, y, neighbours="5")', "neighbours"),
        ("metrics.expected_coverage(10, 10, 10)", "neighbours"),
        ("metrics.nearest(x, [1.0])", "y"),
        ("metrics.inception_score(x.numpy())", "logits"),
        ("metrics.inception_score(x, splits=0)", "splits"),
        ("metrics.inception_score(x, splits=2.0)", "splits"),
        ("metrics.memorisation(x, y, None)", "held_out"),
        ("metrics.mode_scores(x.tolist(), y, 0.1)", "samples"),
        ("metrics.mode_scores(x, y, 0.0)", "std"),
        ('metrics.mode_scores(x, y, 0.1, radius="3")', "radius"),
        ("metrics.mode_scores(x, y, 0.1, least=0)", "least"),
        ("metrics.reverse_kl([1, 2])", "counts"),
        ("metrics.reverse_kl(torch.tensor([1, 2]), torch.tensor([1.0]))", "expected"),
        ("metrics.stacked_scores(pictures[0], lambda x: x)", "images"),
        ('metrics.stacked_scores(pictures, "classifier")', "classify"),
        ("metrics.stacked_scores(pictures, lambda x: x)", "classify"),
        ("metrics.ms_ssim(pictures, pictures[:2])", "y"),
        ("metrics.ms_ssim(pictures.numpy(), pictures)", "x"),
        ("metrics.ms_ssim(pictures, pictures, scales=3)", "scales"),
        ("metrics.image_similarity(pictures[:1])", "images"),
        ('metrics.image_similarity("digits")', "images"),
        ("metrics.image_similarity(pictures, pairs=0)", "pairs"),
        ("msssim.ssim(pictures, pictures, span=0)", "span"),
        ("metrics.sliced_wasserstein(x, y[:10])", "y"),
        ("metrics.sliced_wasserstein(x, y, directions=0)", "directions"),
        ("metrics.pyramid_distance(pictures, x)", "fake"),
        ('metrics.pyramid_distance(pictures, pictures, normalise="both")', "normalise"),
        ("metrics.pyramid_distance(pictures, pictures, patches=0)", "patches"),
        ("metrics.laplacian_pyramid(x)", "images"),
        ("fid.published(2 * pictures, pictures)", "real"),
        ("fid.published(pictures, pictures.numpy())", "fake"),
        ("metrics.interval([1.0])", "scores"),
        ('metrics.interval(["a", "b"])', "scores"),
        ("metrics.interval([1.0, 2.0], level=95)", "level"),
        ('metrics.sign_flip("abc")', "differences"),
        ("metrics.sign_flip([])", "differences"),
        ("metrics.paired_t([1.0])", "differences"),
        ("metrics.holm([0.5, 2.0])", "p_values"),
        ("metrics.holm(None)", "p_values"),
        ("metrics.best_of([1.0, 2.0], 3)", "k"),
        ("metrics.best_of([1.0, nan], 1)", "scores"),
    ],
    "pictures": [
        ("plot.grid(pictures[0])", "images"),
        ('plot.grid("digits")', "images"),
        ("plot.grid(255 * pictures.abs())", "images"),
        ("plot.grid(pictures * nan)", "images"),
        ("plot.grid(pictures, ncol=0)", "ncol"),
        ("plot.curves([])", "history"),
        ("plot.curves(3)", "history"),
        ('plot.curves({"D": "abc"})', "history"),
        ('plot.curves({"D": [1.0]}, keys=["G"])', "keys"),
        ('plot.curves({"D": [1.0]}, keys="D")', "keys"),
        ('plot.curves({"D": [1.0]}, smooth=0)', "smooth"),
        ("plot.points(real=torch.zeros(3, 3))", "real"),
        ('plot.points(fake="points")', "fake"),
        ("plot.points()", "real"),
        ("plot.points(real=x, bounds=-1)", "bounds"),
        ('plot.field("D")', "D"),
        ("plot.field(lambda x: 0.0)", "D"),
        ("plot.field(lambda x: x)", "D"),
        ("plot.field(D, resolution=1)", "resolution"),
        ("plot.source(3)", "pieces"),
        ('plot.Film(alt="")', "alt"),
        ("plot.Film(fps=0)", "fps"),
        ('plot.Film(fps="fast")', "fps"),
        ("plot.Film(budget=10)", "budget"),
        ("plot.Film(real=pictures)", "real"),
        ("film.add(None)", "frame"),
        ("film.add(x, title=3)", "title"),
        ('plot.films(film, "film", labels=["a", "b"])', "parts"),
        ('plot.films(plot.Film(), plot.Film(), labels="ab")', "labels"),
        ('explore.slider("draw", [0, 1], alt="a")', "draw"),
        ('explore.slider(lambda v: pictures, [0], alt="a")', "values"),
        ('explore.slider(lambda v: pictures, 3, alt="a")', "values"),
        ("explore.slider(lambda v: pictures, [0, 1], alt=None)", "alt"),
        ('explore.slider(lambda v: pictures, [0, 1], alt="a", quality=101)', "quality"),
        ('explore.slider(lambda v: pictures, [0, 1], alt="a", start=2)', "start"),
        ('explore.slider(lambda v: pictures, [0, 1], alt="a", texts=3)', "texts"),
        ('explore.pad(lambda v, w: pictures, [0, 1], [1, 0], alt="a")', "ys"),
        ('explore.pad(lambda v, w: pictures, [0, 1], [0, 1], labels=3, alt="a")', "labels"),
        ('explore.pad(lambda v, w: pictures, [0, 1], [0, 1], alt="a", start=1)', "start"),
        ('explore.choices(lambda v: pictures, ["a", "b"], alt="a")', "label"),
        ('explore.choices(lambda v: pictures, "ab", label="l", alt="a")', "options"),
        ('explore.choices(lambda v: pictures, ["a", "b"], label="l", alt="a", start=None)', "start"),
    ],
    "claims and the zoo": [
        ('claims.claim("", True)', "sentence"),
        ("claims.claim(3, True)", "sentence"),
        ('claims.claim("so", 1)', "holds"),
        ('claims.claim("so", x > 0)', "holds"),
        ('claims.below("0.1", None)', "limit"),
        ("claims.above(x, 1.0)", "value"),
        ("claims.close(1.0, None, 0.1)", "expected"),
        ("claims.seed(0.5)", "base"),
        ('claims.rng("seven")', "base"),
        ('zoo.load("stylegan")', "name"),
        ("zoo.card(3)", "name"),
        ('zoo.film("stylegan", alt="a")', "name"),
        ('zoo.make("stylegan")', "name"),
        ('zoo.make("mlp-digits", rounds=0)', "rounds"),
        ('zoo.training_set("cats")', "name"),
        ('zoo.load("mlp-digits").sample(0)', "n"),
        ('zoo.load("mlp-digits").sample(3, seed="a")', "seed"),
    ],
}
CALLS = [(call, name) for rows in TABLE.values() for call, name in rows]


def printed(program, given=""):
    """What a program prints in a process of its own, without jaxtyping's hook: as readers meet the book."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=given,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths, "MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    return done.stdout


@pytest.fixture(scope="module")
def answers():
    found = json.loads(printed(READER, json.dumps([call for call, _ in CALLS])))
    return dict(zip([call for call, _ in CALLS], found, strict=True))


@pytest.mark.parametrize(("call", "name"), CALLS, ids=[call for call, _ in CALLS])
def test_the_argument_is_named(answers, call, name):
    kind, message, where = answers[call]
    assert kind in ("ValueError", "TypeError"), f"{call} ends in {kind}: {message}"
    assert re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", message), f"{call} must name {name}, and says: {message}"
    assert pathlib.Path(where).is_relative_to(ROOT / "ganbook"), f"{call} is refused by {where}: {message}"


def test_every_call_is_asked_once():
    assert len({call for call, _ in CALLS}) == len(CALLS) > 250


LONG = ("data.", "explore.", "plot.", "zoo.")
"""Of these test_fuzz.py draws some calls: to make them all takes as long as all others together."""

TAKEN = {
    "0": 118,
    "0.5": 138,
    "-1": 78,
    "double": 127,
    "half": 124,
    "x[:1]": 85,
    "x[..., :1]": 65,
    "one nan": 91,
    "x + inf": 91,
    "x * 1e30": 109,
    "nan": 66,
    "inf": 66,
    "2**70": 66,
    "True": 97,
    "[1.0]": 77,
    "np.ones(3)": 62,
    "torch.ones(3)": 68,
    "None": 105,
    "'text'": 47,
    "[]": 48,
    "{}": 51,
    "object()": 44,
    "int": 46,
    "torch.zeros(0, 2)": 52,
    "numpy": 34,
    "tolist": 34,
    "x[None]": 20,
    "x[0]": 19,
    "long": 25,
    "x + 0j": 9,
}
"""Of each wrong thing, how many arguments of fuzz_calls.CALLS take it, as a formula or by design."""


def test_every_argument_is_asked_for_every_wrong_thing_and_no_more_is_taken_than_was():
    """All 16,000 of fuzz.py's, as readers make them. Where a refusal is lost, an error from the depths comes through,
    or one more wrong thing is taken in silence: which ones, `python tests/fuzz.py` shows."""
    met = json.loads(printed(f"import fuzz, json; print(json.dumps(fuzz.draw(None, 0, {LONG!r})))"))
    lost = {place: f"{case} {said}" for case, outcome, place, said in met if outcome in ("obscure", "silent")}
    assert lost == {}
    taken = collections.Counter(case[2] for case, outcome, *_ in met if outcome == "fine")
    assert {bad: n for bad, n in taken.items() if n > TAKEN[bad]} == {}

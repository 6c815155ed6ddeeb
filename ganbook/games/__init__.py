"""Games: who plays, who owns which parameters, and what one round is. One file a kind of play."""

from __future__ import annotations

from ganbook.games.bigan import BiGAN
from ganbook.games.bigbigan import BigBiGAN
from ganbook.games.conditional import ConditionalGAN
from ganbook.games.critic import CriticAlone
from ganbook.games.cyclegan import CycleGAN
from ganbook.games.evolution import Evolution
from ganbook.games.game import Average, Game, descend
from ganbook.games.gan import GAN, latent_width
from ganbook.games.in_parts import InParts
from ganbook.games.mutations import MUTATIONS, fittest
from ganbook.games.pool import Pool
from ganbook.games.progressive import PGGAN, Growth, Progressive
from ganbook.games.semi_supervised import SGAN, ClassifierAlone
from ganbook.games.side_by_side import AllRuns, EachRun, SideBySide
from ganbook.games.unrolled import Unrolled
from ganbook.games.with_d import GameWithD, check_shapes

__all__ = [
    "GAN",
    "MUTATIONS",
    "PGGAN",
    "SGAN",
    "AllRuns",
    "Average",
    "ClassifierAlone",
    "BiGAN",
    "BigBiGAN",
    "ConditionalGAN",
    "CriticAlone",
    "CycleGAN",
    "EachRun",
    "Evolution",
    "Game",
    "GameWithD",
    "Growth",
    "InParts",
    "Progressive",
    "Pool",
    "SideBySide",
    "Unrolled",
    "check_shapes",
    "descend",
    "fittest",
    "latent_width",
]

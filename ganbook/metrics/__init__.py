"""Scores of generative models: pure functions of samples or features, each returning a Score with its protocol.

| question | function |
|---|---|
| clear and varied by a classifier? | inception_score |
| same mean and covariance of features? | frechet_distance |
| same moments up to the third? | kernel_distance |
| quality and variety apart? | precision_recall, density_coverage |
| same local structure at each scale? | pyramid_distance (sliced_wasserstein on patches) |
| do the images resemble each other? | image_similarity (MS-SSIM) |
| are the known modes found? | mode_scores, stacked_scores, reverse_kl |
| are they copies? | memorisation |
| is a difference more than luck? | interval, sign_flip, paired_t, holm, best_of |

`fid.published` is the published FID and Inception Score, where their weights can be had.
"""

from ganbook.metrics import fid
from ganbook.metrics.frechet import frechet_distance, frechet_gaussians
from ganbook.metrics.inception import inception_score
from ganbook.metrics.kernel import kernel_distance
from ganbook.metrics.memory import memorisation
from ganbook.metrics.modes import ModeScores, mode_scores, reverse_kl, stacked_scores
from ganbook.metrics.msssim import image_similarity, ms_ssim
from ganbook.metrics.neighbours import (
    DensityCoverage,
    PrecisionRecall,
    density_coverage,
    expected_coverage,
    precision_recall,
)
from ganbook.metrics.paired_tests import best_of, holm, paired_t, sign_flip
from ganbook.metrics.pairs import nearest
from ganbook.metrics.score import Interval, Score, interval
from ganbook.metrics.sliced import laplacian_pyramid, pyramid_distance, sliced_wasserstein

__all__ = [
    "DensityCoverage",
    "Interval",
    "ModeScores",
    "PrecisionRecall",
    "Score",
    "best_of",
    "density_coverage",
    "expected_coverage",
    "fid",
    "frechet_distance",
    "frechet_gaussians",
    "holm",
    "image_similarity",
    "inception_score",
    "interval",
    "kernel_distance",
    "laplacian_pyramid",
    "memorisation",
    "mode_scores",
    "ms_ssim",
    "nearest",
    "paired_t",
    "precision_recall",
    "pyramid_distance",
    "reverse_kl",
    "sign_flip",
    "sliced_wasserstein",
    "stacked_scores",
]

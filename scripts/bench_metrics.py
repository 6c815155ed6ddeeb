"""Time every metric at 10,000 against 10,000 samples: `python scripts/bench_metrics.py [name ...]`.

One thread, the best and the worst of three runs, and the peak memory of the process. On a busy machine the CPU
seconds tell more than those of the wall. Timings depend on the machine, so no test looks at them.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

import torch

from ganbook import metrics

N, D, SIDE = 10_000, 64, 28


def cases() -> dict[str, Callable[[], object]]:
    rng = torch.Generator().manual_seed(0)
    real, fake = torch.randn(N, D, generator=rng), 1.1 * torch.randn(N, D, generator=rng)
    logits = 5 * torch.randn(N, 10, generator=rng)
    images = torch.rand(N, 1, SIDE, SIDE, generator=rng) * 2 - 1
    others = torch.rand(N, 1, SIDE, SIDE, generator=rng) * 2 - 1
    points, centres = torch.randn(N, 2, generator=rng), torch.randn(25, 2, generator=rng)
    counts = torch.randint(0, 1_000, (N,), generator=rng).bincount(minlength=1_000)
    return {
        "inception_score": lambda: metrics.inception_score(logits),
        "frechet_distance": lambda: metrics.frechet_distance(real, fake),
        "kernel_distance": lambda: metrics.kernel_distance(real, fake),
        "kernel_distance, 100 subsets of 1000": lambda: metrics.kernel_distance(real, fake, subset=1_000),
        "precision_recall": lambda: metrics.precision_recall(real, fake),
        "density_coverage": lambda: metrics.density_coverage(real, fake),
        "sliced_wasserstein": lambda: metrics.sliced_wasserstein(real, fake),
        "pyramid_distance": lambda: metrics.pyramid_distance(images, others),
        "image_similarity": lambda: metrics.image_similarity(images),
        "mode_scores": lambda: metrics.mode_scores(points, centres, std=0.05),
        "reverse_kl": lambda: metrics.reverse_kl(counts),
        "memorisation": lambda: metrics.memorisation(fake, real, real[:1_000] + 0.1),
    }


def main(wanted: list[str]) -> None:
    torch.set_num_threads(1)
    print(f"{N} real, {N} fake, {D} features, images {SIDE}x{SIDE}; torch {torch.__version__}, 1 thread")
    for name, run in cases().items():
        if wanted and name not in wanted:
            continue
        wall, cpu = [], []
        for _ in range(3):
            start = time.perf_counter(), time.process_time()
            run()
            wall.append(time.perf_counter() - start[0])
            cpu.append(time.process_time() - start[1])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{name:40s} wall {min(wall):6.2f} to {max(wall):6.2f} s   CPU {min(cpu):6.2f} to {max(cpu):6.2f} s   "
            f"peak so far {peak:6.0f} MB",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])

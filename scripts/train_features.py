"""Train a feature network of the book: `python scripts/train_features.py digits|fashion`.

Writes ganbook/feature_weights/NAME.safetensors and its card. One thread, some minutes. The number of epochs is fixed
beforehand and the held-out part is looked at once, at the end, with the rounded weights that are shipped.
"""

from __future__ import annotations

import argparse
import math
import platform
import time

import torch
import torch.nn.functional as F
from torch import Tensor

from ganbook import data, features
from ganbook.files import weights

SETTINGS = {
    # degrees; shift and elastic in pixels; scale and shear as shares; mirror and erase as probabilities
    "digits": {"degrees": 12, "shift": 2.0, "scale": 0.12, "shear": 0.15, "elastic": 1.2, "mirror": 0.0, "erase": 0.0},
    "fashion": {"degrees": 4, "shift": 2.0, "scale": 0.08, "shear": 0.05, "elastic": 0.0, "mirror": 0.5, "erase": 0.4},
}


def augment(
    x: Tensor,
    rng: torch.Generator,
    degrees: float,
    shift: float,
    scale: float,
    shear: float,
    elastic: float,
    mirror: float,
    erase: float,
) -> Tensor:
    """A random affine map (and, for digits, a smooth random field) of each image; the background is -1."""
    n = len(x)

    def uniform(size: float) -> Tensor:
        return (2 * torch.rand(n, generator=rng) - 1) * size

    angle, slant = uniform(math.radians(degrees)), uniform(shear)
    across, along = 1 + uniform(scale), 1 + uniform(scale)
    flip = torch.where(torch.rand(n, generator=rng) < mirror, -1.0, 1.0)
    matrix = torch.stack(
        [
            torch.stack([flip * across * angle.cos(), -angle.sin() + slant, uniform(shift / 14)], 1),
            torch.stack([flip * angle.sin(), along * angle.cos(), uniform(shift / 14)], 1),
        ],
        1,
    )
    grid = F.affine_grid(matrix, list(x.shape), align_corners=False)
    if elastic:
        coarse = torch.randn(n, 2, 5, 5, generator=rng) * elastic / 14
        field = F.interpolate(coarse, size=x.shape[-2:], mode="bicubic", align_corners=True)
        grid = grid + field.permute(0, 2, 3, 1)
    y = F.grid_sample(x + 1, grid, align_corners=False) - 1
    if erase:
        side = 8
        row, column = (torch.randint(0, 28 - side, (n, 1, 1, 1), generator=rng) for _ in range(2))
        place = torch.arange(28)
        box = (
            (place[:, None] >= row)
            & (place[:, None] < row + side)
            & (place >= column)
            & (place < column + side)
            & (torch.rand(n, 1, 1, 1, generator=rng) < erase)
        )
        y = torch.where(box, torch.rand(n, 1, 1, 1, generator=rng) * 2 - 1, y)
    return y


def fit(name: str, seed: int, epochs: int, batch: int) -> features.FeatureNet:
    torch.manual_seed(seed)
    rng = torch.Generator().manual_seed(seed)
    train = data.fashion(device="cpu") if name == "fashion" else data.digits(device="cpu")
    x, labels = train.x, train.y
    net = features.FeatureNet().to(memory_format=torch.channels_last)
    steps = epochs * (len(x) // batch)
    optimizer = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps, pct_start=0.2)
    start = time.perf_counter()
    for epoch in range(epochs):
        net.train()
        order = torch.randperm(len(x), generator=rng)
        total = 0.0
        for i in range(len(x) // batch):
            rows = order[i * batch : (i + 1) * batch]
            loss = F.cross_entropy(net(augment(x[rows], rng, **SETTINGS[name])), labels[rows], label_smoothing=0.05)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        print(
            f"{name} epoch {epoch + 1} of {epochs}: loss {total / (len(x) // batch):.4f}, "
            f"{time.perf_counter() - start:.0f} s",
            flush=True,
        )
    return net.eval()


def accuracy(net: features.FeatureNet, name: str) -> tuple[float, int]:
    held_out = getattr(data, name)(split="test", device="cpu")
    return float((net.logits(held_out.x).argmax(1) == held_out.y).double().mean()), len(held_out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(SETTINGS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--batch", type=int, default=100)
    args = parser.parse_args()
    torch.set_num_threads(1)
    start = time.perf_counter()
    net = fit(args.name, args.seed, args.epochs, args.batch)
    tensors = {key: x for key, x in net.state_dict().items() if not key.endswith("num_batches_tracked")}
    card = {
        "name": args.name,
        "kind": "feature network",
        "command": f"python scripts/train_features.py {args.name} --seed {args.seed} --epochs {args.epochs} "
        f"--batch {args.batch}",
        "seed": args.seed,
        "epochs": args.epochs,
        "batch": args.batch,
        "augmentation": SETTINGS[args.name],
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "data": {"set": args.name, "split": "train", "sha256": data.sha256(args.name)},
        "seconds": round(time.perf_counter() - start),
        "threads": 1,
    }
    weights.write(features.FOLDER, args.name, tensors, card)
    shipped = features.load(args.name, device="cpu")
    share, n = accuracy(shipped, args.name)
    card["held_out"] = {"split": "test", "n": n, "accuracy": share}
    card = weights.write(features.FOLDER, args.name, tensors, card)
    print(f"{args.name}: accuracy {share:.4f} on {n} held-out images, {card['bytes']} bytes, sha256 {card['sha256']}")


if __name__ == "__main__":
    main()

"""Train the feature network of faces: `python scripts/train_face_features.py`.

Writes ganbook/feature_weights/faces.safetensors and its card. One thread, some minutes. The number of epochs is fixed
beforehand and the held-out part is looked at once, at the end, with the rounded weights that are shipped.
"""

from __future__ import annotations

import argparse
import platform
import time

import torch
import torch.nn.functional as F
from torch import Tensor

from ganbook import data, features
from ganbook.files import weights

NOISE = 0.1
"""Largest standard deviation of the noise that a training image gets: a generator's colours are never exact."""


def targets(sampler: data.FacesSampler) -> list[Tensor]:
    return [sampler.column(name) for name in sampler.attributes]


def fit(seed: int, epochs: int, batch: int) -> features.FaceNet:
    torch.manual_seed(seed)
    rng = torch.Generator().manual_seed(seed)
    train = data.faces(device="cpu")
    columns = targets(train)
    net = features.FaceNet({name: len(values) for name, values in train.attributes.items()})
    net = net.to(memory_format=torch.channels_last)
    steps = epochs * (len(train) // batch)
    optimizer = torch.optim.AdamW(net.parameters(), lr=4e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps, pct_start=0.2)
    start = time.perf_counter()
    for epoch in range(epochs):
        net.train()
        order = torch.randperm(len(train), generator=rng)
        total = 0.0
        for i in range(len(train) // batch):
            rows = order[i * batch : (i + 1) * batch]
            x = train.stored[rows].float() / 127.5 - 1
            x = x + NOISE * torch.rand(batch, 1, 1, 1, generator=rng) * torch.randn(x.shape, generator=rng)
            logits = net(x).split(net.widths, 1)
            loss = sum(F.cross_entropy(out, column[rows]) for out, column in zip(logits, columns, strict=True))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        print(
            f"faces epoch {epoch + 1} of {epochs}: loss {total / (len(train) // batch):.4f}, "
            f"{time.perf_counter() - start:.0f} s",
            flush=True,
        )
    return net.eval()


def accuracy(net: features.FaceNet) -> tuple[dict[str, float], int]:
    """The share of held-out faces of which each attribute is told right."""
    held_out = data.faces(split="test", device="cpu")
    told = net.attributes(held_out.x)
    return {name: float((told[name] == held_out.column(name)).double().mean()) for name in told}, len(held_out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--batch", type=int, default=100)
    args = parser.parse_args()
    torch.set_num_threads(1)
    start = time.perf_counter()
    net = fit(args.seed, args.epochs, args.batch)
    tensors = {key: x for key, x in net.state_dict().items() if not key.endswith("num_batches_tracked")}
    card = {
        "name": "faces",
        "kind": "feature network",
        "command": f"python scripts/train_face_features.py --seed {args.seed} --epochs {args.epochs} "
        f"--batch {args.batch}",
        "seed": args.seed,
        "epochs": args.epochs,
        "batch": args.batch,
        "augmentation": {"noise": NOISE},
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
        "data": {"set": "faces", "split": "train", "sha256": data.sha256("faces")},
        "heads": net.heads,
        "seconds": round(time.perf_counter() - start),
        "threads": 1,
    }
    weights.write(features.FOLDER, "faces", tensors, card)
    shares, n = accuracy(features.load("faces", device="cpu"))
    card["held_out"] = {"split": "test", "n": n, "accuracy": {name: round(share, 5) for name, share in shares.items()}}
    card = weights.write(features.FOLDER, "faces", tensors, card)
    print(f"faces: {card['bytes']} bytes, sha256 {card['sha256']}, on {n} held-out faces:")
    for name, share in shares.items():
        print(f"  {name:14s} {share:.4f}")


if __name__ == "__main__":
    main()

"""How fast are our training rounds? `make bench`: ratios in one process, never a timed test.

Ours and the way of popular tutorials train the same networks on the same digits, in turns, block by block, so that a
noisy machine slows both. The tutorials' way: a DataLoader that turns each image from PIL to a tensor with transforms,
a sigmoid and BCELoss, fakes drawn twice, and `.item()` after every step. Prints the ratio of times with its spread
over blocks, images a second, and what share of the machine's measured matrix-multiply peak a round reaches. Named are
the processor, its bf16 instructions and the load. Where other programs take more than a little of the machine, before
or while it is measured, no time and no ratio is told.

Under each ratio stands that of the sums of a round alone (`bare`): what a loop of the same operations reaches.

The small RealnessGAN pair (chapter 10) is compared with the loop published for it, in a process of its own whose
allocator is pinned: without that, tensors of 32 MiB are mapped and faulted anew in each step, and the ratio says so.
"""

import argparse
import copy
import itertools
import os
import pathlib
import statistics
import subprocess
import sys
import time
from dataclasses import replace

import machine
import torch
from bare import bare
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torch.utils.flop_counter import FlopCounterMode
from torchvision import transforms
from torchvision.transforms.functional import to_pil_image

from ganbook import data, models, recipes
from ganbook.games import GAN
from ganbook.losses import Realness
from ganbook.train import fit, train

CPU = torch.device("cpu")


class Pictures(Dataset):
    """Digits as PIL images, turned into tensors one by one when asked for, as torchvision's MNIST does."""

    def __init__(self, x):
        self.images = [to_pil_image((image + 1) / 2) for image in x]
        self.transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        return self.transform(self.images[index])


def tutorial(G, D, x, batch, z_width, rate):
    """The usual loop, one round at each next(): D on reals, D on fakes, G on fakes drawn again."""
    D = nn.Sequential(D, nn.Sigmoid())
    loader = DataLoader(Pictures(x), batch_size=batch, shuffle=True, drop_last=True)
    criterion = nn.BCELoss()
    adam_d = torch.optim.Adam(D.parameters(), lr=rate, betas=(0.5, 0.999))
    adam_g = torch.optim.Adam(G.parameters(), lr=rate, betas=(0.5, 0.999))
    losses = []
    while True:
        for real in loader:
            ones, zeros = torch.ones(batch, 1), torch.zeros(batch, 1)
            adam_d.zero_grad()
            real_loss = criterion(D(real), ones)
            real_loss.backward()
            fake_loss = criterion(D(G(torch.randn(batch, z_width)).detach()), zeros)
            fake_loss.backward()
            adam_d.step()
            adam_g.zero_grad()
            g_loss = criterion(D(G(torch.randn(batch, z_width))), ones)
            g_loss.backward()
            adam_g.step()
            losses.append((real_loss.item() + fake_loss.item(), g_loss.item()))
            yield


def cases():
    """name -> (networks, recipe, rounds a block, digits)."""
    G = models.mlp([64, 256, 256, 784], out=nn.Tanh(), shape=(1, 28, 28))
    mlp = (G, models.mlp([784, 256, 256, 1], flatten=True))
    live = replace(recipes.DCGAN, batch=64, lr_d=1e-3, lr_g=1e-3)  # as chapter 5 trains it in the page
    large, small = data.digits(device=CPU), data.digits(16, device=CPU)
    return {
        "MLP GAN, 28 px, batch 64": (mlp, recipes.MLP_GAN, 40, large),
        "DCGAN, 16 px, width 16, batch 64 (chapter 5, live)": (models.dcgan(16, 1, width=16), live, 16, small),
        "DCGAN, 28 px, width 32, batch 128": (models.dcgan(28, 1, width=32), recipes.DCGAN, 4, large),
    }


def peak():
    """Multiply-adds a second, counted as two operations each, of the best of several 1024^3 products."""
    a, b = torch.randn(2, 1024, 1024)
    best = 0.0
    for _ in range(8):
        start = time.perf_counter()
        torch.mm(a, b)
        best = max(best, 2 * 1024**3 / (time.perf_counter() - start))
    return best


def in_turns(name, ours, theirs, rounds, blocks):
    """(how many times as fast, in words with its spread; median seconds a round of ours; of theirs).

    None where others took part of the machine meanwhile, which is said.
    """
    times = [], []
    for block in range(blocks + 1):  # the first block only warms up
        if block == 1:
            others = machine.Others()
        for loop, spent in zip((ours, theirs), times, strict=True):
            start = time.perf_counter()
            for _ in range(rounds):
                next(loop)
            if block:
                spent.append((time.perf_counter() - start) / rounds)
    if reason := machine.refusal(others.share()):
        return print(f"{name}: {reason}", flush=True)
    ratios = sorted(b / a for a, b in zip(*times, strict=True))
    low, high = ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]
    words = f"{statistics.median(ratios):.2f} (middle half of {blocks} blocks {low:.2f} to {high:.2f}) times as fast as"
    return words, *map(statistics.median, times)


def compare(name, networks, recipe, rounds, blocks, digits):
    ours = train(GAN(*copy.deepcopy(networks), recipe, device=CPU), digits, rounds=10**9, progress=False)
    z_width = next(layer for layer in networks[0] if isinstance(layer, nn.Linear)).in_features
    theirs = tutorial(*copy.deepcopy(networks), digits.x, recipe.batch, z_width, recipe.lr_d)
    with FlopCounterMode(display=False) as counter:
        next(ours)
    if not (found := in_turns(name, ours, theirs, rounds, blocks)):
        return
    ratio, mine, usual = found
    share = counter.get_total_flops() / mine / peak()
    print(f"{name}: {ratio} the usual loop")
    print(
        f"  ours {mine * 1e3:.1f} ms a round, {recipe.batch / mine:,.0f} images a second, "
        f"{share:.0%} of the matrix-multiply peak; usual {usual * 1e3:.1f} ms, "
        f"{recipe.batch / usual:,.0f} images a second"
    )
    bound(name, networks, digits.x, recipe, theirs, rounds, blocks)


def bound(name, networks, x, recipe, theirs, rounds, blocks):
    """What the sums of a round alone take (`bare`), without the library around them."""
    mixes = any(isinstance(layer, nn.modules.batchnorm._BatchNorm) for layer in networks[1].modules())
    for one_pass in (False,) if mixes else (False, True):
        loop = bare(*copy.deepcopy(networks), x, recipe, one_pass=one_pass)
        if found := in_turns(name, loop, theirs, rounds, blocks):
            how = ", reals and fakes in one pass" if one_pass else ""
            print(f"  the sums alone{how}: {found[0]} that loop; {found[1] * 1e3:.1f} ms a round", flush=True)


PINNED = {
    "MALLOC_MMAP_THRESHOLD_": str(2**32),
    "MALLOC_TRIM_THRESHOLD_": str(2**33),
    "MALLOC_TOP_PAD_": str(2**28),
}


def published(G, D, images, recipe):
    """The tutorial's loop: log(softmax + eps), each batch through D by itself, D(x) with its gradient in G's step."""
    low, high = (torch.tensor(anchor) for anchor in recipe.loss.pair)
    adam_d = torch.optim.Adam(D.parameters(), lr=recipe.lr_d, betas=recipe.betas)
    adam_g = torch.optim.Adam(G.parameters(), lr=recipe.lr_g, betas=recipe.betas)
    eps, n = 1e-16, recipe.batch

    def divergence(p, q):
        return (p * (torch.log(p + eps) - torch.log(q + eps))).sum(1).mean()

    def answer(x):
        return torch.softmax(D(x), 1)

    while True:
        real = images[torch.randint(len(images), (n,))]
        adam_d.zero_grad()
        d_loss = divergence(high, answer(real)) + divergence(low, answer(G(torch.randn(n, 100)).detach()))
        d_loss.backward()
        adam_d.step()
        adam_g.zero_grad()
        fake = answer(G(torch.randn(n, 100)))
        g_loss = divergence(answer(real), fake) - divergence(low, fake)
        g_loss.backward()
        adam_g.step()
        yield


def fast_in_bf16():
    """Has this processor instructions for bfloat16? Without them it is slower than float32."""
    has = torch.cpu.get_capabilities()
    return has.get("avx512_bf16", False) or has.get("amx_bf16", False)


def compare_realness(blocks, rounds=2):
    """Our round of the 20-outcome pair against the published one, batch 128 of 3x32x32, block by block in turns."""
    networks = models.pooled(32, 3, outputs=20, norm_g=None)
    recipe = recipes.Recipe(Realness(20, 2, "middle"), batch=128, lr_d=1e-4, lr_g=1e-4, betas=(0.0, 0.9))
    images = torch.rand(1_024, 3, 32, 32) * 2 - 1
    sampler = data.from_tensor(images)
    for precision in ("float32", "bf16"):
        if precision == "bf16" and not fast_in_bf16():
            print("  bf16: not measured, this processor has neither AVX512_BF16 nor AMX")
            return
        game = GAN(*copy.deepcopy(networks), recipe, device=CPU)
        ours = train(game, sampler, rounds=10**9, progress=False, precision=precision)
        theirs = published(*copy.deepcopy(networks), images, recipe)
        name = f"RealnessGAN pair, 32 px, 20 outcomes, batch 128, {precision}"
        if not (found := in_turns(name, ours, theirs, rounds, blocks)):
            continue
        ratio, mine, usual = found
        print(
            f"{name}: {ratio} the published loop in float32; "
            f"ours {mine * 1e3:.0f} ms a round, published {usual * 1e3:.0f} ms",
            flush=True,
        )
        if precision == "float32":
            bound(name, networks, images, recipe, theirs, rounds, blocks)


def resident():
    """Megabytes that this process holds now (Linux)."""
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def memory(networks, recipe, digits):
    if not pathlib.Path("/proc/self/statm").exists():
        print("memory: not measured, this system has no /proc")
        return
    run = train(GAN(*copy.deepcopy(networks), recipe, device=CPU), digits, rounds=5_000, progress=False)
    for _ in range(200):
        next(run)
    early = resident()
    fit(run)
    print(f"memory of the MLP GAN: {early:.0f} MB after 200 rounds, {resident():.0f} MB after 5,000")


def book():
    """The weight of the built book, page by page without what pages share."""
    html = pathlib.Path(__file__).resolve().parent.parent / "_build" / "html"
    pages = sorted(html.rglob("*.html"), key=lambda page: -page.stat().st_size)
    if not pages:
        print("book: not built, so not weighed (make book)")
        return
    total = sum(entry.stat().st_size for entry in html.rglob("*") if entry.is_file())
    heaviest = ", ".join(f"{page.stem} {page.stat().st_size / 1e6:.2f} MB" for page in pages[:3])
    print(f"book: {len(pages)} pages, {total / 1e6:.1f} MB in all; heaviest pages alone: {heaviest}")
    visits()


def visits(names=("01_minimax_game", "08_wasserstein_distance", "10_realness_gan"), times=3):
    """How soon the built chapters are there: the middle of some visits, here and on a processor a quarter as fast."""
    root = pathlib.Path(__file__).resolve().parent.parent
    sys.path.insert(0, str(root / "tests" / "browser"))
    from playwright.sync_api import sync_playwright
    from speed import measure

    import conftest

    with conftest.serving(root / "_build" / "html") as address, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=conftest.find_chromium(), args=conftest.FLAGS)
        for name, (width, slower) in itertools.product(names, ((1440, 1), (390, 4))):
            seen = [measure(browser, f"{address}/notebooks/{name}.html", width, slower) for _ in range(times)]
            middle = {key: statistics.median(visit[key] for visit in seen) for key in seen[0]}
            print(
                f"page {name}, {width} px, processor / {slower}: first paint {middle['paint']:.0f} ms, longest task "
                f"{middle['longest']:.0f} ms, layout shift {middle['shift']:.3f}, {middle['kilobytes']:.0f} kB"
            )
        browser.close()


def alone(chosen):
    """The RealnessGAN pair in a process of its own, whose allocator is pinned from its start."""
    words = [sys.executable, __file__, "--realness", "--threads", str(chosen.threads), "--blocks", str(chosen.blocks)]
    subprocess.run(words, env={**os.environ, **PINNED}, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--blocks", type=int, default=12)
    parser.add_argument("--realness", action="store_true", help="only the RealnessGAN pair, its allocator pinned")
    parser.add_argument("--pages", action="store_true", help="only the built pages in a browser")
    parser.add_argument("--no-memory", action="store_true", help="leave out the 5,000 rounds")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    torch.manual_seed(0)
    if chosen.realness and PINNED.items() <= os.environ.items():
        return compare_realness(chosen.blocks)
    instructions = "with" if fast_in_bf16() else "without"
    print(
        f"{machine.name()}, {os.cpu_count()} processors {instructions} bf16 instructions; {machine.load()}", flush=True
    )
    if reason := machine.refusal(machine.look()):
        sys.exit(f"Nothing is measured on a busy machine. Times are {reason}.")
    if chosen.realness:
        return alone(chosen)
    if chosen.pages:
        return visits()
    print(f"{chosen.threads} threads; matrix-multiply peak {peak() / 1e9:.0f} Gflop/s")
    for name, (networks, recipe, rounds, digits) in cases().items():
        compare(name, networks, recipe, rounds, chosen.blocks, digits)
    alone(chosen)
    if not chosen.no_memory:
        networks, recipe, _, digits = next(iter(cases().values()))
        memory(networks, recipe, digits)
    book()


if __name__ == "__main__":
    main()

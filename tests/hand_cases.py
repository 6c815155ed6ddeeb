"""What the generator in the reader's hand must compute, by torch: for the tests in V8 and in the browser."""

import torch

from ganbook import zoo
from ganbook.player.hand import pack

WEIGHTY = (torch.nn.Linear, torch.nn.Conv2d, torch.nn.ConvTranspose2d)
PAIRS = [name for name in pack.NETWORKS if name != "kinds"]
"""Those of which G and D travel; of "kinds", whose G is told a class, G alone."""


def eight_bits(network):
    """(G, D) of the zoo with the weights that a browser gets, by torch alone: batch norm stays a layer of its own."""
    model, whole = zoo.load(pack.NETWORKS[network], device="cpu"), []
    for net in (model.G, model.D) if network in PAIRS else (model.G,):
        layers = [layer for layer in net.modules() if isinstance(layer, WEIGHTY)]
        for layer in layers if net is model.D else layers[:-1]:
            outputs = 1 if isinstance(layer, torch.nn.ConvTranspose2d) else 0
            others = [k for k in range(layer.weight.dim()) if k != outputs]
            scale = (layer.weight.abs().amax(others, keepdim=True) / 127).double()
            layer.weight.copy_((layer.weight.double() / scale).round() * scale)
        whole.append(net)
    return whole

"""The one device of a process: as told, else a GPU, of several processes each its own; and the doors to keep."""

import pytest
import torch

import ganbook
from ganbook import device, keep

NAMES = ("GANBOOK_DEVICE", "WORLD_SIZE", "LOCAL_RANK")


@pytest.mark.parametrize(
    ("said", "gpus", "found"),
    [
        ({}, 0, "cpu"),
        ({}, 2, "cuda"),
        ({"WORLD_SIZE": "1", "LOCAL_RANK": "1"}, 2, "cuda"),
        ({"WORLD_SIZE": "2"}, 2, "cuda:0"),
        ({"WORLD_SIZE": "2", "LOCAL_RANK": "1"}, 2, "cuda:1"),
        ({"WORLD_SIZE": "4", "LOCAL_RANK": "3"}, 2, "cuda:1"),  # two to a GPU
        ({"WORLD_SIZE": "4", "LOCAL_RANK": "3"}, 0, "cpu"),
        ({"GANBOOK_DEVICE": "cpu"}, 2, "cpu"),
        ({"GANBOOK_DEVICE": "cpu", "WORLD_SIZE": "2", "LOCAL_RANK": "1"}, 2, "cpu"),
        ({"GANBOOK_DEVICE": "meta"}, 0, "meta"),
    ],
)
def test_a_process_has_the_device_that_it_is_told_else_a_gpu_of_its_own(said, gpus, found, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpus > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    assert device.__wrapped__() == torch.device(found)


def test_a_device_that_is_none_is_named(monkeypatch):
    for bad in ("gpu", "cuda:99", ""):
        monkeypatch.setenv("GANBOOK_DEVICE", bad)
        with pytest.raises(ValueError, match=f"GANBOOK_DEVICE must name a device that torch can use here, got '{bad}'"):
            device.__wrapped__()


def test_save_and_load_are_those_of_keep_and_nothing_else_is_there():
    assert ganbook.save is keep.save and ganbook.load is keep.load
    with pytest.raises(AttributeError, match="module 'ganbook' has no attribute 'sample'"):
        _ = ganbook.sample

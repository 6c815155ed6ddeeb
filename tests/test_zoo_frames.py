"""The frames of a training: bytes as the formula says, the same file for the same frames, damage named."""

import numpy as np
import pytest
import torch

from ganbook.zoo.frames import Reel


def test_frames_are_rounded_to_bytes_and_read_back(tmp_path):
    images = torch.rand(4, 3, 8, 8, generator=torch.Generator().manual_seed(0)) * 2 - 1
    reel = Reel(tmp_path / "a.npz")
    reel.add(10, images)
    reel.add(20, -images)
    reel.save()
    again = Reel(tmp_path / "a.npz")
    assert list(again.frames) == [10, 20]
    expected = np.floor(127.5 * (images.numpy().astype(np.float64) + 1) + 0.5)
    assert np.abs(again.frames[10].astype(np.float64) - expected).max() == 0
    assert (Reel(tmp_path / "a.npz", n=19).frames.keys()) == {10}


def test_a_stopped_reel_ends_with_the_same_bytes(tmp_path):
    whole, first = Reel(tmp_path / "whole.npz"), Reel(tmp_path / "part.npz")
    for n in (1, 2, 3):
        whole.add(n, torch.full((2, 1, 4, 4), n / 4))
        if n < 3:
            first.add(n, torch.full((2, 1, 4, 4), n / 4))
    first.save()
    second = Reel(tmp_path / "part.npz", n=1)  # its checkpoint is older than its last frame
    for n in (2, 3):
        second.add(n, torch.full((2, 1, 4, 4), n / 4))
    assert second.save() == whole.save()


def test_the_film_has_a_frame_a_round(tmp_path):
    reel = Reel(tmp_path / "a.npz")
    for n in (500, 1_000):
        reel.add(n, torch.zeros(16, 3, 32, 32))
    film = reel.film("grey squares", fps=2)
    assert film.titles == ["round 500", "round 1,000"]
    assert film.alt == "grey squares"


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "a.npz"
    path.write_bytes(b"no archive")
    with pytest.raises(ValueError, match="path must hold the frames of a training, got"):
        Reel(path)
    np.savez(path, rounds=np.array([1]))
    with pytest.raises(ValueError, match="images"):
        Reel(path)


def test_the_film_shows_the_pixels_that_were_added(tmp_path):
    levels, reel = torch.linspace(-1, 1, 16).view(1, 1, 4, 4), Reel(tmp_path / "a.npz")
    reel.add(1, levels)
    shown = np.array(reel.film("levels").pictures[0]).astype(int)
    assert shown.flatten().tolist() == pytest.approx((127.5 * (levels.flatten() + 1)).tolist(), abs=0.51)

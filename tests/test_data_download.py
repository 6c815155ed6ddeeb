"""data.torchvision against small files in the exact formats on disk; the network is cut for every test."""

import gzip
import hashlib
import os
import pickle
import shutil
import struct
import urllib.error
import urllib.request

import numpy as np
import pytest
import torch
from PIL import Image

from ganbook import data
from ganbook.data import download

tv = pytest.importorskip("torchvision.datasets")
from torchvision.datasets import mnist  # noqa: E402


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def md5(path):
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """No network, no waiting: the pauses that would have been made."""

    def cut(*args, **kwargs):
        raise urllib.error.URLError("the network is cut")

    pauses = []
    monkeypatch.setattr(urllib.request, "urlopen", cut)
    monkeypatch.setattr(download.time, "sleep", pauses.append)
    return pauses


def idx(values):
    return gzip.compress(
        b"\0\0\x08" + bytes([values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes(), mtime=0
    )


def write_idx(folder, monkeypatch, name="MNIST", counts=(30, 12)):
    """The four .gz files of MNIST or FashionMNIST, placed as by hand; torchvision is told their md5 sums."""
    folder.mkdir(parents=True)
    generator, truth, sums = np.random.default_rng(0), {}, []
    for part, count in zip(("train", "t10k"), counts, strict=True):
        pixels = generator.integers(256, size=(count, 28, 28), dtype=np.uint8)
        labels = np.arange(count, dtype=np.uint8) % 10
        truth[part] = pixels, labels
        for kind, values in (("images-idx3", pixels), ("labels-idx1", labels)):
            path = folder / f"{part}-{kind}-ubyte.gz"
            path.write_bytes(idx(values))
            sums.append((path.name, md5(path)))
    monkeypatch.setattr(getattr(tv, name), "resources", sums)
    return truth


@pytest.mark.parametrize("name", ["MNIST", "FashionMNIST"])
def test_idx_files_placed_by_hand_are_read(name, tmp_path, monkeypatch):
    truth = write_idx(tmp_path / name / "raw", monkeypatch, name)
    for split, part in (("train", "train"), ("test", "t10k")):
        sampler = data.torchvision(name, root=tmp_path, split=split)
        pixels, labels = truth[part]
        torch.testing.assert_close(sampler.x.cpu(), torch.from_numpy(pixels).float()[:, None] / 127.5 - 1)
        assert sampler.y.tolist() == labels.tolist()
        assert len(sampler.classes) == 10
        batch = sampler(8, rng())
        assert batch.shape == (8, 1, 28, 28) and batch.dtype == torch.float32
        assert torch.equal(batch, data.torchvision(name, root=tmp_path, split=split)(8, rng()))


@pytest.mark.parametrize("size", [8, 14, 32, 64])
def test_sizes_are_those_of_the_bundled_sets(size, tmp_path, monkeypatch):
    truth = write_idx(tmp_path / "MNIST" / "raw", monkeypatch)
    sampler = data.torchvision("MNIST", root=tmp_path, size=size)
    exact = download.resize(torch.from_numpy(truth["train"][0]).unsqueeze(1), size)
    assert sampler.x.shape == (30, 1, size, size)
    torch.testing.assert_close(sampler.x.cpu(), exact, rtol=0, atol=1.001 / 255)  # bytes: half a grey level, of two


def write_cifar(root, monkeypatch, broken=False):
    folder = root / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    generator, truth = np.random.default_rng(0), []
    names = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]
    for name in names:
        pixels = generator.integers(256, size=(4, 3072), dtype=np.uint8)
        labels = generator.integers(10, size=4).tolist()
        truth.append((pixels, labels))
        raw = pickle.dumps({"data": pixels[:, :100] if broken else pixels, "labels": labels}, protocol=2)
        (folder / name).write_bytes(raw)
    classes = [f"class {i}" for i in range(10)]
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": classes}, protocol=2))
    monkeypatch.setattr(tv.CIFAR10, "train_list", [[name, md5(folder / name)] for name in names[:5]])
    monkeypatch.setattr(tv.CIFAR10, "test_list", [[names[5], md5(folder / names[5])]])
    monkeypatch.setattr(tv.CIFAR10, "meta", {**tv.CIFAR10.meta, "md5": md5(folder / "batches.meta")})
    return truth, classes


def test_cifar_batches_are_read_with_colours_in_place(tmp_path, monkeypatch):
    truth, classes = write_cifar(tmp_path, monkeypatch)
    for split, batches in (("train", truth[:5]), ("test", truth[5:])):
        sampler = data.torchvision("CIFAR10", root=tmp_path, split=split)
        pixels = np.concatenate([p for p, _ in batches]).reshape(-1, 3, 32, 32)  # planes: red, green, blue
        torch.testing.assert_close(sampler.x.cpu(), torch.from_numpy(pixels).float() / 127.5 - 1)
        assert sampler.y.tolist() == [label for _, labels in batches for label in labels]
        assert sampler.classes == tuple(classes)
    small = data.torchvision("CIFAR10", root=tmp_path, size=16)
    assert small(5, rng()).shape == (5, 3, 16, 16)


def face(path, colour, size):
    """A picture whose middle 128 x 128 has one colour and whose border another, as JPEG."""
    width, height = size
    picture = Image.new("RGB", size, (255, 255, 255))
    picture.paste(colour, ((width - 128) // 2, (height - 128) // 2, (width + 128) // 2, (height + 128) // 2))
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, quality=95)


COLOURS = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (120, 120, 120), (200, 200, 30), (30, 200, 200)]


def middles(sampler):
    """The colour in the middle of each image, as bytes."""
    x, half = sampler.x.cpu(), sampler.shape[-1] // 2
    return ((x[:, :, half, half] + 1) * 127.5).round().int()


def assert_faces(sampler, colours):
    torch.testing.assert_close(middles(sampler), torch.tensor(colours, dtype=torch.int32), rtol=0, atol=4)  # JPEG
    edge = sampler.x[:, :, 3:-3, 3:-3].flatten(2)
    assert (edge.amax(2) - edge.amin(2)).max() < 0.1  # the white border is cut off


def write_lfw(root, monkeypatch):
    folder = root / "lfw-py"
    people = {"Ada_Lovelace": 2, "Alan_Turing": 1, "Grace_Hopper": 1}
    k = 0
    for person, count in people.items():
        for i in range(1, count + 1):
            face(folder / "lfw_funneled" / person / f"{person}_{i:04d}.jpg", COLOURS[k], (250, 250))
            k += 1
    (folder / "lfw-names.txt").write_text("".join(f"{person}\t{count}\n" for person, count in people.items()))
    (folder / "peopleDevTrain.txt").write_text("2\nAda_Lovelace\t2\nAlan_Turing\t1\n")
    (folder / "peopleDevTest.txt").write_text("1\nGrace_Hopper\t1\n")
    (folder / "people.txt").write_text("2\n1\nGrace_Hopper\t1\n2\nAda_Lovelace\t2\nAlan_Turing\t1\n")
    (folder / "lfw-funneled.tgz").write_bytes(b"the archive, kept beside what was unpacked")
    sums = {
        name: md5(folder / name) for name in ("lfw-names.txt", "people.txt", "peopleDevTrain.txt", "peopleDevTest.txt")
    }
    monkeypatch.setattr(tv.LFWPeople, "checksums", sums)
    monkeypatch.setattr(
        tv.LFWPeople, "file_dict", {"funneled": ("lfw_funneled", "lfw-funneled.tgz", md5(folder / "lfw-funneled.tgz"))}
    )


def test_lfw_faces_are_cut_and_labelled(tmp_path, monkeypatch):
    write_lfw(tmp_path, monkeypatch)
    train = data.torchvision("LFWPeople", root=tmp_path)
    assert train.x.shape == (3, 3, 64, 64) and train.y.tolist() == [0, 0, 1]
    assert train.classes == ("Ada_Lovelace", "Alan_Turing", "Grace_Hopper")
    assert_faces(train, COLOURS[:3])
    assert_faces(data.torchvision("LFWPeople", root=tmp_path, split="test", size=32), COLOURS[3:4])
    everyone = data.torchvision("LFWPeople", root=tmp_path, split="all", size=128)
    assert everyone.y.tolist() == [2, 0, 0, 1] and everyone.shape == (3, 128, 128)


def test_lfw_that_is_not_there_says_what_to_place_by_hand_without_retrying(tmp_path, waits):
    with pytest.raises(OSError, match=r"no LFWPeople in .*by hand lfw-funneled\.tgz.*lfw-py"):
        data.torchvision("LFWPeople", root=tmp_path)
    assert waits == [] or len(waits) == download.ATTEMPTS - 1  # older versions of torchvision still try


def write_celeba(root, monkeypatch):
    folder, attributes = root / "celeba", [f"Attribute_{i}" for i in range(40)]
    names = [f"{i:06d}.jpg" for i in range(1, 7)]
    for name, colour in zip(names, COLOURS, strict=True):
        face(folder / "img_align_celeba" / name, colour, (178, 218))
    signs = [[1 if (i + j) % 3 == 0 else -1 for j in range(40)] for i in range(6)]
    rows = ["".join(f"{sign:3d}" for sign in row) for row in signs]
    header = f"{len(names)}\n" + " ".join(attributes) + " \n"  # a space ends the real file's line too
    files = {
        "list_attr_celeba.txt": header + "".join(f"{n} {r}\n" for n, r in zip(names, rows, strict=True)),
        "identity_CelebA.txt": "".join(f"{n} {i}\n" for i, n in enumerate(names)),
        "list_bbox_celeba.txt": "6\nimage_id x_1 y_1 width height\n" + "".join(f"{n} 1 2 3 4\n" for n in names),
        "list_landmarks_align_celeba.txt": "6\na b c d e f g h i j\n"
        + "".join(f"{n} 1 2 3 4 5 6 7 8 9 10\n" for n in names),
        "list_eval_partition.txt": "".join(f"{n} {part}\n" for n, part in zip(names, (0, 0, 1, 1, 2, 2), strict=True)),
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    monkeypatch.setattr(tv.CelebA, "file_list", [("id", md5(folder / name), name) for name in files])
    return attributes, [[int(sign > 0) for sign in row] for row in signs]


def test_celeba_faces_are_cut_and_keep_their_attributes(tmp_path, monkeypatch):
    attributes, signs = write_celeba(tmp_path, monkeypatch)
    train = data.torchvision("CelebA", root=tmp_path)
    assert train.classes == tuple(attributes)
    assert train.y.tolist() == signs[:2]
    assert_faces(train, COLOURS[:2])
    x, y = train.labelled(6, rng())
    assert x.shape == (6, 3, 64, 64) and y.shape == (6, 40)
    assert_faces(data.torchvision("CelebA", root=tmp_path, split="valid"), COLOURS[2:4])
    assert_faces(data.torchvision("CelebA", root=tmp_path, split="test"), COLOURS[4:])
    assert len(data.torchvision("CelebA", root=tmp_path, split="all", size=16)) == 6


def test_a_download_is_tried_again_after_errors_that_torchvision_does_not_catch(tmp_path, monkeypatch, waits):
    """The third answer is good; the first two are a dropped connection and a wrong md5 sum."""
    write_idx(tmp_path / "served", monkeypatch)
    failures, served = [ConnectionResetError("dropped"), RuntimeError("File not found or corrupted.")], []

    def fetch(url, download_root, filename, md5):
        if failures:
            raise failures.pop(0)
        served.append(filename)
        shutil.copy(tmp_path / "served" / filename, download_root)
        mnist.extract_archive(os.path.join(download_root, filename), download_root)

    monkeypatch.setattr(mnist, "download_and_extract_archive", fetch)
    monkeypatch.setattr(tv.MNIST, "mirrors", ["first/"])
    sampler = data.torchvision("MNIST", root=tmp_path / "new" / "folder")
    assert len(sampler) == 30 and len(served) == 4
    assert waits == [1, 2]
    data.torchvision("MNIST", root=tmp_path / "new" / "folder")
    assert len(served) == 4  # nothing is downloaded twice


def test_a_download_that_never_works_ends_in_one_clear_error(tmp_path, waits):
    with pytest.raises(OSError, match="no FashionMNIST .*failed after 4 attempts.*is cut.*by hand") as caught:
        data.torchvision("FashionMNIST", root=tmp_path)
    assert str(tmp_path) in str(caught.value) and "GANBOOK_DATA" in str(caught.value)
    assert caught.value.__cause__ is not None
    assert waits == [1, 2, 4]


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        PermissionError(13, "Permission denied"),
        RuntimeError("To download files from GDrive, 'gdown' is required."),
    ],
)
def test_what_trying_again_cannot_mend_is_not_tried_again(error, tmp_path, monkeypatch, waits):
    class Failing(tv.CelebA):
        def download(self):
            raise error

    monkeypatch.setattr(tv, "CelebA", Failing)
    with pytest.raises(OSError, match="failed after 1 attempt "):
        data.torchvision("CelebA", root=tmp_path)
    assert waits == []


def test_an_interrupt_is_not_swallowed(tmp_path, monkeypatch):
    class Interrupted(tv.MNIST):
        def download(self):
            raise KeyboardInterrupt

    monkeypatch.setattr(tv, "MNIST", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        data.torchvision("MNIST", root=tmp_path)


def test_a_root_that_is_a_file_is_named(tmp_path, waits):
    path = tmp_path / "file"
    path.write_text("")
    with pytest.raises(OSError, match="no MNIST in .*file"):
        data.torchvision("MNIST", root=path)
    assert waits == [] and path.read_text() == ""


def test_a_truncated_raw_file_is_an_oserror_that_says_what_to_do(tmp_path, monkeypatch):
    write_idx(tmp_path / "MNIST" / "raw", monkeypatch)
    data.torchvision("MNIST", root=tmp_path)
    raw = tmp_path / "MNIST" / "raw" / "train-images-idx3-ubyte"
    raw.write_bytes(raw.read_bytes()[:-10])
    with pytest.raises(OSError, match="no MNIST in .*delete what is damaged there"):
        data.torchvision("MNIST", root=tmp_path)


def test_a_damaged_picture_is_an_oserror(tmp_path, monkeypatch):
    write_celeba(tmp_path, monkeypatch)
    path = tmp_path / "celeba" / "img_align_celeba" / "000001.jpg"
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(OSError, match="no CelebA in .*cannot be read.*delete what is damaged"):
        data.torchvision("CelebA", root=tmp_path)


def test_batches_of_another_shape_are_an_oserror(tmp_path, monkeypatch):
    write_cifar(tmp_path, monkeypatch, broken=True)
    with pytest.raises(OSError, match="no CIFAR10 in"):
        data.torchvision("CIFAR10", root=tmp_path)


def test_the_environment_names_the_folder(tmp_path, monkeypatch):
    write_idx(tmp_path / "MNIST" / "raw", monkeypatch)
    monkeypatch.setenv("GANBOOK_DATA", str(tmp_path))
    assert len(data.torchvision("MNIST")) == 30


def test_the_default_folder_is_in_the_home_and_absolute(tmp_path, monkeypatch):
    monkeypatch.delenv("GANBOOK_DATA", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert download.root_of(None) == tmp_path / ".cache" / "ganbook"
    assert download.root_of("~/x") == tmp_path / "x"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: data.torchvision("SVHN"),
            "name must be one of MNIST, FashionMNIST, CIFAR10, LFWPeople, CelebA, got 'SV",
        ),
        (lambda: data.torchvision("MNIST", split="valid"), "split of MNIST must be one of train, test, got 'valid'"),
        (
            lambda: data.torchvision("CelebA", split="x"),
            "split of CelebA must be one of train, valid, test, all, got 'x'",
        ),
        (lambda: data.torchvision("CIFAR10", size=28), "size must be one of 4, 8, 16, 32, 64, got 28"),
        (lambda: data.torchvision("CelebA", size=0), "size must be one of 16, 32, 64, 128, got 0"),
        (lambda: data.torchvision("MNIST", root="data"), "root .* must be an absolute folder, got 'data'"),
    ],
)
def test_bad_arguments_are_named_before_anything_is_downloaded(call, message):
    with pytest.raises(ValueError, match=message):
        call()

"""What holds for every test: shapes are enforced, one thread, no window, no random example."""

import os

os.environ.setdefault("MPLBACKEND", "Agg")
for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[_name] = "1"
for _name in ("GANBOOK_SEED", "GANBOOK_CLAIMS", "GANBOOK_STATIC"):
    os.environ.pop(_name, None)

import hypothesis  # noqa: E402
import jaxtyping  # noqa: E402
import pytest  # noqa: E402
from jaxtyping import install_import_hook  # noqa: E402

# The shapes and types in ganbook's signatures are checked at each call; readers do not pay for that.
# The package must not be imported before this line (tests/test_tooling_shapes.py sees to it that this works).
install_import_hook("ganbook", "typecheck.check")

import torch  # noqa: E402
from forked import forks  # noqa: E402, F401
from PIL import Image  # noqa: E402

torch.set_num_threads(1)

# The same examples at each run; no deadline, since a shared machine may stall.
hypothesis.settings.register_profile("book", derandomize=True, deadline=None, print_blob=False, database=None)
hypothesis.settings.load_profile("book")


@pytest.fixture
def as_readers():
    """Calls as readers make them: without the shapes and types, which only pytest enforces."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    """A folder of twelve small pictures, and a place of its own for what is kept of folders."""
    import ganbook

    monkeypatch.setenv("GANBOOK_DATA", str(tmp_path / "kept"))
    monkeypatch.setenv("GANBOOK_DEVICE", "cpu")
    ganbook.device.cache_clear()
    (tmp_path / "pictures").mkdir()
    for k in range(12):
        Image.new("RGB", (20, 20), (20 * k, 99, 255 - 20 * k)).save(tmp_path / "pictures" / f"{k}.png")
    yield tmp_path / "pictures"
    ganbook.device.cache_clear()

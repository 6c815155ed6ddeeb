"""The figures of the book: colours that everybody can tell apart, samples drawn as they are, D left as it was."""

import io
import itertools
from importlib import resources

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib import font_manager
from matplotlib.colors import to_rgb

from ganbook import plot

PLAYERS = ("real", "fake", "D", "G")

# Machado, Oliveira & Fernandes (2009): linear RGB as seen without green, red, blue cones (severity 1.0).
BLIND = {
    "nobody": np.eye(3),
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}


@pytest.fixture(autouse=True)
def book_style():
    with plt.rc_context():
        plot.style()
        yield
    plt.close("all")


def linear(color):
    c = np.array(to_rgb(color))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    low, high = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (a, b))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
    )
    t = to_xyz @ np.clip(rgb, 0, 1) / [0.95047, 1.0, 1.08883]
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def pixels(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def test_contrast_of_black_on_white_is_21():
    assert contrast("black", "white") == pytest.approx(21)


@pytest.mark.parametrize("name", [*PLAYERS, "ink"])
def test_each_colour_can_be_read_as_text(name):
    assert contrast(getattr(plot.COLORS, name), plot.COLORS.card) >= 4.5


@pytest.mark.parametrize(
    "key", ["text.color", "axes.labelcolor", "axes.titlecolor", "xtick.labelcolor", "ytick.labelcolor"]
)
def test_text_of_the_style_is_readable(key):
    assert contrast(plt.rcParams[key], plt.rcParams["figure.facecolor"]) >= 4.5


def test_every_line_of_the_cycle_is_visible():
    for color in plt.rcParams["axes.prop_cycle"].by_key()["color"]:
        assert contrast(color, plot.COLORS.card) >= 3.0


@pytest.mark.parametrize("eye", BLIND)
def test_players_differ_for_every_eye(eye):
    seen = {name: lab(np.array(BLIND[eye]) @ linear(getattr(plot.COLORS, name))) for name in PLAYERS}
    for a, b in itertools.combinations(PLAYERS, 2):
        assert np.linalg.norm(seen[a] - seen[b]) > 20, (a, b)


def test_colours_are_frozen():
    with pytest.raises(AttributeError, match="fixed"):
        plot.COLORS.real = "red"
    assert plot.COLORS.real == "#0072B2"


def test_letters_survive_a_phone():
    shrink = 358 / (plt.rcParams["figure.figsize"][0] * plt.rcParams["figure.dpi"])  # a phone's column in CSS pixels
    for key in ("axes.labelsize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize"):
        assert plt.rcParams[key] / 72 * plt.rcParams["figure.dpi"] * shrink >= 8.5


def test_letters_are_those_of_the_page_and_nothing_is_said_about_them(caplog):
    """What matplotlib says about a letter it does not have would stand in the notebook's output."""
    shipped = resources.files("ganbook.player") / "fonts"
    for weight, file in (("normal", "SourceSans3-Regular.otf"), ("bold", "SourceSans3-Bold.otf")):
        assert font_manager.findfont(font_manager.FontProperties(weight=weight)) == str(shipped / file)
    fig, ax = plt.subplots()
    ax.set(
        title=r"a title: $\lambda \mathbf{w}_2 \to \mathcal{N}(0, 1)$ ✓", xlabel=r"$\|\nabla D\| \leq 1$", xscale="log"
    )
    ax.text(0, 0, "Fréchet ± ≤ → λ ∇", style="italic", weight="bold")
    pixels(fig)
    assert caplog.text == ""


def test_figures_are_the_same_bytes_twice():
    def draw():
        fig, ax = plt.subplots()
        plot.curves({"D": [1.0, 2.0], "G": [2.0, 1.0]}, ax=ax)
        return pixels(fig)

    assert draw() == draw()


def test_style_leaves_the_page_light():
    fig, ax = plt.subplots()
    assert fig.get_facecolor()[:3] == ax.get_facecolor()[:3] == to_rgb(plot.COLORS.card)


# ---- grid


def test_no_figure_is_lost_where_the_environment_names_a_backend_without_a_window(monkeypatch):
    """Servers and containers set MPLBACKEND=Agg, and a notebook would show no figure, without a word."""
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("MPLBACKEND", "Agg")
    code = "from ganbook import plot\n{}import matplotlib.pyplot as plt\nplt.plot([0, 1])\nplt.show()"
    kinds = {}
    for styled in ("", "plot.style()\n"):
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code.format(styled))])
        NotebookClient(book, kernel_name="python3", timeout=600, startup_timeout=600).execute()
        kinds[bool(styled)] = {kind for out in book.cells[0].outputs for kind in out.get("data", {})}
    assert "image/png" not in kinds[False], "the trap is gone: so may the cure be"
    assert "image/png" in kinds[True]


def test_grid_puts_each_image_in_its_place():
    x = torch.full((5, 1, 4, 6), -1.0)
    x[4] = 1.0
    shown = plot.grid(x, ncol=3).images[0].get_array()
    assert shown.shape == (2 * 4 + 2, 3 * 6 + 2 * 2)
    assert (shown[6:, 8:14] == 255).all() and (shown[:4, :6] == 0).all()
    assert not (shown[6:, 16:] == 255).any()  # the empty sixth place is no image


def test_grid_keeps_colours():
    x = torch.tensor([-1.0, 0.0, 1.0]).reshape(1, 3, 1, 1).expand(1, 3, 2, 2)
    assert plot.grid(x).images[0].get_array()[0, 0].tolist() == [0, 128, 255]


def test_grid_draws_into_the_axes_given():
    ax = plt.subplots()[1]
    assert plot.grid(torch.zeros(4, 1, 8, 8), ax=ax, title="four") is ax
    assert ax.get_title(loc="left") == "four"


@pytest.mark.parametrize(
    "bad",
    [
        torch.zeros(4, 784),
        torch.zeros(1, 28, 28),
        torch.zeros(2, 2, 8, 8),
        torch.zeros(0, 1, 8, 8),
        torch.full((1, 1, 8, 8), 1.5),
        torch.full((1, 1, 8, 8), float("nan")),
        torch.full((1, 1, 8, 8), float("inf")),
        255 * torch.ones(1, 1, 8, 8),
        "images",
        None,
    ],
)
def test_grid_refuses_what_is_no_batch_of_images(bad):
    with pytest.raises(ValueError, match="images must"):
        plot.grid(bad)


def test_flat_images_get_advice():
    with pytest.raises(ValueError, match=r"reshape\(-1, 1, 28, 28\)"):
        plot.grid(torch.zeros(4, 784))


@pytest.mark.parametrize("ncol", [0, -1, 2.0, True])
def test_grid_refuses_bad_columns(ncol):
    with pytest.raises((ValueError, TypeError), match="ncol|Type"):
        plot.grid(torch.zeros(4, 1, 8, 8), ncol=ncol)


def test_grid_needs_no_cpu_tensor_without_gradient():
    plot.grid(torch.zeros(1, 1, 8, 8, requires_grad=True, dtype=torch.bfloat16))


# ---- curves


def test_curves_draw_the_history_as_it_is():
    ax = plot.curves({"D": [1.4, 1.3, 1.2], "G": [0.7, 0.8, 0.9]})
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [1, 2, 3])
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [0.7, 0.8, 0.9])
    assert [line.get_color() for line in ax.lines] == [plot.COLORS.D, plot.COLORS.G]
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()  # told apart without colour
    assert ax.get_xlabel() == "round" and ax.get_ylabel() == "loss"


def test_curves_take_a_list_of_mappings_and_a_round_axis():
    ax = plot.curves([{"round": 10, "D": 1.0, "G": 2.0}, {"round": 20, "D": 0.5, "G": 3.0}], keys=["G"])
    assert len(ax.lines) == 1
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [10, 20])
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [2, 3])


def test_smooth_curves_are_means_and_keep_the_raw_ones():
    ax = plot.curves({"D": [0.0, 2.0, 4.0, 6.0]}, smooth=2)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [0, 2, 4, 6])
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [1, 3, 5])
    np.testing.assert_array_equal(ax.lines[1].get_xdata(), [2, 3, 4])


def test_curves_show_a_gap_where_the_loss_was_nan():
    assert np.isnan(plot.curves({"D": [1.0, float("nan"), 1.0]}).lines[0].get_ydata()[1])


@pytest.mark.parametrize(
    ("history", "keys", "what"),
    [
        ({"D": [1.0]}, ["E"], "keys"),
        ({}, None, "history"),
        ([], None, "history"),
        ({"D": []}, None, "history"),
        ({"D": [1.0], "G": [1.0, 2.0]}, None, "history"),
        ([{"D": 1.0}, {"G": 1.0}], None, "history"),
        ({"D": [[1.0]]}, None, "history"),
        ({"round": [1, 2, 3], "D": [1.0]}, None, "history"),
    ],
)
def test_curves_refuse_a_bad_history(history, keys, what):
    with pytest.raises(ValueError, match=what):
        plot.curves(history, keys)


# ---- points and field


def test_points_stand_where_they_are():
    real, fake = torch.tensor([[0.0, 1.0]]), torch.tensor([[2.0, -1.0]])
    ax = plot.points(real, fake, bounds=(-1, 3, -2, 2))
    assert ax.collections[0].get_offsets().tolist() == [[0, 1]]
    assert ax.collections[1].get_offsets().tolist() == [[2, -1]]
    assert ax.get_xlim() == (-1, 3) and ax.get_ylim() == (-2, 2)


@pytest.mark.parametrize("bad", [torch.zeros(3, 3), torch.zeros(2), torch.zeros(0, 2), torch.full((1, 2), torch.nan)])
def test_points_refuse_what_is_not_in_the_plane(bad):
    with pytest.raises(ValueError, match="fake must"):
        plot.points(torch.zeros(1, 2), bad)


def test_points_need_points():
    with pytest.raises(ValueError, match="neither"):
        plot.points()


@pytest.mark.parametrize("bounds", [0, -1.0, (1, 0, 0, 1), (0, 1), (0, 1, 0, float("nan"))])
def test_planes_are_checked(bounds):
    with pytest.raises(ValueError, match="bounds must"):
        plot.field(lambda x: x[:, :1], bounds=bounds)


def test_field_is_the_sigmoid_of_d_with_y_upwards():
    shown = plot.field(lambda x: x[:, 1:], bounds=(-1, 1, -2, 2), resolution=5).images[0]
    expected = torch.sigmoid(torch.linspace(-2, 2, 5)).double()
    torch.testing.assert_close(torch.from_numpy(np.array(shown.get_array()[:, 0])), expected, atol=1e-6, rtol=0)
    assert shown.origin == "lower" and shown.get_clim() == (0, 1)


def test_field_of_a_critic_is_raw():
    shown = plot.field(lambda x: 100 * x[:, :1], bounds=1, resolution=3, sigmoid=False).images[0]
    assert shown.get_array()[0].tolist() == [-100, 0, 100]
    assert shown.get_cmap().name == plot.REALNESS.name


def test_field_does_not_overflow():
    shown = plot.field(lambda x: 1e4 * x[:, :1], bounds=1, resolution=3).images[0]
    assert shown.get_array()[0].tolist() == [0, 0.5, 1]


def test_field_leaves_d_as_it_was():
    D = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3), torch.nn.Dropout(), torch.nn.Linear(3, 1))
    D[2].eval()
    before = {name: value.clone() for name, value in D.state_dict().items()}
    state = torch.get_rng_state()
    plot.field(D, real=torch.zeros(2, 2), fake=torch.ones(2, 2), resolution=4)
    assert D.training and D[1].training and not D[2].training
    for name, value in D.state_dict().items():
        torch.testing.assert_close(value, before[name], rtol=0, atol=0)
    assert all(p.grad is None for p in D.parameters())
    assert torch.equal(state, torch.get_rng_state())


def test_field_of_several_outputs_needs_a_score():
    with pytest.raises(ValueError, match="score=loss.score"):
        plot.field(lambda x: torch.cat([x, x], 1), resolution=3)
    shown = plot.field(lambda x: torch.cat([x, x], 1), resolution=3, score=lambda out: out.sum(1), sigmoid=False)
    assert shown.images[0].get_array()[0].tolist() == [-8, -4, 0]


def test_field_refuses_nan():
    with pytest.raises(ValueError, match="output of D must be finite"):
        plot.field(lambda x: x[:, :1] / 0, resolution=3)

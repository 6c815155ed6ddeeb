"""How the figures of the book look: what lies on what, how large, in which colour, and for whom a legend is there."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex

from ganbook import plot


@pytest.fixture(autouse=True)
def closed():
    with plt.rc_context():
        plot.style()
        yield
    plt.close("all")


def cloud(n=3):
    return torch.linspace(-1, 1, 2 * n).reshape(n, 2)


def mark(dots):
    line = dots.get_linewidths()[0]
    return dots.get_label(), dots.get_sizes().tolist(), to_hex(dots.get_facecolors()[0]), dots.get_alpha(), line


def inches(ax):
    return ax.figure.get_size_inches().tolist()


# ---- points


def test_samples_are_crosses_over_dots_of_the_data():
    ax = plot.points(cloud(), cloud())
    real, fake = ax.collections
    assert mark(real) == ("real", [16], plot.COLORS.real.lower(), 0.55, 0)
    assert mark(fake) == ("generated", [22], plot.COLORS.fake.lower(), 0.8, 1.4)
    assert (real.get_zorder(), fake.get_zorder()) == (2, 3)
    assert len(real.get_paths()[0].vertices) > 10 and len(fake.get_paths()[0].vertices) == 4, "told apart by their form"
    assert inches(ax) == [4.4, 4.4] and ax.get_aspect() == 1
    assert not any(line.get_visible() for line in ax.get_xgridlines())


def test_a_legend_of_the_plane_is_there_for_two_kinds_and_in_full_colour():
    for kinds in ({"real": cloud()}, {"fake": cloud()}):
        ax = plot.points(**kinds)
        assert len(ax.collections) == 1 and ax.get_legend() is None
    ax = plot.points(cloud(), cloud())
    legend = ax.get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["real", "generated"]
    assert [handle.get_alpha() for handle in legend.legend_handles] == [1, 1]
    paper = legend.get_frame()
    assert legend.get_frame_on() and paper.get_alpha() == 0.9 and to_hex(paper.get_edgecolor(), True)[-2:] == "00"
    assert to_hex(paper.get_facecolor()) == plot.COLORS.card.lower()
    assert (legend.handletextpad, legend.borderaxespad) == (0.2, 0.3)
    ax.figure.draw_without_rendering()
    corner = legend.get_window_extent().transformed(ax.transAxes.inverted()).max
    assert min(corner) > 0.95, "above on the right"


def test_the_plane_is_square_around_the_points_unless_it_is_given():
    ax = plot.points(2 * torch.ones(4, 2), torch.ones(4, 2))
    assert ax.get_xlim() == ax.get_ylim() == pytest.approx((-2.3, 2.3))
    again = plot.points(cloud(), ax=ax, bounds=(0, 1, 2, 4))
    assert again is ax and ax.get_xlim() == (0, 1) and ax.get_ylim() == (2, 4)


# ---- field


def seen(D=lambda x: x[:, :1] + 2 * x[:, 1:], **settings):
    return plot.field(D, **({"resolution": 5, "bounds": (-1, 1, -2, 2)} | settings))


@pytest.mark.parametrize("sigmoid", [True, False])
def test_a_field_is_smooth_in_the_colours_of_the_players_over_its_plane(sigmoid):
    shown = seen(sigmoid=sigmoid).images[0]
    assert shown.get_cmap() is plot.REALNESS and shown.origin == "lower" and shown.get_interpolation() == "bilinear"
    assert list(shown.get_extent()) == [-1, 1, -2, 2] and shown.get_zorder() == 1
    ax = shown.axes
    assert ax.get_xlim() == (-1, 1) and ax.get_ylim() == (-2, 2) and ax.get_aspect() == 1
    assert not any(line.get_visible() for line in ax.get_xgridlines())
    z = np.linspace(-1, 1, 5) + 2 * np.linspace(-2, 2, 5)[:, None]
    np.testing.assert_allclose(shown.get_array(), 1 / (1 + np.exp(-z)) if sigmoid else z, atol=1e-6)


def test_a_field_has_120_points_a_side_over_four_units_with_a_bar_where_nothing_is_said():
    ax = plot.field(lambda x: x[:, :1])
    shown = ax.images[0]
    assert shown.get_array().shape == (120, 120) and list(shown.get_extent()) == [-2, 2, -2, 2]
    assert shown.get_clim() == (0, 1) and len(ax.figure.axes) == 2
    assert plot.field(lambda x: x[:, :1], resolution=2).images[0].get_array().shape == (2, 2)


def test_the_bar_says_what_its_colours_mean_beside_its_axes():
    for sigmoid, said in ((True, "D(x): 0 = fake, 1 = real"), (False, "raw output of D")):
        ax = seen(sigmoid=sigmoid)
        bar = ax.figure.axes[1]
        assert bar.get_ylabel() == said and inches(ax) == [5.4, 4.4]
        assert not bar.spines["outline"].get_visible()
        ax.figure.draw_without_rendering()
        height, beside = (bar.get_position().height / ax.get_position().height, bar.get_position())
        assert 0.7 < height < 1 and 0 < beside.x0 - ax.get_position().x1 < 0.06
    bare = seen(bar=False)
    assert len(bare.figure.axes) == 1 and inches(bare) == [4.4, 4.4]
    figure, (left, right) = plt.subplots(1, 2)
    plot.field(lambda x: x[:, :1], right, resolution=3)
    assert left.get_position().x1 < 0.5, "the bar takes its place from the axes of the field alone"
    assert figure.axes[2].get_position().x0 > right.get_position().x0


def test_samples_on_a_field_are_opaque_with_a_pale_halo_below_them():
    halo, real, fake = seen(real=cloud(), fake=cloud()).collections
    assert to_hex(halo.get_facecolors()[0]) == plot.COLORS.card.lower() and halo.get_zorder() == 2.5
    assert halo.get_sizes()[0] == 30 and halo.get_linewidths()[0] == 3.4 and len(halo.get_paths()[0].vertices) == 4
    assert mark(real) == ("real", [22], plot.COLORS.real.lower(), 1, 0.7)
    assert to_hex(real.get_edgecolors()[0]) == plot.COLORS.card.lower()
    assert mark(fake) == ("generated", [22], plot.COLORS.fake.lower(), 1, 1.4)
    assert real.get_zorder() < halo.get_zorder() < fake.get_zorder()
    assert np.allclose(halo.get_offsets(), fake.get_offsets())
    assert [len(seen(**{kind: cloud()}).collections) for kind in ("real", "fake")] == [1, 2]


# ---- curves


def test_one_curve_has_no_legend_and_two_have_one():
    assert plot.curves({"D": [1.0, 2.0]}).get_legend() is None
    legend = plot.curves({"D": [1.0, 2.0], "G": [1.0, 2.0]}).get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["D", "G"]


def test_raw_curves_are_thin_pale_and_solid_behind_their_means_and_not_in_the_legend():
    values = [1.0, 3.0, 2.0, 4.0]
    ax = plot.curves({"G": values, "H": values}, smooth=3)
    raw, mean, _, other = ax.lines
    assert (raw.get_linewidth(), raw.get_alpha(), raw.get_linestyle()) == (0.8, 0.25, "-")
    assert raw.get_color() == mean.get_color() == plot.COLORS.G and mean.get_linestyle() == "--"
    assert mean.get_alpha() is None and ax.lines[2].get_color() == other.get_color() != plot.COLORS.G
    np.testing.assert_allclose(mean.get_ydata(), [2, 3])
    assert mean.get_xdata().tolist() == [3, 4]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["G", "H"]
    left, right = ax.get_xlim()
    assert (left, right) == pytest.approx((1 - 0.02 * 3, 4 + 0.02 * 3))


@pytest.mark.parametrize(("n", "smooth", "lines"), [(4, 1, 1), (2, 3, 1), (3, 3, 2), (1, 1, 1)])
def test_a_mean_needs_as_many_rounds_as_it_is_over(n, smooth, lines):
    ax = plot.curves({"D": [float(k) for k in range(n)]}, smooth=smooth, xlabel="step", ylabel="value")
    assert len(ax.lines) == lines and (ax.get_xlabel(), ax.get_ylabel()) == ("step", "value")
    assert len(ax.lines[-1].get_ydata()) == (1 if n == smooth else n)


def test_curves_have_no_means_where_nothing_is_said():
    assert len(plot.curves({"D": [1.0, 2.0, 3.0]}).lines) == 1


# ---- grid


def test_a_grid_is_in_grey_from_black_to_white_in_whole_pixels_without_axes():
    ax = plot.grid(torch.zeros(2, 1, 4, 4))
    shown = ax.images[0]
    assert shown.get_cmap().name == "gray" and shown.get_clim() == (0, 255) and shown.get_interpolation() == "nearest"
    assert not ax.axison


@pytest.mark.parametrize(("shape", "size"), [((8, 8), (4.4, 4.4)), ((8, 16), (4.4, 2.2)), ((16, 8), (2.2, 4.4))])
def test_a_grid_takes_as_much_paper_as_its_form_asks_for_and_a_line_for_its_title(shape, size):
    assert inches(plot.grid(torch.zeros(1, 1, *shape))) == pytest.approx(size)
    assert inches(plot.grid(torch.zeros(1, 1, *shape), title="t")) == pytest.approx((size[0], size[1] + 0.35))


def test_colours_of_the_players_are_theirs_whatever_the_cycle_of_the_axes():
    with plt.rc_context({"axes.prop_cycle": plt.cycler(color=["#123456"])}):
        real, fake = plot.points(cloud(), cloud()).collections
        lines = plot.curves({"D": [1.0, 2.0], "G": [2.0, 1.0]}).lines
    assert [mark(dots)[2] for dots in (real, fake)] == [plot.COLORS.real.lower(), plot.COLORS.fake.lower()]
    assert [to_hex(line.get_color()) for line in lines] == [plot.COLORS.D.lower(), plot.COLORS.G.lower()]


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: plot.points(cloud(), ax=3), "ax"),
        (lambda: plot.curves({"D": [1.0]}, ax=3), "ax"),
        (lambda: plot.grid(torch.zeros(1, 1, 4, 4), ax=3), "ax"),
        (lambda: plot.grid(torch.zeros(1, 1, 4, 4), title=3), "title"),
        (lambda: plot.field(lambda x: x[:, :1], ax=3), "ax"),
        (lambda: plot.field(lambda x: x[:, :1], bar="right"), "bar"),
        (lambda: plot.field(lambda x: x[:, :1], sigmoid="yes"), "sigmoid"),
        (lambda: plot.field(3), "D"),
        (lambda: plot.field(lambda x: x[:, :1], score=3), "score"),
    ],
)
def test_what_is_no_axes_no_flag_and_no_function_is_named(call, name, as_readers):
    with pytest.raises(ValueError, match=f"^{name} must be"):
        call()

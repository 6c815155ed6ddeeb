"""A film is small, the same bytes for the same frames, asks nobody for anything, and holds what was put into it."""

import base64
import io
import json
import re
from html import unescape

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from PIL import Image, ImageSequence

from ganbook import data, explore, plot


def digits(n=64, seed=0):
    return data.digits()(n, torch.Generator().manual_seed(seed)).cpu()


def learning(frames, n=64, seed=0):
    """What a film of a training looks like: noise that turns into digits, and digits that keep changing a little."""
    rng = torch.Generator().manual_seed(seed)
    x = digits(n, seed)
    film = plot.Film(ncol=8)
    for i in range(frames):
        share = min(1.0, i / 15)
        noise = 2 * torch.rand(x.shape, generator=rng) - 1
        flicker = 0.1 * torch.randn(x.shape, generator=rng) * (x > -0.9)
        film.add((share * x + (1 - share) * noise + flicker).clamp(-1, 1), title=f"round {100 * (i + 1)}")
    return film


def contents(html):
    """The player's data with the poster put back in its place."""
    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', html, re.S)[1])
    at = 0
    for size, s in zip(data["sizes"], data["start"], strict=True):
        at = at * size + s
    for frames, poster in zip(data["frames"], re.findall(r'<img [^>]*src="([^"]+)"', html), strict=True):
        frames[at] = poster
    return data


def decoded(source):
    return Image.open(io.BytesIO(base64.b64decode(source.split(",")[1])))


def test_forty_frames_of_64_digits_stay_under_a_megabyte():
    html = learning(40)._repr_html_()
    assert len(html.encode()) < 1_000_000
    assert len(contents(html)["frames"][0]) == 40


def test_two_films_together_keep_the_budget():
    both = plot.films(learning(40), learning(40, seed=1), labels=["a", "b"])
    assert len(both._repr_html_()) < 1_050_000


def test_the_hardest_frames_keep_the_budget_by_leaving_some_out():
    rng = torch.Generator().manual_seed(0)
    film = plot.Film(budget=200_000)
    for i in range(21):
        film.add(2 * torch.rand(64, 3, 28, 28, generator=rng) - 1, title=str(i))
    html = film._repr_html_()
    assert len(html) < 220_000
    titles = contents(html)["titles"]
    assert 2 <= len(titles) < 21 and titles[-1] == "20"
    assert len(set(np.diff([int(t) for t in titles]))) == 1
    assert len(film) == 21


def test_same_frames_same_bytes():
    assert learning(5)._repr_html_() == learning(5)._repr_html_()
    assert learning(5)._repr_html_() != learning(5, seed=1)._repr_html_()


def test_nothing_is_asked_of_the_network():
    html = learning(3)._repr_html_()
    assert "http" not in html and "//cdn" not in html and "@import" not in html
    assert set(re.findall(r'src="(.{5})', html)) == {"data:"}


def test_no_ids_no_handlers_no_addresses():
    html = learning(3)._repr_html_()
    assert not re.search(r"\sid=|\son[a-z]+=|0x[0-9a-f]{6}", re.sub(r"base64,[^\"]+", "", html))


def test_frames_show_what_was_added():
    film = plot.Film(ncol=8)
    x = digits()
    film.add(-x, title="negative")
    film.add(x, title="positive")
    data = contents(film._repr_html_())
    sheet = torch.from_numpy(np.array(decoded(data["frames"][0][1]).convert("L"), dtype=np.float32)) / 127.5 - 1
    assert sheet.shape == (238, 238)
    first, ninth = sheet[:28, :28], sheet[30:58, :28]
    assert (first - x[0, 0]).abs().mean() < 0.05 and (ninth - x[8, 0]).abs().mean() < 0.05
    assert data["titles"] == ["negative", "positive"]


def test_few_flat_colours_are_kept_without_loss():
    film = plot.Film()
    x = torch.full((4, 1, 8, 8), -1.0)
    x[2] = 1.0
    film.add(x)
    shown = np.array(decoded(contents(film._repr_html_())["frames"][0][0]).convert("L"))
    assert (shown == np.array(film.pictures[0])).all()


def test_later_changes_do_not_reach_the_film():
    film, x = plot.Film(), torch.zeros(4, 1, 8, 8)
    film.add(x)
    before = film._repr_html_()
    x.fill_(1.0)
    assert film._repr_html_() == before
    film.add(x)
    assert film._repr_html_() != before


def test_the_page_has_alt_text_title_and_labels():
    film = plot.Film(alt='digits "in" <motion>')
    film.add(torch.zeros(4, 1, 8, 8), title="round </script> 1")
    html = film._repr_html_()
    assert 'alt="digits &quot;in&quot; &lt;motion&gt; (round &lt;/script&gt; 1)"' in html
    assert 'aria-label="Play"' in html and 'aria-label="Frame"' in html and 'role="group"' in html
    assert html.count("</script>") == 2
    assert contents(html)["titles"] == ["round </script> 1"]


def test_its_html_reads_the_same_however_a_file_is_taken():
    """Written to a file of its own it says no encoding, and a browser takes Latin-1: é would be Ã©."""
    film = plot.Film(alt="faces by Fréchet distance")
    film.add(torch.zeros(4, 1, 8, 8), title="λ = −1")
    html = film._repr_html_()
    assert html.isascii() and contents(html)["titles"] == ["λ = −1"]
    assert 'alt="faces by Fréchet distance (λ = −1)"' in unescape(html)


@pytest.mark.parametrize("made", ["film", "slider", "pad", "choices"])
def test_where_style_and_script_are_taken_out_no_control_is_left(made):
    """An untrusted notebook in JupyterLab: buttons and inputs stay, and would do nothing."""
    film = learning(3, n=4)

    def draw(*at):
        return torch.zeros(1, 1, 8, 8)

    html = {
        "film": film._repr_html_,
        "slider": lambda: explore.slider(draw, [0, 1], alt="a").html(),
        "pad": lambda: explore.pad(draw, [0, 1], [0, 1], alt="a").html(),
        "choices": lambda: explore.choices(draw, ["a", "b"], "c", alt="a").html(),
    }[made]()
    bare = re.sub(r"<(style|script)\b.*?</\1>", "", html, flags=re.S)
    shown = re.sub(r'<div class="gbp-(bar|panel)[^>]* hidden>.*', "", bare, flags=re.S)
    assert shown.count("<img") == 1 and not re.search(r"<(button|input)", shown)


def test_frames_without_title_are_numbered():
    film = plot.Film()
    for _ in range(2):
        film.add(torch.zeros(4, 1, 8, 8))
    assert contents(film._repr_html_())["titles"] == ["frame 1 of 2", "frame 2 of 2"]


def test_its_text_is_fixed():
    film = learning(3, n=4)
    assert repr(film) == "Film(3 frames)" and len(film) == 3
    assert repr(plot.films(film, film, labels=["a", "b"])) == "Films(2 films of 3 frames)"


def test_each_film_has_its_own_notes_and_a_film_without_any_has_no_place_for_them():
    def film(notes):
        out = plot.Film()
        for note in notes:
            out.add(torch.zeros(4, 2), note=note)
        return out

    html = plot.films(film(["1 < 2", "8 of 8"]), film(["", ""]), film(["", "3 of 8"]), labels=list("abc"))._repr_html_()
    assert contents(html)["notes"] == [["1 < 2", "8 of 8"], ["", "3 of 8"]]
    assert re.findall('<div class="gbp-note">(.*?)</div>', html) == ["8 of 8", "3 of 8"]  # of the frame that is shown
    assert '<div class="gbp-note">1 &lt; 2</div>' in film(["1 < 2"])._repr_html_()
    bare = film(["", ""])._repr_html_()
    assert "gbp-note" not in re.sub("<(style|script)>.*?</(style|script)>", "", bare, flags=re.S)


def test_frames_left_out_take_their_notes_with_them():
    film, rng = plot.Film(budget=20_000), torch.Generator().manual_seed(0)
    for i in range(5):
        film.add(torch.rand(400, 2, generator=rng), title=f"round {i}", note=f"note {i}")
    data = contents(film._repr_html_())
    assert len(data["titles"]) < 5
    assert [title[-1] for title in data["titles"]] == [note[-1] for note in data["notes"][0]]


# ---- kinds of frames


def test_points_are_drawn_where_they_are():
    film = plot.Film(bounds=1, real=np.array([[-0.5, -0.5]]))
    film.add(torch.tensor([[0.5, 0.5]]))
    picture = np.array(film.pictures[0]).astype(int)
    size = len(picture)
    near, half, far = size // 4, size // 2, 3 * size // 4
    fake, real, card = picture[near, far], picture[far, near], picture[half, half]
    assert fake[0] > 180 and fake[2] < 40  # vermilion, above on the right
    assert real[2] > real[0] + 40  # pale blue, below on the left
    assert card.tolist() == [251, 250, 247]


def test_all_frames_of_points_share_one_plane():
    a, b = plot.Film(), plot.Film()
    a.add(np.full((5, 2), 0.1))
    b.add(np.full((5, 2), 0.1))
    b.add(np.full((5, 2), 3.0))
    assert a.pictures[0].tobytes() != b.pictures[0].tobytes()


def test_figures_are_drawn_and_closed():
    film = plot.Film()
    for shift in range(2):
        fig, ax = plt.subplots(figsize=(2, 1), dpi=100)
        ax.plot([0, 1], [shift, 1])
        film.add(ax if shift else fig)
    assert not plt.get_fignums()
    assert film.pictures[0].size == (200, 100)
    assert film.pictures[0].tobytes() != film.pictures[1].tobytes()


def test_pil_images_are_frames():
    film = plot.Film()
    film.add(Image.new("RGBA", (20, 10), (255, 0, 0, 255)))
    assert film.pictures[0].getpixel((3, 3)) == (255, 0, 0)


# ---- saving


def test_gif_has_all_frames_and_holds_the_last(tmp_path):
    learning(4).save(tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as gif:
        assert gif.n_frames == 4
        assert [frame.info["duration"] for frame in ImageSequence.Iterator(gif)] == [120, 120, 120, 1500]
        assert gif.info["loop"] == 0


def test_webp_is_animated(tmp_path):
    plot.films(learning(3), learning(3, seed=1), labels=["a", "b"]).save(str(tmp_path / "a.webp"))
    with Image.open(tmp_path / "a.webp") as webp:
        assert webp.n_frames == 3 and webp.size == (2 * 238 + 8, 238)


def test_other_suffixes_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"\.gif or \.webp, got 'a\.mp4'"):
        learning(2, n=4).save(tmp_path / "a.mp4")


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "a.gif"
    target.write_bytes(b"old")

    def full(self, file, *args, **kwargs):
        file.write(b"half")
        raise OSError("no space left on device")

    film = learning(2, n=4)
    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(OSError, match="no space"):
        film.save(target)
    assert target.read_bytes() == b"old" and [p.name for p in tmp_path.iterdir()] == ["a.gif"]


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(OSError, match="absent"):
        learning(2, n=4).save(tmp_path / "absent" / "a.gif")


# ---- refusals


@pytest.mark.parametrize("show", [lambda f: f._repr_html_(), lambda f: f.save("a.gif"), lambda f: f.pictures])
def test_an_empty_film_gives_advice(show, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"film\.add"):
        show(plot.Film())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"fps": 0}, "fps"),
        ({"fps": float("nan")}, "fps"),
        ({"fps": 60}, "fps"),
        ({"ncol": 0}, "ncol"),
        ({"alt": " "}, "alt"),
        ({"alt": "two\nlines"}, "alt"),
        ({"bounds": -1}, "bounds"),
        ({"budget": 0}, "budget"),
        ({"real": np.zeros((3, 3))}, "real"),
    ],
)
def test_bad_options_are_named(options, what):
    with pytest.raises(ValueError, match=what):
        plot.Film(**options)


@pytest.mark.parametrize(
    "frame",
    [
        torch.zeros(4, 784),
        torch.zeros(4, 1, 8, 8) + 2,
        torch.full((4, 1, 8, 8), float("nan")),
        torch.zeros(4, 2, 8, 8),
        torch.full((4, 2), float("inf")),
        None,
        "picture",
        3,
    ],
)
def test_bad_frames_are_named(frame):
    film = plot.Film()
    with pytest.raises(ValueError, match="frame must"):
        film.add(frame)
    assert len(film) == 0


def test_frames_are_of_one_kind_and_size():
    film = plot.Film()
    film.add(torch.zeros(4, 1, 8, 8))
    with pytest.raises(ValueError, match="as large as the first"):
        film.add(torch.zeros(9, 1, 8, 8))
    with pytest.raises(ValueError, match="same kind"):
        film.add(torch.zeros(4, 2))
    with pytest.raises(ValueError, match="title"):
        film.add(torch.zeros(4, 1, 8, 8), title="two\nlines")
    with pytest.raises(ValueError, match="note"):
        film.add(torch.zeros(4, 1, 8, 8), note="two\nlines")
    assert len(film) == 1


def test_films_must_agree():
    a, b = learning(2, n=4), learning(3, n=4)
    with pytest.raises(ValueError, match="equally long"):
        plot.films(a, b, labels=["a", "b"])
    with pytest.raises(ValueError, match="labels"):
        plot.films(a, a, labels=["a"])
    with pytest.raises(ValueError, match="at least two"):
        plot.films(a, labels=["a"])

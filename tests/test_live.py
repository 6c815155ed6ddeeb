"""The live game's engine, in JavaScript, against ganbook: the same weights and batches, the same numbers.

The engine runs in V8 without a browser; tests/browser/test_live.py holds the browser to the same numbers.
"""

import importlib.util
import json
import math
import re

import pytest
import torch
from live_cases import CASES, DRIVER, played
from py_mini_racer import mini_racer
from torch.testing import assert_close

from ganbook import data, metrics
from ganbook.divergences import discrete
from ganbook.losses import anchors
from ganbook.player.live import PRESETS, bundle, game
from ganbook.studies.arena import entrants

SETTINGS = json.loads((bundle.HERE / "settings.json").read_text(encoding="utf-8"))
DEFAULTS = {name: each["default"] for name, each in SETTINGS.items()}


@pytest.fixture(scope="module")
def ask():
    """ask(javascript function of the engine E and one argument, argument) -> what it returns, through JSON."""
    with mini_racer() as context:
        context.eval(f"var E = ({bundle.engine()})()")

        def call(function, argument=None):
            return json.loads(context.eval(f"JSON.stringify(({function})(E, {json.dumps(argument)}))", timeout_sec=120))

        yield call


def vector(values):
    return torch.tensor(values, dtype=torch.float64)


def gaps(found, wanted):
    """Of each number of the comparison, how far the two are apart, as a share of what is allowed."""
    for key, value in wanted.items():
        allowed = 1e-3 if key.startswith("weights") else 1e-5
        for a, b in zip(found[key], value, strict=True) if isinstance(value, list) else [(found[key], value)]:
            assert_close(vector(a), vector(b), rtol=0, atol=1e9)  # of one length, and finite
            yield float((vector(a) - vector(b)).abs().max()) / allowed


@pytest.mark.parametrize("name", CASES)
def test_the_engine_plays_the_game_of_the_library(ask, name):
    request, wanted = played(*CASES[name], rounds=50)
    assert max(abs(v) for row in wanted["slopes of G"] for v in row) > 1e-4, "nothing to compare"
    assert max(gaps(ask(DRIVER, request), wanted)) < 1


DEFECTS = [
    ("minimax none", "(x) => [-softplus(x), -sigmoid(x)] }", "(x) => [-softplus(x), sigmoid(x)] }"),
    ("wasserstein gp", "(2 * weight * off) / norm", "(weight * off) / norm"),
    ("realness 5 1 authors steps", "/ step);\n}", ");\n}"),
    ("realness 5 2 middle gp steps", "- change(k)", ""),
    ("hinge none", "b[i] / fresh2", "b[i]"),
    ("hinge r1", "(gamma / 2) * squared, gamma]", "gamma * squared, gamma]"),
    ("wasserstein r1+r2", "if (k) {\nleak(fast, said[k]);", "if (k) {"),
]


@pytest.mark.parametrize(("name", "right", "wrong"), DEFECTS, ids=[name for name, _, _ in DEFECTS])
def test_a_planted_defect_is_seen(name, right, wrong):
    text = bundle.engine()
    assert text.count(right) == 1
    request, wanted = played(*CASES[name], rounds=50)
    with mini_racer() as context:
        call = f"JSON.stringify(({DRIVER})(({text.replace(right, wrong)})(), {json.dumps(request)}))"
        assert max(gaps(json.loads(context.eval(call)), wanted)) > 1


@pytest.mark.parametrize("outcomes", [2, 5, 20])
@pytest.mark.parametrize("name", anchors.NAMED)
def test_anchors_are_those_of_the_library(ask, name, outcomes):
    found = ask(f"(E) => E.ANCHORS['{name}']({outcomes})")
    assert_close(vector(found), vector(anchors.pair(name, outcomes)), rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "sampler"),
    [
        ("ring", data.ring(std=0.05)),
        ("grid", data.grid(std=0.05)),
        ("nine", data.nine(std=0.05)),
        ("spiral", data.swiss_roll(std=0.05)),
        ("moons", data.moons(std=0.05)),
    ],
)
def test_data_are_those_of_the_library(ask, name, sampler):
    """As far as two draws of 2,000 can be told apart by the energy distance: no more than two draws of the library."""
    draw = "(E, [name, seed]) => [...E.sampleData(E.DATA[name]({}), 2000, E.makeRandom(seed))]"
    ours = vector(ask(draw, [name, 1])).reshape(-1, 2)
    rng = torch.Generator().manual_seed(0)
    a, b, c = (sampler(2_000, rng).cpu().double() for _ in range(3))

    def apart(x, y):
        return float(2 * torch.cdist(x, y).mean() - torch.cdist(x, x).mean() - torch.cdist(y, y).mean())

    assert apart(ours, a) < 5 * max(apart(a, b), apart(b, c))
    assert apart(1.2 * ours + 0.05, a) > 5 * max(apart(a, b), apart(b, c)), "the comparison sees no difference at all"


def test_measures_are_those_of_the_library(ask):
    ring, rng = data.ring(std=0.05), torch.Generator().manual_seed(0)
    x, y = ring(1_024, rng).cpu(), 0.9 * ring(1_024, rng).cpu()
    asked = {"x": x.flatten().tolist(), "y": y.flatten().tolist(), "means": ring.means.tolist()}
    found = ask(
        """({ measures: m }, { x, y, means }) => {
        const p = m.histogram(x, 1.6), q = m.histogram(y, 1.6);
        return { p: [...p], q: [...q], kl: m.kl(p, q), js: m.js(p, q), ...m.modesFound(y, means) }; }""",
        asked,
    )
    counts = torch.histogramdd(x, 24, range=[-1.6, 1.6, -1.6, 1.6]).hist.T.flatten() + 0.5
    p, q = vector(found["p"]), vector(found["q"])
    assert_close(p, (counts / counts.sum()).double(), atol=1e-6, rtol=0)
    assert found["kl"] == pytest.approx(float(discrete.kl(p, q)), abs=1e-5)
    assert found["js"] == pytest.approx(float(discrete.js(p, q)), abs=1e-5)
    wanted = metrics.mode_scores(y, ring.means.cpu(), 0.05, least=10)
    assert (found["found"], found["good"]) == (float(wanted.modes), int(wanted.counts.sum()))


def start(**changes):
    return {"settings": [DEFAULTS | changes]}


LOOK = """(E, asked) => {
  const [side] = E.makeTable().start(asked);
  return { ...side, fakes: [...side.fakes], push: [...side.push] };
}"""


def test_one_seed_is_one_game_and_another_is_another(ask):
    a, b, c = (ask(LOOK, start(seed=seed) | {"round": 20}) for seed in (3, 3, 4))
    assert a == b and a["fakes"] != c["fakes"] and a["round"] == 20


def test_two_games_from_one_seed_start_alike_and_differ_by_what_is_turned(ask):
    look = "(E, asked) => E.makeTable().start(asked).map((side) => [...side.fakes])"
    same, other = DEFAULTS, DEFAULTS | {"loss": "hinge"}
    a, b = ask(look, {"settings": [same, other], "round": 0})
    assert a == b
    a, b = ask(look, {"settings": [same, same], "round": 20})
    assert a == b
    a, b = ask(look, {"settings": [same, other], "round": 20})
    assert a != b


def test_a_situation_is_replayed_with_all_that_was_turned(ask):
    by_hand = """(E, settings) => {
      const t = E.makeTable(); t.start({ settings }); t.play({ rounds: 5 });
      t.change({ side: 0, key: 'penalty', value: 'r1' }); t.half({ who: 'D' }); t.half({ who: 'D' });
      t.half({ who: 'G' }); t.play({ rounds: 4 });
      return [...t.look()[0].fakes]; }"""
    events = [[5, 0, "penalty", "r1"], [5, 0, "step", "D"], [5, 0, "step", "D"], [5, 0, "step", "G"]]
    asked = start() | {"events": events, "round": 10}
    replayed = ask(LOOK, asked)
    assert replayed["round"] == 10 and replayed["fakes"] == ask(by_hand, [DEFAULTS])
    assert ask(LOOK, start() | {"round": 10})["fakes"] != replayed["fakes"]


def test_the_arrow_is_where_a_fake_must_move_to_please_the_judge(ask):
    """By a difference quotient of G's loss, for each of the first fakes."""
    code = """(E, [defaults, loss]) => {
      const settings = { ...defaults, loss }, game = E.makeGame(settings);
      for (let k = 0; k < 30; k += 1) game.playRound();
      const x = game.supply.real(4), y = Float64Array.from([0.1, 0.2, -0.7, 0.4, 0.9, -0.3, 0.5, 0.5]);
      const said = (x) => E.outputs(E.forward(game.D, x, 4));
      const value = (y) => E.makeLoss(settings).g(said(x), said(y)).value;
      const moved = (i, h) => { const other = y.slice(); other[i] += h; return value(other); };
      const slope = [...y].map((_, i) => -4 * (moved(i, 1e-6) - moved(i, -1e-6)) / 2e-6);
      return { push: [...game.push(y, x)], slope };
    }"""
    for loss in SETTINGS["loss"]["choices"]:
        found = ask(code, [DEFAULTS, loss])
        assert_close(vector(found["push"]), vector(found["slope"]), atol=1e-4, rtol=0)
        assert max(map(abs, found["push"])) > 1e-3


def test_numbers_that_explode_end_the_game_with_a_sentence_and_its_last_good_state(ask):
    seen = ask(LOOK, start(optimizer="sgd", loss="wasserstein", rate_d=1.0, rate_g=1.0) | {"round": 400})
    assert "smaller rate" in seen["lost"] and f"In round {seen['round']}" in seen["lost"]
    assert all(math.isfinite(v) for v in seen["fakes"] + seen["push"])


def test_drawn_points_travel_as_text(ask):
    text = ask("(E) => E.writePoints([[0, 0], [-1.6, 1.6], [0.5, -9]])")
    points = ask("(E, text) => E.readPoints(text)", text)
    assert_close(vector(points), vector([[0, 0], [-1.6, 1.6], [0.5, -1.6]]), atol=0.0013, rtol=0)
    assert ask("(E) => E.readPoints('<b>%')") == []
    assert ask("(E, asked) => E.makeTable().start(asked)[0].empty", start(data="drawn"))
    assert ask(LOOK, start(data="drawn", points=text) | {"round": 3})["round"] == 3


def test_a_judge_of_many_outcomes_gives_its_whole_answer(ask):
    code = """(E, asked) => { const t = E.makeTable(); t.start(asked);
      return t.look({ at: [2, -2] }).map(({ answer: a }) => a && [a.said, a.fake, a.real].map((v) => [...v])); }"""
    realness, none = DEFAULTS | {"loss": "realness", "outcomes": 5, "anchors": "middle", "data": "nine"}, DEFAULTS
    (said, fake, real), nothing = ask(code, {"settings": [realness, none], "round": 30})
    assert nothing is None and sum(said) == pytest.approx(1) and len(said) == 5 and min(said) > 0
    assert_close(vector([fake, real]), vector(anchors.pair("middle", 5)), rtol=0, atol=1e-6)


def test_the_entrants_of_the_race_are_those_of_the_arena_at_twice_its_rates():
    known = json.loads((bundle.HERE / "entrants.json").read_text(encoding="utf-8"))
    arena = entrants(penalty=0.01)
    assert list(known) == list(arena)
    assert [name for name, own in known.items() if own is None] == ["SN-hinge", "DRAGAN", "relativistic average"]
    for name, own in known.items():
        game("race", **own or {})
        said, recipe = DEFAULTS | (own or {}), arena[name]
        if own is None:
            continue
        assert said["optimizer"] == recipe.optimizer and said["rate_d"] == 2 * recipe.lr_d == said["rate_g"]
        assert said["optimizer"] != "adam" or said["beta1"] == recipe.betas[0]
        weights = {getattr(each, "weight", getattr(each, "gamma", None)) for each in recipe.penalties}
        assert weights | ({recipe.clip} - {None}) == ({said["strength"]} if said["penalty"] != "none" else set())
        assert type(recipe.loss).__name__.lower().startswith(re.sub("-|ing$", "", said["loss"])[:7]), name
        if said["loss"] == "realness":
            assert (said["outcomes"], said["objective"]) == (recipe.loss.outcomes, recipe.loss.objective)


SAID = [  # of each chapter's two games with seed 0: at which round, and what is found there
    ("minimax", 300, "modes", (1, 4)),
    ("collapse", 400, "modes", (1, 8)),
    ("clipping", 200, "modes", (3, 7)),
    ("outcomes", 800, "modes", (5, 6)),
    ("race", 400, "js", (0.27, 0.28)),
    ("race", 800, "js", (0.22, 0.20)),
]


@pytest.mark.parametrize(("preset", "rounds", "measure", "wanted"), SAID)
def test_a_game_comes_to_what_its_chapter_says(ask, preset, rounds, measure, wanted):
    """A mode more or less, or 0.02 of JS: another processor rounds otherwise."""
    code = """(E, asked) => E.makeTable().start(asked).map(({ measured: m }) => ({ modes: m.modes.found, js: m.js }))"""
    first, beside = PRESETS[preset]
    found = ask(code, {"settings": [DEFAULTS | first, DEFAULTS | first | beside], "round": rounds})
    assert [side[measure] for side in found] == pytest.approx(wanted, abs=0.02 if measure == "js" else 1)


@pytest.mark.parametrize(("smaller", "share"), [(bundle.tight, 0.95), (bundle.small, 0.8)])
def test_the_page_s_tight_script_plays_what_the_library_s_does(ask, smaller, share):
    tight = smaller(bundle.engine())
    assert len(tight) < share * len(bundle.engine())
    with mini_racer() as context:
        found = json.loads(
            context.eval(f"JSON.stringify(({LOOK})(({tight})(), {json.dumps(start() | {'round': 20})}))")
        )
    assert found == ask(LOOK, start() | {"round": 20})


# --- from Python


def test_the_committed_output_is_small_and_carries_no_script(monkeypatch):
    for preset in PRESETS:
        output = game(preset)._repr_html_()
        assert len(output.encode()) < 5_000 and "<script" not in output
        assert output.count("<svg") == 1 and 'role="img"' in output
    monkeypatch.setenv("GANBOOK_STATIC", "0")
    monkeypatch.setattr("ganbook.player.live.mount.live_front_end", lambda: True)
    assert bundle.script() in game()._repr_html_()


def test_the_script_of_a_page_is_light():
    """With a small piece beside it 60 KB, which is what a page may bring."""
    assert 20_000 < len(bundle.script().encode()) < 50_000


def test_a_still_is_what_the_engine_plays():
    spec = importlib.util.spec_from_file_location("stills", bundle.HERE.parents[2] / "scripts" / "make_live_stills.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    assert json.loads(maker.TARGET.read_text(encoding="utf-8"))["ring"] == maker.still("ring")
    assert maker.COVER.read_text(encoding="utf-8") == game("ring")._repr_html_() + "\n"
    assert set(json.loads(maker.TARGET.read_text(encoding="utf-8"))) == set(PRESETS)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"rate_d": 0}, "rate_d must be a number in (0, 1], got 0"),
        ({"rate_g": 1e9}, "rate_g"),
        ({"loss": "gan"}, "loss must be one of minimax"),
        ({"outcomes": 1}, "outcomes"),
        ({"speed": 3}, "settings must be some of data"),
        ({"name": "<b>"}, "name must be made of the letters"),
        ({"preset": "none"}, "preset"),
    ],
)
def test_what_the_engine_does_not_have_is_refused(settings, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        game(**settings)

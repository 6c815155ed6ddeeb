// What all small pieces share: a plane whose handles a mouse, a finger and arrow keys move, controls, readings, a button
// that puts everything back. A piece is one file beside this one, which declares `piece(kit)`; the page brings a mount
// point, <div class="gbd" data-drag="NAME" data-state='{...}'>, and in it a still, which print and no-script keep.
//
// A new piece: NAME.js with `piece(kit)`; NAME.py with a function that checks its arguments and returns a Drag (state and
// still); the name in bundle.PIECES, in __init__.py, in ganbook/explore.py and as a call in tests/fuzz_calls.py; what it
// computes in tests/test_drag.py. What only it wears is a rule in drag.css. A state is what JSON can say.

const SHAPES = /^(svg|g|path|circle|rect|text)$/;

function make(kind, attributes = {}, ...children) {
  const made = SHAPES.test(kind) ? document.createElementNS("http://www.w3.org/2000/svg", kind) : document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

const held = (v, low, high) => Math.min(high, Math.max(low, v));
const written = (v, digits = 2) => (Number(v.toFixed(digits)) || 0).toFixed(digits).replace("-", "−"); // no −0.00
const path = (points) => (points.length ? `M${points.map((point) => point.map((v) => v.toFixed(1))).join("L")}` : "");
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

// state: what the mount point brought, changed in place by handles and controls; `piece` returns a function that draws it
// and says [[term, value], ...] and one sentence.
function mount(root) {
  const start = JSON.parse(root.dataset.state), state = structuredClone(start), updates = [];
  const stage = make("div", { class: "gbd-stage" }), controls = make("div", { class: "gbd-controls" });
  const list = make("dl"), said = make("p", { role: "status" });
  let later;
  function show() {
    for (const update of updates) update();
    const [rows, sentence] = draw();
    list.replaceChildren(...rows.map(([term, value]) => make("div", {}, make("dt", {}, term), make("dd", {}, value))));
    clearTimeout(later);
    later = setTimeout(() => { said.textContent = sentence; }, said.textContent && 300); // not at every step of a drag
  }
  const turn = (key, value) => {
    state[key] = value;
    show();
  };

  // Numbers from left to right and from low to high, on a picture of so many pixels.
  function plane(label, [left, right], [low, high], width, height) {
    const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": label });
    const spot = ([x, y]) => [((x - left) / (right - left)) * width, ((high - y) / (high - low)) * height];
    const put = (kind, attributes) => {
      const made = make(kind, attributes);
      svg.append(made);
      return made;
    };
    const under = (event) => {
      const box = svg.getBoundingClientRect();
      return [left + ((event.clientX - box.left) / box.width) * (right - left), high - ((event.clientY - box.top) / box.height) * (high - low)];
    };
    // at() -> [x, y], where it stands; to([x, y]) moves it, inside the plane; text() for a screen reader. fixed: a way that
    // it does not go, 0 or 1. key(name) -> true where another key was its own.
    function handle(name, { at, to, text, step = (right - left) / 40, size = 8, grip: reach = 22, kind = "", fixed, key }) {
      const axis = fixed === 0 ? 1 : 0;
      let grip = null;
      const go = (point) => {
        const old = at();
        to(point.map((v, k) => (k === fixed ? old[k] : k ? held(v, low, high) : held(v, left, right))));
        show();
      };
      const made = make("g", { class: `gbd-handle ${kind}`, tabindex: 0, role: "slider", "aria-label": name,
        "aria-valuemin": axis ? low : left, "aria-valuemax": axis ? high : right,
        ontouchstart: (event) => event.preventDefault(), // a long way is no scrolling, nor a page back
        onpointerdown: (event) => {
          if (event.button) return;
          const from = under(event);
          grip = at().map((v, k) => v - from[k]);
          made.setPointerCapture(event.pointerId);
          made.focus({ preventScroll: true });
          event.preventDefault();
        },
        onpointermove: (event) => grip && go(under(event).map((v, k) => v + grip[k])),
        onpointerup: (event) => {
          made.onpointermove(event); // where a finger left, though no move told of it
          grip = null;
        },
        onpointercancel: () => { grip = null; },
        onkeydown: (event) => {
          const way = ARROWS[event.key], pace = step instanceof Function ? step() : step, far = event.shiftKey ? 5 * pace : pace;
          if (event.ctrlKey || event.altKey || event.metaKey || !(way || key?.(event.key))) return;
          if (way) go(at().map((v, k) => v + way[k] * far));
          else show();
          event.preventDefault();
        } }, make("circle", { r: reach, class: "gbd-grip" }), make("circle", { r: size }));
      svg.append(made);
      updates.push(() => {
        made.setAttribute("transform", `translate(${spot(at())})`);
        made.setAttribute("aria-valuenow", at()[axis].toFixed(3));
        made.setAttribute("aria-valuetext", text());
      });
      return made;
    }
    stage.append(svg);
    return { svg, spot, under, put, handle };
  }

  function range(key, label, min, max, step, digits = 2) {
    const input = make("input", { type: "range", min, max, step, oninput: () => turn(key, Number(input.value)) });
    const value = make("b");
    controls.append(make("label", {}, `${label} `, value, input));
    updates.push(() => {
      input.value = state[key];
      value.textContent = written(state[key], digits);
    });
  }

  function choice(key, label, names) {
    const each = Object.entries(names).map(([value, name]) => [value, make("button", { type: "button", onclick: () => turn(key, value) }, name)]);
    controls.append(make("div", { role: "group", "aria-label": label }, ...each.map(([, button]) => button)));
    updates.push(() => each.forEach(([value, button]) => button.setAttribute("aria-pressed", value === String(state[key]))));
  }

  const draw = piece({ state, plane, range, choice, show });
  controls.append(make("button", { type: "button", onclick: () => {
    Object.assign(state, structuredClone(start));
    show();
  } }, "Start again"));
  root.append(stage, controls, list, said);
  show();
  root.dataset.ready = "";
  root.state = () => structuredClone(state); // for the curious, and for the tests
}

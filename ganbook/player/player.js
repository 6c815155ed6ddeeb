// Starts every player that stands before this script and has not been started: running it twice does no harm.
(() => {
const icons = {
play: "M8 5.2v13.6L19 12z",
pause: "M7 5h3.6v14H7zM13.4 5H17v14h-3.6z",
replay: "M12 5V1.5L6.5 6 12 10.5V7a5.5 5.5 0 1 1-5.5 5.5H4.5A7.5 7.5 0 1 0 12 5z"
};
const start = (root) => {
root.dataset.ready = "";
root.querySelectorAll("[hidden]").forEach((controls) => { controls.hidden = false; });
const data = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
const images = [...root.querySelectorAll(".gbp-img")];
const knobs = [...root.querySelectorAll("[data-knob]")];
const values = [...root.querySelectorAll(".gbp-value")];
const title = root.querySelector(".gbp-title");
const notes = [...root.querySelectorAll(".gbp-note")];
const button = root.querySelector(".gbp-play");
const pad = root.querySelector(".gbp-pad");
const state = data.start.slice();
const index = () => state.reduce((at, s, k) => at * data.sizes[k] + s, 0);
images.forEach((image, v) => { data.frames[v][index()] = image.src; });
// Kept alive so that changing src shows a decoded picture at once, without a blank frame.
let kept = null;
const preload = () => {
if (kept) return;
kept = data.frames.flat().map((src) => { const i = new Image(); i.src = src; return i; });
};
// Two copies of the same film on a page must not share a radio group.
window.ganbookPlayers = (window.ganbookPlayers || 0) + 1;
root.querySelectorAll("input[type=radio]").forEach((r) => { r.name += "-" + window.ganbookPlayers; });
const show = () => {
const at = index();
images.forEach((image, v) => {
const t = data.titles[at];
image.src = data.frames[v][at];
image.alt = data.alts[v] + (t ? " (" + t + ")" : "");
});
if (title) title.textContent = data.titles[at] || "";
notes.forEach((note, v) => { note.textContent = data.notes[v][at]; });
let ranges = 0;
knobs.forEach((knob, k) => {
const label = data.texts[k][state[k]];
if (knob.type === "range") {
knob.value = state[k];
knob.setAttribute("aria-valuetext", label);
knob.style.setProperty("--p", 100 * state[k] / Math.max(1, data.sizes[k] - 1) + "%");
if (values[ranges]) values[ranges].textContent = label;
ranges += 1;
} else {
knob.querySelectorAll("input")[state[k]].checked = true;
}
});
if (pad) {
const dot = pad.querySelector(".gbp-dot");
dot.style.left = 100 * (state[0] + .5) / data.sizes[0] + "%";
dot.style.top = 100 - 100 * (state[1] + .5) / data.sizes[1] + "%";
}
root.dataset.at = at;
};
let timer = 0;
const last = data.sizes[0] - 1;
const face = () => {
if (!button) return;
const name = timer ? "pause" : (state[0] === last && root.dataset.seen ? "replay" : "play");
button.setAttribute("aria-label", { play: "Play", pause: "Pause", replay: "Play again" }[name]);
button.querySelector("path").setAttribute("d", icons[name]);
root.dataset.playing = timer ? "yes" : "no";
};
const stop = () => { clearInterval(timer); timer = 0; face(); };
const play = () => {
preload();
root.dataset.seen = "yes";
if (state[0] === last) { state[0] = 0; show(); }
timer = setInterval(() => {
if (!root.isConnected) { stop(); return; }
if (state[0] < last) state[0] += 1;
else if (data.loop) state[0] = 0;
show();
if (state[0] === last && !data.loop) stop();
}, 1000 / data.fps);
face();
};
knobs.forEach((knob, k) => {
knob.addEventListener("input", (event) => {
preload();
if (timer) stop();
root.dataset.seen = "yes";
state[k] = Number(event.target.value);
show();
face();
});
});
if (pad) {
const move = (event) => {
const box = pad.getBoundingClientRect();
const x = (event.clientX - box.left) / box.width, y = 1 - (event.clientY - box.top) / box.height;
[x, y].forEach((p, k) => { state[k] = Math.max(0, Math.min(data.sizes[k] - 1, Math.floor(p * data.sizes[k]))); });
preload();
show();
event.preventDefault();
};
pad.addEventListener("pointerdown", (event) => { pad.setPointerCapture(event.pointerId); move(event); });
pad.addEventListener("pointermove", (event) => { if (event.buttons) move(event); });
}
if (button) button.addEventListener("click", () => { if (timer) stop(); else play(); });
show();
face();
// A film plays once when it comes into view, unless the reader asked for less motion, and rests on its last frame.
const calm = window.matchMedia && matchMedia("(prefers-reduced-motion: reduce)");
if (window.IntersectionObserver) {
const watch = new IntersectionObserver((entries) => {
if (!entries[entries.length - 1].isIntersecting) {
if (timer) stop();
return;
}
preload();
if (button && !root.dataset.seen && last > 0 && !(calm && calm.matches)) play();
}, { threshold: .6 });
watch.observe(root.querySelector(".gbp-stage"));
}
if (calm && calm.addEventListener) calm.addEventListener("change", () => { if (calm.matches && timer) stop(); });
};
document.querySelectorAll(".gbp:not([data-ready])").forEach((root) => {
if (root.querySelector('script[type="application/json"]')) start(root);
});
})();

// Where a generator can be taken into the hand: <div class="gbh" data-hand='{"network": "faces"}'>, and in it the
// still, which print and no-script keep. The piece itself, play.js, comes with its weights when the reader asks.

const HOME = document.currentScript?.src.replace(/[^/]*$/, "") ?? "";

const coming = {}; // what was asked for, by the network's name
function load(network) {
  const there = () => globalThis.ganbookHand?.[network];
  coming[network] ??= there() ? Promise.resolve() : new Promise((yes, no) => {
    document.head.append(make("script", { src: `${HOME}hand-${network}.js`, onload: () => (there() ? yes() : no()), onerror: no }));
  });
  coming[network].catch(() => delete coming[network]);
  return coming[network];
}

function mount(root) {
  const { network } = JSON.parse(root.dataset.hand);
  const said = make("p", { role: "status" }), trouble = make("p", { role: "alert" });
  const open = button("Take the generator in your hand", async () => {
    said.textContent = "Its weights are coming.";
    trouble.textContent = "";
    try {
      await load(network);
      globalThis.ganbookHand[network].play(root, network, said, trouble);
      open.remove();
    } catch {
      said.textContent = "";
      trouble.textContent = `The weights did not come: hand-${network}.js is missing beside this page’s scripts. Try once more.`;
    }
  });
  root.append(open, said, trouble);
  root.dataset.ready = "";
}

function startAll() {
  document.head.append(make("style", {}, STYLE));
  document.querySelectorAll(".gbh:not([data-ready])").forEach(mount);
}
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
else startAll();

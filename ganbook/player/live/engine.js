// The engine behind one door: in a worker where the browser allows one, else here. ask(name, asked) -> a promise.

const engineParts = engine();

function openTable() {
  const here = () => {
    const table = engineParts.makeTable();
    return { kind: "page", ask: (name, asked) => Promise.resolve().then(() => table[name](asked)) };
  };
  return new Promise((done) => {
    let worker;
    try {
      // The engine's own text, so that no file is asked for: over file:// none could be.
      const text = `(${engine})().serve(self);self.postMessage("ready");`;
      worker = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
    } catch {
      done(here());
      return;
    }
    const waiting = new Map();
    let id = 0;
    const ask = (name, asked) => new Promise((answer) => {
      waiting.set(id += 1, answer);
      worker.postMessage({ id, name, asked });
    });
    worker.onerror = () => done(here()); // refused: a page's policy, or an old browser
    worker.onmessage = ({ data }) => {
      if (data === "ready") done({ kind: "worker", ask });
      else {
        waiting.get(data.id)(data.answer);
        waiting.delete(data.id);
      }
    };
  });
}

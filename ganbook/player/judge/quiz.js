// Real or fake, against the clock: the reader sees one point at a time and no density; D judges the same points.

const SECONDS = 20;

function drawn(shares_) {
  let left = Math.random(), i = 0;
  while (i < CELLS && left > shares_[i]) left -= shares_[i++];
  return Math.min(TO, Math.max(FROM, place(i + Math.random() - 0.5)));
}

// says(x) and best(x): is x real, by the drawn judge and by the best one? shown(quiz): draw it; ended(quiz): it is over.
function makeQuiz(p, q, { says, best, shown: show, ended }) {
  const quiz = { asked: [], now: null, left: SECONDS };
  const ask = () => {
    const real = Math.random() < 0.5;
    quiz.now = { real, x: drawn(real ? p : q) };
  };
  const clock = setInterval(() => {
    quiz.left -= 1;
    if (quiz.left <= 0) quiz.stop();
    else show(quiz);
  }, 1000);
  quiz.answer = (guess) => {
    const { real, x } = quiz.now;
    quiz.asked.push({ real, x, right: guess === real, D: says(x) === real, best: best(x) === real });
    ask();
    show(quiz);
  };
  quiz.stop = () => {
    clearInterval(clock);
    quiz.now = null;
    ended(quiz);
  };
  ask();
  show(quiz);
  return quiz;
}

const rightOnes = (quiz, who) => quiz.asked.filter((each) => each[who]).length;

function verdict(quiz, p, q) {
  const n = quiz.asked.length, far = total(p.map((v, i) => Math.abs(v - q[i]))) / 2;
  if (!n) return "The time is over, and no point was judged.";
  return `Of ${n} ${n > 1 ? "points" : "point"} you judged ${rightOnes(quiz, "right")} rightly, the D that is drawn ${rightOnes(quiz, "D")}, ` +
    `the best judge ${rightOnes(quiz, "best")}. Nobody can expect more than ${Math.round(50 * (1 + far))} of 100.`;
}

// Makes the heads of every table that stands before this script sort its rows: up, down, as they were.
document.querySelectorAll(".gbt:not([data-ready])").forEach((root) => {
root.dataset.ready = "";
const heads = [...root.querySelectorAll("thead tr > *")];
const body = root.querySelector("tbody");
const rows = [...body.rows];
const text = (row, k) => row.cells[k].textContent.replace(/\u2212/g, "-").replace(/\u2007/g, "").trim();
heads.forEach((head, k) => {
if (!head.textContent) return;
const numeric = k > 0 && !head.classList.contains("l");
const value = (row) => numeric ? parseFloat(text(row, k).replace(/,/g, "")) : text(row, k);
const missing = (v) => v === "" || v !== v;
const button = document.createElement("button");
button.type = "button";
button.append(...head.childNodes);
head.append(button);
button.addEventListener("click", () => {
const now = { ascending: "descending", descending: "" }[head.getAttribute("aria-sort")] ?? "ascending";
heads.forEach((other) => other.removeAttribute("aria-sort"));
if (now) head.setAttribute("aria-sort", now);
const sign = now === "descending" ? -1 : 1;
const order = (a, b) => {
const [x, y] = [value(a), value(b)];
if (missing(x) || missing(y)) return missing(x) - missing(y);
return sign * (x < y ? -1 : x > y ? 1 : 0);
};
body.append(...(now ? rows.slice().sort(order) : rows));
});
});
});

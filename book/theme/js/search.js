/* The search page: looks through the sections, terms and names that bookext/search.py has collected (sections.js), and
   quotes the sentence that was found. It needs no server: over file:// it finds the same. */
(() => {
  "use strict";
  const MOST = 60;  // results on the page
  const FEW = 5;  // with fewer, a long question is taken less strictly
  const place = document.getElementById("search-results");
  const asked = (new URLSearchParams(location.search).get("q") ?? "").trim();
  // As one types it, letter for letter, so that a place in it is a place in the text.
  const letters = new Map();
  const letter = (c) => {
    const plain = /[\u2010-\u2015\u2212]/.test(c) ? "-" : c.normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
    letters.set(c, plain.length === 1 ? plain : c);
    return letters.get(c);
  };
  const low = (text) => text.toLowerCase().replace(/[^\0-\x7f]/g, (c) => letters.get(c) ?? letter(c));
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const starts = (...words) => new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.map(escaped).join("|")})`, "gu");
  // What a question is asked with says nothing of what it is about.
  const ASKING = new Set(("a about an and any are as at be been but by can did do does for from had has have how i if in into is it its me my " +
    "no not of on or our should so than that the their them then there these they this to us was we what when where which who why will with would you your").split(" "));
  // Words that readers have for what the book calls otherwise.
  const CALLED = new Map(Object.entries({
    picture: ["image"], photo: ["image", "picture"], converge: ["fail"], kl: ["kullback"], js: ["jensen"], fid: ["frechet"],
  }));
  // "modes" finds "mode" as well, and "converge" finds "convergence"; what begins with such a stem counts as the word.
  const stem = (word) => {
    if (/[_.\d]/.test(word)) return word;
    const one = word.length > 3 ? word.replace(/(?<!s)s$/, "") : word;
    return one.replace(/(?<=.{5})(?:ing|ed|e)$/, "");
  };
  const meant = (word) => starts(stem(word), ...(CALLED.get(word) ?? CALLED.get(word.replace(/s$/, "")) ?? []));
  // A name of the library is typed as one: NonSaturating, frechet_distance, losses.Hinge.
  const typed = /[_.]|\p{Ll}\p{Lu}/u.test(asked) && !/\s/.test(asked);

  const score = (title, text, phrases, words) => {
    const held = words.filter((word) => title.search(word) >= 0 || text.search(word) >= 0).length;
    const heads = words.filter((word) => title.search(word) >= 0).length / words.length;
    let points = 1 + (15 * held) / words.length + words.reduce((sum, word) => sum + Math.min(3, text.match(word)?.length ?? 0), 0) / words.length;
    const first = (points, holds) => (phrases.some(holds) ? points : 0);
    points += first(100, (phrase) => title === phrase || title.endsWith(`.${phrase}`)) ||
      first(50, (phrase) => title.startsWith(phrase)) || first(40, (phrase) => title.search(starts(phrase)) >= 0) || 30 * heads ** 2;
    return [held, points + first(20, (phrase) => words.length > 1 && text.search(starts(phrase)) >= 0)];
  };

  // From the start of the sentence that has the phrase, or else the first word.
  const quote = (text, phrases, words) => {
    const plain = low(text);
    const at = Math.max(0, [...phrases.map((phrase) => starts(phrase)), ...words].map((word) => plain.search(word)).find((k) => k >= 0) ?? 0);
    const dot = text.slice(0, at).search(/[.:?!] [^.:?!]*$/);
    const from = at - dot > 150 ? Math.max(0, text.lastIndexOf(" ", at - 60)) : dot + (dot < 0 ? 1 : 2);
    const to = text.indexOf(" ", from + 190);
    return (from > 0 && from !== dot + 2 ? "… " : "") + text.slice(from, to < 0 ? undefined : to) + (to < 0 ? "" : " …");
  };

  const marked = (text, words) => {
    const found = document.createDocumentFragment(), plain = low(text);
    const any = new RegExp(words.map((word) => word.source + "[\\p{L}\\p{N}]*").join("|"), "gu");
    let at = 0;
    for (const hit of plain.matchAll(any)) {
      const mark = document.createElement("mark");
      mark.textContent = text.slice(hit.index, hit.index + hit[0].length);
      found.append(text.slice(at, hit.index), mark);
      at = hit.index + hit[0].length;
    }
    found.append(text.slice(at));
    return found;
  };

  const search = () => {
    for (const field of document.querySelectorAll("input[name=q]")) field.value = asked;
    const phrase = low(asked).replace(/\s+/g, " "), said = phrase.split(/[^\p{L}\p{N}_.']+/u).filter(Boolean);
    const about = said.filter((word) => !ASKING.has(word)), words = (about.length ? about : said).map(meant);
    if (!words.length) return;
    const phrases = [...new Set([phrase, about.join(" ")])].filter(Boolean);
    let hits = [];
    for (const [address, page, entries] of window.bookSections) {
      const library = address.startsWith("book/library/");
      entries.forEach(([anchor, title, text], k) => {
        let [held, points] = score(low(title), low(text), phrases, words);
        if (anchor.startsWith("term-")) points += phrases.includes(low(title)) ? 20 : 5; // a term before its namesakes
        // The chapters tell what a thing is; its entry comes first for who types its name.
        if (library && !(typed && low(`.${title}`).endsWith(`.${phrase}`))) points /= 10;
        hits.push({ held, points: points + (k ? 0 : 2), address: address + (anchor && `#${anchor}`), page, title: k ? title : page, text, top: !k });
      });
    }
    // Places with all words; where these are few, or a whole question was asked, also those with most.
    const all = hits.filter((hit) => hit.held === words.length);
    const loose = words.length > 2 && (all.length < FEW || about.length < said.length);
    hits = loose ? hits.filter((hit) => hit.held >= (2 * words.length) / 3) : all;
    hits.sort((a, b) => b.points - a.points);
    const summary = document.createElement("p");
    summary.className = "search-summary";
    summary.setAttribute("role", "status");
    const many = hits.length > MOST ? `: the ${MOST} best of ${hits.length}` : "";
    summary.textContent = hits.length ? `${hits.length === 1 ? "One place" : `${hits.length} places`} for “${asked}”${many}` : `Nothing in the book has “${asked}”. Fewer words, or the beginning of one, may find more.`;
    const list = document.createElement("ul");
    list.className = "search";
    for (const hit of hits.slice(0, MOST)) {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = DOCUMENTATION_OPTIONS.URL_ROOT ? DOCUMENTATION_OPTIONS.URL_ROOT + hit.address : hit.address;
      link.append(marked(hit.title, words));
      item.append(link);
      if (!hit.top) {
        const where = document.createElement("span");
        where.className = "search-where";
        where.textContent = hit.page;
        item.append(where);
      }
      const context = document.createElement("p");
      context.className = "context";
      context.append(marked(quote(hit.text, phrases, words), words));
      if (hit.text) item.append(context);
      list.append(item);
    }
    place.replaceChildren(summary, list);
  };
  if (place && window.bookSections) search();
})();

/* The search page: looks through the sections, terms and names that bookext/search.py has collected (sections.js), and
   quotes the sentence that was found. It needs no server: over file:// it finds the same. */
(() => {
  "use strict";
  const MOST = 60;  // results on the page
  const place = document.getElementById("search-results");
  const asked = (new URLSearchParams(location.search).get("q") ?? "").trim();
  const low = (text) => text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const starts = (word) => new RegExp(`(?<![\\p{L}\\p{N}])${escaped(word)}`, "gu");
  // "modes" finds "mode" as well; what begins with a word of the question counts as that word.
  const stem = (word) => (word.length > 3 ? word.replace(/(?<!s)s$/, "") : word);

  const score = (title, text, phrase, words) => {
    const heads = words.every((word) => title.search(word) >= 0);
    if (!heads && !words.every((word) => title.search(word) >= 0 || text.search(word) >= 0)) return 0;
    let points = 1 + words.reduce((sum, word) => sum + Math.min(3, text.match(word)?.length ?? 0), 0) / words.length;
    if (title === phrase || title.endsWith(`.${phrase}`)) points += 100;
    else if (title.startsWith(phrase)) points += 40;
    else if (title.search(starts(phrase)) >= 0) points += 30;
    else if (heads) points += 15;
    if (text.search(starts(phrase)) >= 0) points += 10;
    return points;
  };

  // From the start of the sentence that has the phrase, or else the first word.
  const quote = (text, phrase, words) => {
    const plain = low(text);
    if (plain.length !== text.length) return text.slice(0, 180);
    const at = Math.max(0, [starts(phrase), ...words].map((word) => plain.search(word)).find((k) => k >= 0) ?? 0);
    const dot = text.slice(0, at).search(/[.:?!] [^.:?!]*$/);
    const from = at - dot > 150 ? Math.max(0, text.lastIndexOf(" ", at - 60)) : dot + (dot < 0 ? 1 : 2);
    const to = text.indexOf(" ", from + 190);
    return (from > 0 && from !== dot + 2 ? "… " : "") + text.slice(from, to < 0 ? undefined : to) + (to < 0 ? "" : " …");
  };

  const marked = (text, words) => {
    const found = document.createDocumentFragment(), plain = low(text);
    const any = new RegExp(words.map((word) => word.source + "[\\p{L}\\p{N}]*").join("|"), "gu");
    let at = 0;
    for (const hit of plain.length === text.length ? plain.matchAll(any) : []) {
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
    const phrase = low(asked).replace(/\s+/g, " ");
    const words = phrase.split(/[^\p{L}\p{N}_.']+/u).filter(Boolean).map((word) => starts(stem(word)));
    if (!words.length) return;
    const hits = [];
    for (const [address, page, entries] of window.bookSections) {
      entries.forEach(([anchor, title, text], k) => {
        const points = score(low(title), low(text), phrase, words);
        const meant = anchor.startsWith("term-") && low(title) === phrase ? 20 : 0; // a term before its namesakes
        if (points) hits.push({ points: points + meant + (k ? 0 : 2), address: address + (anchor && `#${anchor}`), page, title: k ? title : page, text, top: !k });
      });
    }
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
      context.append(marked(quote(hit.text, phrase, words), words));
      if (hit.text) item.append(context);
      list.append(item);
    }
    place.replaceChildren(summary, list);
  };
  if (place && window.bookSections) search();
})();

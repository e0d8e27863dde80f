// Choices, search and the other language of the list of reports. Everything stands in the page: nothing is fetched.
"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const data = JSON.parse(find("data").textContent);
  const root = document.documentElement;
  const search = find("search"), form = search.form, status = find("status");
  const choices = [...form.querySelectorAll("select")];
  const cards = data.reports.map((id) => find("report-" + id));
  const PLACES = 4, AROUND = 160;

  // --- words ---------------------------------------------------------------------------------
  const say = (key, values) => {
    const told = data.words[root.lang][key];
    const text = Array.isArray(told) ? told[values.n === 1 ? 0 : told.length - 1] : told;
    return text.replace(/\{(\w)\}/g, (_, name) => values[name].toLocaleString("en"));
  };
  const change = () => {
    const button = find("switch"), before = root.lang;
    root.lang = button.lang;
    button.lang = before;
    for (const part of document.querySelectorAll("[data-other]")) {
      [part.textContent, part.dataset.other] = [part.dataset.other, part.textContent];
    }
    show();
  };

  // --- texts as they are compared: small letters, no accents, one width -----------------------
  const LETTERS = { "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ς": "σ" };
  const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[łøđðıßæœþς]/g, (c) => LETTERS[c]);
  const TOKEN = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]+|(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}])[\p{L}\p{N}])+/gu;
  const CJK = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u, LETTER = /[\p{L}\p{N}]/u;
  const tokens = (query) => fold(query).match(TOKEN) || (query.trim() ? [fold(query.trim())] : []);
  // Where a token stands: Chinese anywhere, other words at their beginning.
  const place = (text, token, from = 0) => {
    let at = text.indexOf(token, from);
    if (CJK.test(token) || !LETTER.test(token)) return at;
    while (at > 0 && LETTER.test(text[at - 1]) && !CJK.test(text[at - 1])) at = text.indexOf(token, at + 1);
    return at;
  };
  const has = (text, wanted) => wanted.every((token) => place(text, token) >= 0);

  let folded = null; // made at the first search
  const prepare = () => {
    folded ??= {
      sentences: data.sentences.map(([text]) => fold(text)),
      reports: cards.map((card) => fold([card.querySelector("h3").textContent, card.dataset.names].join(" · "))),
    };
    return folded;
  };

  // The parts of a text that are wanted, from where they begin to where they end in it as it is written.
  const spans = (text, wanted) => {
    const from = [];
    let plain = "", at = 0;
    for (const character of text) {
      const own = fold(character);
      for (let i = 0; i < own.length; i++) from.push(at);
      plain += own;
      at += character.length;
    }
    from.push(at);
    const found = [];
    for (const token of wanted) {
      for (let i = place(plain, token); i >= 0; i = place(plain, token, i + token.length)) {
        let end = i + token.length;
        while (end < from.length - 1 && from[end] === from[end - 1]) end++;
        found.push([from[i], from[end]]);
      }
    }
    return found.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  };
  const marked = (element, text, wanted) => {
    const found = spans(text, wanted);
    let at = 0, end = text.length;
    if (text.length > 3 * AROUND && found.length) {
      at = Math.max(0, found[0][0] - AROUND);
      end = Math.min(text.length, found[0][1] + 2 * AROUND);
      if (at) element.append("…");
    }
    for (const [start, stop] of found) {
      if (start < at || stop > end) continue;
      const mark = document.createElement("mark");
      mark.textContent = text.slice(start, stop);
      element.append(text.slice(at, start), mark);
      at = stop;
    }
    element.append(text.slice(at, end), end < text.length ? "…" : "");
    return element;
  };

  // --- what is shown --------------------------------------------------------------------------
  const element = (tag, className, card) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (card) [made.lang, made.dir] = [card.dataset.language, "auto"];
    return made;
  };
  const link = (report, number, className) => {
    const made = element("a", className, cards[report]);
    made.href = data.reports[report] + ".html" + (number ? "#s-" + number : "");
    return made;
  };
  const titled = (card) => card.querySelector("h3").textContent;
  const byName = (report, wanted) => {
    const item = element("li"), made = link(report, 0, "step");
    item.append(element("p"));
    item.firstChild.append(marked(made, titled(cards[report]), wanted));
    const names = cards[report].dataset.names;
    if (names && !has(fold(titled(cards[report])), wanted)) item.firstChild.append(marked(element("span", "names"), names, wanted));
    return item;
  };
  const bySentence = ([text, places], wanted) => {
    const item = element("li"), where = element("p", "where");
    const rest = places.slice(PLACES);
    const linked = ([report, number], index) => {
      const made = link(report, number, index ? "" : "step");
      made.textContent = titled(cards[report]);
      return made;
    };
    where.append(...places.slice(0, PLACES).map(linked));
    if (rest.length) {
      const button = element("button");
      button.type = "button";
      button.textContent = say("more", { n: rest.length });
      button.addEventListener("click", () => {
        const links = rest.map((at) => linked(at, 1));
        button.replaceWith(...links);
        links[0].focus();
      });
      where.append(button);
    }
    item.append(marked(element("p", "sentence", cards[places[0][0]]), text, wanted), where);
    return item;
  };

  const chosen = () => choices.filter((choice) => choice.value);
  const fits = (card) => chosen().every((choice) => card.dataset[choice.name] === choice.value);
  const matches = (wanted, open) => {
    const { sentences, reports } = prepare();
    const named = [];
    reports.forEach((text, n) => {
      if (open.has(n) && cards[n].querySelector("h3 a") && has(text, wanted)) named.push(() => byName(n, wanted));
    });
    const ours = [], others = []; // those in the language of the page first
    data.sentences.forEach(([text, ...flat], n) => {
      if (!has(sentences[n], wanted)) return;
      const places = [];
      for (let i = 0; i < flat.length; i += 2) if (open.has(flat[i])) places.push([flat[i], flat[i + 1]]);
      if (!places.length) return;
      (cards[places[0][0]].dataset.language === root.lang ? ours : others).push(() => bySentence([text, places], wanted));
    });
    return [named, ours.concat(others)];
  };

  // A list that shows some of what was found, and more when asked.
  const listed = (id, atOnce) => {
    const section = find(id), [list, more] = [section.querySelector("ol"), section.querySelector("button")];
    let waiting = [];
    const next = (number) => {
      const items = waiting.splice(0, number).map((make) => make());
      list.append(...items);
      more.hidden = !waiting.length;
      if (waiting.length) more.textContent = say("more", { n: waiting.length });
      return items;
    };
    more.addEventListener("click", () => next(atOnce * 10)[0].querySelector(".step").focus());
    return (found) => {
      waiting = [...found];
      list.replaceChildren();
      section.hidden = !found.length;
      next(atOnce);
    };
  };
  const showNames = listed("by_title", 6), showSentences = listed("by_sentence", 30);
  const show = () => {
    const query = search.value.trim(), wanted = tokens(query);
    const open = new Set(cards.keys());
    cards.forEach((card, n) => {
      card.hidden = !fits(card);
      if (card.hidden) open.delete(n);
    });
    for (const group of document.querySelectorAll(".group")) {
      group.hidden = !group.querySelector(".entry:not([hidden])");
      const jump = document.querySelector(`.kinds a[href="#${group.getAttribute("aria-labelledby")}"]`);
      if (jump) jump.parentNode.hidden = group.hidden;
    }
    const [named, sentences] = query ? matches(wanted, open) : [[], []];
    const narrowed = chosen().length > 0, some = named.length + sentences.length > 0;
    const numbers = { a: say("count", { n: named.length }), b: say("sentences", { n: sentences.length }) };
    if (query) status.textContent = some ? say("found", numbers) : say(narrowed ? "nothing_here" : "nothing", { q: query });
    else status.textContent = open.size ? say("count", { n: open.size }) : say("nothing_chosen", {});
    find("clear").hidden = !query && !narrowed;
    find("reports").hidden = Boolean(query);
    showNames(named);
    showSentences(sentences);
    const kept = new URLSearchParams([...(query ? [["q", query]] : []), ...chosen().map((c) => [c.name, c.value])]);
    if (root.lang !== first) kept.set("words", root.lang);
    const hash = kept.size ? "#" + kept : "";
    if (hash || location.hash.includes("=")) history.replaceState(null, "", hash || location.pathname + location.search);
  };
  const clear = () => {
    search.value = "";
    for (const choice of choices) choice.value = "";
    show();
    search.focus();
  };

  // --- keys and clicks ------------------------------------------------------------------------
  const step = (by, event) => {
    const stops = [...document.querySelectorAll(".found .step, #reports h3 a")].filter((stop) => stop.checkVisibility());
    const at = stops.indexOf(document.activeElement);
    if (document.activeElement !== search && at < 0) return;
    event.preventDefault();
    (at + by < 0 ? search : stops[Math.min(at + by, stops.length - 1)] || search).focus();
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target.matches("input[type=search], select, textarea");
    if (event.key === "/" && !typing && find("slash").checked) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && event.target === search) {
      search.value = "";
      show();
    } else if (event.key === "ArrowDown") step(1, event);
    else if (event.key === "ArrowUp") step(-1, event);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    document.querySelector(".found .step")?.focus();
  });
  search.addEventListener("input", show);
  for (const choice of choices) choice.addEventListener("change", show);
  find("clear").addEventListener("click", clear);
  find("switch").addEventListener("click", change);

  // --- as it was left: what is searched and chosen stands in the address ----------------------
  const first = root.lang;
  const kept = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  search.value = kept.get("q") || "";
  for (const choice of choices) choice.value = kept.get(choice.name) || "";
  for (const choice of choices) if (choice.selectedIndex < 0) choice.value = "";
  for (const part of [form, status.parentNode, find("switch")]) part.hidden = false;
  if (kept.get("words") === find("switch").lang) change();
  else show();
})();

// Opens a sentence, or a row of a table, to the records behind it. Without it the marks lead to the sources.
(() => {
  "use strict";
  const words = document.body.dataset;
  let box = null;
  let opened = null;
  const make = (tag, name, text) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text) element.textContent = text;
    return element;
  };
  const close = () => {
    if (!box) return;
    const inside = box.contains(document.activeElement);
    box.remove();
    opened.classList.remove("opened");
    if (inside) (opened.querySelector(".marks a") || opened).focus();
    box = opened = null;
  };
  const open = (holder, keyboard) => {
    const same = holder === opened;
    close();
    if (same) return;
    const cards = holder.dataset.records.split(" ").map((id) => document.getElementById("record-" + id.replace(":", "-")));
    const found = cards.filter((card) => card);
    if (!found.length) return;
    opened = holder;
    opened.classList.add("opened");
    box = make("section", "origin");
    box.tabIndex = 0;
    box.setAttribute("aria-label", words.origin);
    const head = make("p", "origin-head", words.origin);
    const button = make("button", "", words.close);
    button.type = "button";
    button.addEventListener("click", close);
    head.append(" ", button);
    box.append(head);
    for (const card of found) {
      const copy = card.cloneNode(true);
      copy.removeAttribute("id");
      const title = make("p", "origin-title");
      title.append(...copy.querySelector("h3").childNodes);
      copy.querySelector("h3").replaceWith(title);
      box.append(copy);
    }
    holder.closest("p, table, .verdict").after(box);
    if (keyboard) box.focus();
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const mark = event.target.closest(".marks a");
    if (link && !mark) return;
    const holder = event.target.closest("[data-records]");
    if (!holder || (!mark && String(document.getSelection()))) return;
    if (mark) event.preventDefault();
    open(holder, mark && event.detail === 0);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  document.documentElement.classList.add("scripted");
})();

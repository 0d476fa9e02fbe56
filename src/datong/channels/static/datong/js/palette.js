"use strict";
// The command palette: Ctrl-K or / opens it, arrows choose, Enter follows.
(() => {
  const palette = document.querySelector("[data-palette]");
  if (!palette) return;
  const input = palette.querySelector("input");
  const results = palette.querySelector("[role=listbox]");
  const items = () => [...results.querySelectorAll("[role=option]")];

  const choose = (item) => {
    items().forEach((other) => other.setAttribute("aria-selected", String(other === item)));
    if (item) {
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const number = () => {
    items().forEach((item, i) => { item.id = `palette-${i}`; });
    choose(items()[0]);
  };
  const show = () => {
    if (palette.open) return;
    palette.showModal();
    input.select();
    number();
    if (window.htmx) window.htmx.trigger(input, "palette-open");
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-search]")) show();
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName) || document.activeElement?.isContentEditable;
    if ((event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing)) {
      event.preventDefault();
      show();
    }
  });
  palette.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.findIndex((item) => item.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") choose(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(all.at(at - 1));
    else if (event.key === "Enter" && all[at]) all[at].click();
    else return;
    event.preventDefault();
  });
  results.addEventListener("htmx:afterSwap", number);
})();

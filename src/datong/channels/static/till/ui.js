// Small parts of the screen: elements, dialogs, notes, words and money as people read them.
export const words = JSON.parse(document.getElementById("till-words").textContent);
export const facts = JSON.parse(document.getElementById("till-facts").textContent);
const lang = document.documentElement.lang || "en";
let money = { currency: "USD", exponent: 2 };

/** A word of the page's language, its {places} filled. */
export const say = (key, given = {}) =>
  (words[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => (name in given ? given[name] : all));

export const useMoney = (market) => (money = market ?? money);
export const exponent = () => money.exponent;
export const currency = () => money.currency;
export const amount = (minor) =>
  new Intl.NumberFormat(lang, { style: "currency", currency: money.currency }).format(minor / 10 ** money.exponent);
export const moment = (ms) =>
  new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" }).format(new Date(ms));
export const named = (thing) => thing.titles?.[lang] || thing.titles?.[lang.split("-")[0]] || thing.title;

/** An element. Keys with `on` are listeners, `data` a map, the others attributes; text is never markup. */
export function h(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "data") Object.assign(made.dataset, value);
    else if (key === "value") made.value = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const button = (label, look, onclick, given = {}) =>
  h("button", { type: "button", class: `button till-button ${look}`, onclick, ...given }, label);

let fields = 0;
/** A labelled field: {row, input, wrong(text)}. */
export function field(label, given = {}, help = "") {
  const id = `f${(fields += 1)}`;
  const input = h("input", { class: "input till-input", id, autocomplete: "off", ...given });
  const error = h("p", { class: "field-error", role: "alert", hidden: true });
  const wrong = (text) => {
    error.textContent = text;
    error.hidden = !text;
    input.toggleAttribute("aria-invalid", Boolean(text));
    if (text) input.setAttribute("aria-invalid", "true");
  };
  const note = help ? h("p", { class: "field-help" }, help) : null;
  return { row: h("div", { class: "field" }, h("label", { class: "field-label", for: id }, label), input, note, error), input, wrong };
}

/** Open a dialog; `build(body, close)` fills it. Resolves with what it was closed with. */
export function ask(title, build) {
  return new Promise((done) => {
    const body = h("div", { class: "dialog-body stack" });
    const head = h("h2", { id: `d${(fields += 1)}` }, title);
    const dialog = h("dialog", { class: "dialog till-dialog", "aria-labelledby": head.id });
    const close = (result) => {
      dialog.close();
      dialog.remove();
      done(result);
    };
    const cross = h("button", { type: "button", class: "button button-quiet till-button", onclick: () => close(null) }, say("close"));
    dialog.append(h("div", { class: "dialog-head" }, head, cross), body);
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close(null);
    });
    document.body.append(dialog);
    build(body, close, dialog);
    dialog.showModal();
    body.querySelector("[autofocus]")?.focus();
  });
}

/** A form in a dialog: what it resolves with is what `send` returns; what it throws is shown and nothing is lost. */
export function form(title, build, label, send) {
  return ask(title, (body, close) => {
    const error = h("p", { class: "problem-text", role: "alert", hidden: true });
    const go = h("button", { type: "submit", class: "button button-primary till-button till-wide" }, label);
    const onsubmit = async (event) => {
      event.preventDefault();
      go.disabled = true;
      error.hidden = true;
      try {
        const result = await send();
        if (result !== undefined) close(result);
      } catch (wrong) {
        error.textContent = wrong.message;
        error.hidden = false;
      } finally {
        go.disabled = false;
      }
    };
    const inside = h("form", { class: "stack", onsubmit });
    build(inside, close);
    inside.append(error, go);
    body.append(inside);
  });
}

export const sure = (title, text, label) =>
  ask(title, (body, close) => {
    body.append(h("p", {}, text), button(label, "button-primary till-wide", () => close(true), { autofocus: true }));
  });

let noted;
export function note(text, wrong = false) {
  const place = document.getElementById("till-said");
  place.textContent = text;
  place.classList.toggle("till-said-wrong", wrong);
  place.hidden = false;
  clearTimeout(noted);
  noted = setTimeout(() => (place.hidden = true), wrong ? 6000 : 3000);
  if (wrong) navigator.vibrate?.(150);
}

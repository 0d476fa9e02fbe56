// The left side: what is sold. What is sold most stands first, then a category or a search.
import * as store from "./store.js";
import { amount, ask, button, exponent, h, named, note, say } from "./ui.js";
import { off } from "./money.js";

const MOST = 120, OFTEN = "";
let shown = OFTEN, counts = {};

export async function loadCounts() {
  counts = (await store.get("counts")) ?? {};
}

export function countSold(lines) {
  for (const line of lines) counts[line.sku] = (counts[line.sku] ?? 0) + line.units;
  return store.put("counts", counts);
}

const top = (category) => category.split("/")[0];

function fitting(items, text) {
  const found = [...items.values()];
  if (text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const said = (item) => [item.sku, item.title, ...Object.values(item.titles), ...Object.keys(item.codes)].join(" ").toLowerCase();
    return found.filter((item) => words.every((word) => said(item).includes(word)));
  }
  if (shown !== OFTEN) return found.filter((item) => top(item.category) === shown);
  const there = (item) => Number(item.free === null || item.free > 0);
  return found.sort((a, b) => (counts[b.sku] ?? 0) - (counts[a.sku] ?? 0) || there(b) - there(a) || (a.sku < b.sku ? -1 : 1));
}

export function draw(items, text, pick) {
  const chips = document.getElementById("till-chips"), grid = document.getElementById("till-goods");
  const names = [...new Set([...items.values()].map((item) => top(item.category)).filter(Boolean))].sort();
  if (shown !== OFTEN && !names.includes(shown)) shown = OFTEN;
  const chip = (name, label) =>
    h("button", { type: "button", class: "button till-chip", "aria-pressed": String(shown === name && !text), onclick: () => {
      shown = name;
      document.getElementById("till-search").value = "";
      draw(items, "", pick);
    } }, label);
  chips.replaceChildren(chip(OFTEN, say("often")), ...names.map((name) => chip(name, name)));
  const found = fitting(items, text);
  const empty = items.size ? say("nothing_fits") : say("no_goods");
  grid.replaceChildren(
    ...(found.length ? found.slice(0, MOST).map((item) => tile(item, pick)) : [h("li", { class: "till-empty" }, empty)]),
  );
}

function tile(item, pick) {
  const less = off(item.off, item.unit_minor, 1);
  const price = h("span", { class: "till-price" }, amount(item.unit_minor - less));
  if (less) price.append(" ", h("s", { class: "muted" }, amount(item.unit_minor)));
  const left = item.free === null ? "" : say("left", { n: item.free });
  const hint = h("span", { class: item.free !== null && item.free <= 0 ? "small problem-text" : "small muted" }, left);
  return h("li", {}, h("button", { type: "button", class: "till-tile", onclick: () => pick(item), data: { sku: item.sku } },
    h("span", { class: "till-name" }, named(item)), price, hint));
}

/** Put an item into the basket, asking for its choices first. */
export async function choose(item, units, basket) {
  if (!item.groups.length) {
    await basket.add(item, units);
    return true;
  }
  const chosen = await choices(item);
  if (!chosen) return false;
  await basket.add(item, units, chosen.map((one) => one.code), chosen.reduce((sum, one) => sum + one.delta_minor, 0),
    chosen.map(named).join(", "));
  return true;
}

function choices(item) {
  return ask(named(item), (body, close) => {
    const taken = new Map(item.groups.map((group) => [group.code, []]));
    const go = button(say("into_basket"), "button-primary till-wide", () => close(item.groups.flatMap((g) => taken.get(g.code))));
    const check = () => (go.disabled = item.groups.some((group) => taken.get(group.code).length < group.least));
    for (const group of item.groups) {
      const range = group.least ? say("choose_least", { n: group.least }) : say("choose_most", { n: group.most });
      const row = h("div", { class: "till-choices" });
      for (const choice of group.choices) {
        const extra = choice.delta_minor ? ` ${choice.delta_minor > 0 ? "+" : ""}${amount(choice.delta_minor)}` : "";
        row.append(h("button", { type: "button", class: "button till-chip", "aria-pressed": "false", onclick: (event) => {
          toggle(taken.get(group.code), choice, group.most);
          for (const [at, one] of group.choices.entries()) {
            row.children[at].setAttribute("aria-pressed", String(taken.get(group.code).includes(one)));
          }
          event.currentTarget.focus();
          check();
        } }, named(choice) + extra));
      }
      body.append(h("fieldset", {}, h("legend", { class: "field-label" }, `${named(group)} · ${range}`), row));
    }
    body.append(go);
    check();
  });
}

function toggle(taken, choice, most) {
  const at = taken.indexOf(choice);
  if (at >= 0) taken.splice(at, 1);
  else {
    if (taken.length >= most) taken.shift();
    taken.push(choice);
  }
}

export const unknown = (code) => note(say("unknown_code", { code, digits: exponent() }), true);

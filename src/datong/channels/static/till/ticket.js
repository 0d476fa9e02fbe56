// The right side: the basket, its sums, and what can be done with it. Total and pay always stand in the same place.
import { amount, ask, button, h, moment, named, note, say } from "./ui.js";
import * as store from "./store.js";

export function draw(basket) {
  const found = basket.reckoned, list = document.getElementById("till-lines");
  const rows = found.lines.map((line) => row(basket, line));
  list.replaceChildren(...(rows.length ? rows : [h("li", { class: "till-empty" }, say("empty_basket"))]));
  const sums = document.getElementById("till-sums"), said = [];
  const promo = found.lines.reduce((sum, line) => sum + line.promo, 0);
  if (promo) said.push([say("promotions"), -promo]);
  if (found.byHand) said.push([say("by_hand"), -found.byHand]);
  if (found.tax) said.push([found.added ? say("tax") : say("tax_in_it"), found.tax]);
  sums.replaceChildren(...said.map(([label, minor]) => h("div", {}, h("dt", {}, label), h("dd", {}, amount(minor)))));
  document.getElementById("till-total").textContent = amount(found.total);
  document.getElementById("till-units").textContent = say("units", { n: basket.units });
  for (const id of ["till-pay", "till-park", "till-clear", "till-discount"]) {
    document.getElementById(id).disabled = !basket.now.lines.length;
  }
  document.getElementById("till-member").textContent = basket.now.member
    ? say("member_is", { number: basket.now.member.number.slice(-4) })
    : say("member");
  return found;
}

function row(basket, line) {
  const less = line.promo ? h("span", { class: "small good-text" }, ` −${amount(line.promo)}`) : null;
  const step = (label, by, text) =>
    h("button", { type: "button", class: "button till-step", "aria-label": `${label}: ${named(line.item)}`,
      onclick: () => change(basket, line.key, line.units + by) }, text);
  const count = h("input", { class: "input till-count", inputmode: "numeric", value: String(line.units),
    "aria-label": `${say("how_many")}: ${named(line.item)}`, onchange: (event) => {
      const units = Number.parseInt(event.target.value, 10);
      change(basket, line.key, Number.isFinite(units) ? units : line.units);
    } });
  return h("li", { class: "till-line", data: { sku: line.sku } },
    h("span", { class: "till-line-name" }, h("span", {}, named(line.item)),
      line.said ? h("span", { class: "small muted" }, line.said) : null,
      h("span", { class: "small muted" }, amount(line.unit), less)),
    h("span", { class: "till-line-units" }, step(say("one_less"), -1, "−"), count, step(say("one_more"), 1, "+")),
    h("span", { class: "till-line-total" }, amount(line.unit * line.units - line.promo)));
}

async function change(basket, key, units) {
  await basket.set(key, units);
  document.dispatchEvent(new Event("till:basket"));
}

/** Baskets that wait while somebody fetches something they forgot. */
export async function parked(basket) {
  const waiting = (await store.all("parked")).sort((a, b) => b.at - a.at);
  if (!waiting.length) return note(say("nothing_parked"));
  return ask(say("parked"), (body, close) => {
    for (const one of waiting) {
      const goods = one.lines.map((line) => `${line.units} × ${named(line.item)}`).join(", ");
      body.append(button(`${moment(one.at)} · ${goods.slice(0, 80)}`, "till-wide till-row", async () => {
        await basket.resume(one.id);
        document.dispatchEvent(new Event("till:basket"));
        close(true);
      }));
    }
  });
}

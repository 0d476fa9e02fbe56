// The receipt: on screen after a sale, on paper by the print style sheet.
import { amount, ask, button, facts, h, moment, named, say } from "./ui.js";
import * as store from "./store.js";

/** What is kept of a sale to print it again. */
export function receiptOf(fact, found, paid, given, change) {
  const lines = found.lines.map((line) => ({
    title: named(line.item), said: line.said, units: line.units, unit: line.unit, discount: line.discount, total: line.total,
  }));
  const { tax, added, total } = found;
  return { id: fact.id, at: Date.now(), by: fact.by, lines, tax, added, total, paid, given, change, number: "" };
}

export function paper(device, receipt) {
  const pair = (label, text, look = "") => h("div", { class: `receipt-pair ${look}` }, h("span", {}, label), h("span", {}, text));
  const goods = receipt.lines.map((line) => h("li", {}, pair(line.title, amount(line.total)),
    h("span", { class: "small" }, `${line.units} × ${amount(line.unit)}${line.discount ? ` − ${amount(line.discount)}` : ""}`,
      line.said ? ` · ${line.said}` : "")));
  return h("div", { class: "receipt" },
    h("p", { class: "receipt-head" }, h("strong", {}, facts.brand), h("span", {}, device.store_name), h("span", {}, device.address)),
    h("p", { class: "small" }, `${moment(receipt.at)} · ${device.name} · ${receipt.by}`),
    h("ul", {}, goods),
    receipt.added ? pair(say("tax"), amount(receipt.added)) : null,
    pair(say("total"), amount(receipt.total), "strong"),
    receipt.paid.map((tender) => pair(say(`paid_${tender.kind}`), amount(tender.amount_minor + (tender.kind === "cash" ? receipt.change : 0)))),
    receipt.change ? pair(say("change"), amount(receipt.change)) : null,
    receipt.added ? null : pair(say("tax_in_it"), amount(receipt.tax), "small"),
    h("p", { class: "small receipt-id" }, receipt.number || receipt.id));
}

export function show(device, receipt, again = false) {
  return ask(say("sold"), (body, close) => {
    if (receipt.change && !again) {
      body.append(h("p", { class: "till-change" }, h("span", {}, say("change")), h("strong", {}, amount(receipt.change))));
    }
    body.append(button(say("next"), "button-primary till-wide", () => close(true), { autofocus: true }),
      button(say("print"), "till-wide", () => print()), paper(device, receipt));
  });
}

export async function latest(device) {
  const found = (await store.all("receipts")).sort((a, b) => b.at - a.at).slice(0, 30);
  const one = await ask(say("receipts"), (body, close) => {
    if (!found.length) body.append(h("p", { class: "muted" }, say("no_receipts")));
    for (const each of found) {
      body.append(button(`${moment(each.at)} · ${amount(each.total)} ${each.number ? `· ${each.number}` : ""}`,
        "till-wide till-row", () => close(each)));
    }
  });
  if (one) await show(device, one, true);
}

// An order of any channel comes back: looked up by its number, given back the way it was paid, or in cash at the counter.
import * as store from "./store.js";
import { state } from "./link.js";
import { minorOf, plain } from "./money.js";
import { pay } from "./pay.js";
import { amount, ask, button, exponent, facts, field, form, h, note, say } from "./ui.js";
import { fact } from "./shift.js";

async function look(number) {
  const asked = new URLSearchParams({ number, store: facts.device.store });
  const response = await fetch(`${facts.order}?${asked}`, { cache: "no-store" });
  const said = await response.json().catch(() => null);
  if (!response.ok) throw new Error(said?.detail ?? say("no_order"));
  return said;
}

export async function giveBack(shift, tell) {
  if (!state.online) return ask(say("return"), (body) => body.append(h("p", {}, say("return_offline"))));
  const number = field(say("order_number"), { autofocus: true, maxlength: 40 }, say("order_number_help"));
  const order = await form(say("return"), (body) => body.append(number.row), say("look"), () => look(number.input.value.trim()));
  if (!order) return undefined;
  const sum = field(say("sum"), { inputmode: "decimal", value: plain(order.left_minor, exponent()) }, say("sum_to", { most: amount(order.left_minor) }));
  const why = field(say("reason"), { maxlength: 200, autofocus: true });
  const cash = h("input", { type: "checkbox", checked: order.counter });
  const done = await form(order.number, (body) => {
    body.append(h("ul", {}, order.lines.map((line) => h("li", { class: "till-row-plain" }, h("span", {}, `${line.units} × ${line.title}`), h("span", {}, amount(line.total_minor))))), sum.row, why.row);
    body.append(order.counter ? h("label", { class: "check till-check" }, cash, say("in_cash")) : h("p", { class: "muted" }, say("as_paid", { how: order.how })));
  }, say("give_back"), async () => {
    const minor = minorOf(sum.input.value, exponent());
    if (!minor || minor > order.left_minor) throw new Error(say("sum_to", { most: amount(order.left_minor) }));
    if (!why.input.value.trim()) throw new Error(say("no_reason"));
    const back = { number: order.number, amount_minor: minor, reason: why.input.value.trim(), cash: order.counter && cash.checked };
    await store.save("queue", fact("return", back, shift));
    return true;
  });
  if (done) note(say("given_back"));
  return tell();
}

/** Click and collect: what is still open is paid at the counter, then it is the customer's. */
export async function handOver(shift, tell) {
  if (!state.online) return ask(say("hand_over"), (body) => body.append(h("p", {}, say("hand_over_offline"))));
  const number = field(say("order_number"), { autofocus: true, maxlength: 40 }, say("hand_over_help"));
  const order = await form(say("hand_over"), (body) => body.append(number.row), say("look"), async () => {
    const found = await look(number.input.value.trim());
    if (!found.waits) throw new Error(say("not_here"));
    if (found.due_minor && !found.counter) throw new Error(say("not_paid_yet"));
    return found;
  });
  if (!order) return undefined;
  const goods = order.lines.map((line) => h("li", { class: "till-row-plain" }, h("span", {}, `${line.units} × ${line.title}`), h("span", {}, amount(line.total_minor))));
  const go = await ask(order.number, (body, close) => body.append(h("ul", {}, goods),
    h("p", { class: "till-due" }, h("span", {}, say("due")), h("strong", {}, amount(order.due_minor))),
    button(say(order.due_minor ? "pay" : "hand_over_do"), "button-primary till-wide", () => close(true), { autofocus: true })));
  if (!go) return undefined;
  const settled = order.due_minor ? await pay(null, { total: order.due_minor }) : { tenders: [], change: 0 };
  if (!settled) return undefined;
  await store.save("queue", fact("handed_over", { number: order.number, tenders: settled.tenders }, shift));
  note(settled.change ? `${say("handed")} ${say("change")}: ${amount(settled.change)}` : say("handed"));
  return tell();
}

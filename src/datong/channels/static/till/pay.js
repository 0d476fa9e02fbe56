// Paying: cash with change, the card terminal, what a member has, a voucher; any of them together.
import { call, state } from "./link.js";
import { change, minorOf, plain } from "./money.js";
import { amount, ask, button, currency, exponent, facts, field, form, h, say } from "./ui.js";
import { camera } from "./camera.js";

const NOTES = [1, 5, 10, 20, 50, 100, 200, 500, 1000];

/** Amounts a customer is likely to hand over: the exact one, and what the next notes come to. */
export function likely(due) {
  const unit = 10 ** exponent();
  const rounded = NOTES.map((note) => Math.ceil(due / (note * unit)) * note * unit);
  return [...new Set([due, ...rounded])].slice(0, 5);
}

/** Resolves with {tenders, given, change} once the basket is covered; null when somebody turned back. */
export function pay(basket, found) {
  const paid = [];
  const due = () => found.total - paid.reduce((sum, tender) => sum + tender.amount_minor, 0);
  return ask(say("pay"), (body, close) => {
    const draw = () => body.replaceChildren(...screen(basket, found, paid, due(), draw, close));
    draw();
  });
}

function screen(basket, found, paid, due, draw, close) {
  const add = (tender) => {
    if (tender) paid.push(tender);
    const open = found.total - paid.reduce((sum, each) => sum + each.amount_minor, 0);
    if (tender && open <= 0) finish(basket, found, paid, draw, close);
    else draw();
  };
  const done = paid.map((tender, at) => h("li", { class: "till-row-plain" },
    h("span", {}, say(`paid_${tender.kind}`)), h("span", {}, amount(tender.amount_minor)),
    button(say("take_off"), "button-quiet", () => (paid.splice(at, 1), draw()))));
  const has = (kind) => paid.some((tender) => tender.kind === kind);
  const cash = h("div", { class: "till-choices" }, likely(due).map((minor) =>
    button(amount(minor), "till-cash", () => add(cashOf(minor, due)))));
  return [
    h("p", { class: "till-due" }, h("span", {}, say("due")), h("strong", {}, amount(due))),
    done.length ? h("ul", {}, done) : null,
    due > 0 ? h("p", { class: "field-label" }, say("cash")) : null,
    due > 0 ? cash : null,
    due > 0 ? cashField(due, add) : null,
    due > 0 ? button(say("terminal"), "till-wide", async () => add(await terminal(due))) : null,
    basket && due > 0 && !has("wallet") ? button(say("wallet"), "till-wide", async () => add(await wallet(due, basket))) : null,
    basket && due > 0 && state.online && !has("voucher") ? button(say("voucher"), "till-wide", async () => add(await voucher(due, basket, found))) : null,
    due <= 0 ? button(say("finish"), "button-primary till-wide", () => finish(basket, found, paid, draw, close)) : null,
  ].filter(Boolean);
}

const cashOf = (given, due) => ({ kind: "cash", amount_minor: Math.min(given, due), given });

function cashField(due, add) {
  const typed = field(say("cash_given"), { inputmode: "decimal", placeholder: plain(due, exponent()) });
  const onsubmit = (event) => {
    event.preventDefault();
    const minor = minorOf(typed.input.value || plain(due, exponent()), exponent());
    if (!minor) return typed.wrong(say("no_amount", { digits: exponent() }));
    return add(cashOf(minor, due));
  };
  return h("form", { class: "till-inline", onsubmit }, typed.row, h("button", { class: "button till-button" }, say("take_cash")));
}

/** A sum up to what is due, typed or left as it is. */
function sumField(due) {
  const sum = field(say("sum"), { inputmode: "decimal", value: plain(due, exponent()) });
  return { ...sum, read() {
    const minor = minorOf(sum.input.value, exponent());
    if (!minor || minor > due) throw new Error(say("sum_to", { most: amount(due) }));
    return minor;
  } };
}

/** Paid on a card terminal beside the till: what it printed is written down. */
function terminal(due) {
  const sum = sumField(due);
  const slip = field(say("slip"), { maxlength: 60, autofocus: true }, say("slip_help"));
  return form(say("terminal"), (body) => body.append(h("p", { class: "muted" }, say("terminal_help")), sum.row, slip.row),
    say("terminal_done"), () => ({ kind: "terminal", amount_minor: sum.read(), reference: slip.input.value.trim() }));
}

/** The member's turning code. With network it is taken when the sale ends; without, up to the brand's limit. */
function wallet(due, basket) {
  if (!state.online && !facts.offline_limit) return refuse(say("wallet_offline_none"));
  const most = state.online ? due : Math.min(due, facts.offline_limit);
  if (!state.online && basket.reckoned.total > facts.offline_limit) {
    return refuse(say("wallet_offline_limit", { most: amount(facts.offline_limit) }));
  }
  const sum = sumField(most);
  const code = field(say("member_code"), { autofocus: true, maxlength: 120 }, say("member_code_help"));
  return form(say("wallet"), (body) => body.append(code.row, button(say("camera"), "till-wide", async () => {
    code.input.value = (await camera()) ?? code.input.value;
  }), sum.row), say("use_it"), () => {
    if (!code.input.value.trim()) throw new Error(say("no_code"));
    return { kind: "wallet", amount_minor: sum.read(), code: code.input.value.trim() };
  });
}

function voucher(due, basket, found) {
  const code = field(say("voucher_code"), { autofocus: true, maxlength: 60 });
  return form(say("voucher"), (body) => body.append(code.row), say("use_it"), async () => {
    const skus = basket.now.lines.map((line) => line.sku);
    const asked = { code: code.input.value.trim(), store: facts.device.store, total_minor: found.total, units: basket.units, skus };
    const told = await call("POST", "/vouchers/check", asked);
    if (told.value_minor <= 0) throw new Error(say("voucher_nothing"));
    return { kind: "voucher", amount_minor: Math.min(told.value_minor, due), code: asked.code };
  });
}

const refuse = (text) => ask(say("wallet"), (body) => body.append(h("p", {}, text))).then(() => null);

/** What the member pays is taken first; only then the sale is one. */
async function finish(basket, found, paid, draw, close) {
  try {
    const tenders = await settled(basket, found, paid);
    const given = paid.reduce((sum, tender) => sum + (tender.given ?? 0), 0);
    const cash = paid.reduce((sum, tender) => sum + (tender.kind === "cash" ? tender.amount_minor : 0), 0);
    close({ tenders, given, change: change(given, cash) });
  } catch (error) {
    const at = paid.findIndex((tender) => tender.kind === "wallet");
    if (at >= 0) paid.splice(at, 1);
    await ask(say("not_taken"), (body) => body.append(h("p", { role: "alert" }, error.message)));
    draw();
  }
}

async function settled(basket, found, paid) {
  const ours = paid.filter((tender) => tender.kind === "cash" || tender.kind === "terminal");
  const plainly = ours.map(({ kind, amount_minor, reference }) => ({ kind, amount_minor, reference: reference ?? "" }));
  const shown = paid.find((tender) => tender.kind === "wallet"), coupon = paid.find((tender) => tender.kind === "voucher");
  if (!shown && !coupon) return plainly;
  const rest = [shown, coupon].reduce((sum, tender) => sum + (tender?.amount_minor ?? 0), 0);
  if (!state.online) return [...plainly, { kind: "wallet", amount_minor: rest, code: shown.code }];
  const tenders = ours.map((tender, n) => tender.kind === "cash"
    ? { kind: "cash", amount_minor: tender.amount_minor }
    : { kind: "provider", name: "terminal", ref: tender.reference || `${basket.now.id}-${n}`, amount_minor: tender.amount_minor });
  const made = await call("POST", "/wallet/payments", {
    amount_minor: found.total, currency: currency(), code: shown?.code ?? "", tenders, store: facts.device.store,
    vouchers: coupon ? [coupon.code] : [],
    basket: { total_minor: found.total, units: basket.units, skus: basket.now.lines.map((line) => line.sku) },
  }, { "Idempotency-Key": encodeURIComponent([basket.now.id, found.total, shown?.code, coupon?.code].join(" ")).slice(0, 140) });
  return [...plainly, { kind: "wallet", amount_minor: rest, payment_id: made.id }];
}

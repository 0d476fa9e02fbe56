// The till: starts, hears the scanner, draws, sells, tells the server.
import * as store from "./store.js";
import { call, countWaiting, onChange, refresh, send, state } from "./link.js";
import { Basket } from "./basket.js";
import { find, listen } from "./scan.js";
import * as goods from "./goods.js";
import * as ticket from "./ticket.js";
import * as receipts from "./receipt.js";
import * as shifts from "./shift.js";
import { pay } from "./pay.js";
import { camera } from "./camera.js";
import { member } from "./member.js";
import { discount } from "./discount.js";
import * as orders from "./orders.js";
import { setup } from "./setup.js";
import { ask, button, facts, h, note, say, sure, useMoney } from "./ui.js";

const SEND_MS = 15_000, REFRESH_MS = 600_000, QUOTE_MS = 250;
const at = (id) => document.getElementById(id);
let basket, items, device, shift, quoting, idle = false;

async function load() {
  items = new Map((await store.all("items")).map((item) => [item.sku, item]));
  const market = await store.get("market");
  useMoney(market);
  if (basket) [basket.items, basket.market] = [items, market ?? basket.market];
  return market;
}

function draw() {
  ticket.draw(basket);
  at("till-shift").textContent = shift ? say("shift_of", { name: shift.name ?? shift.by }) : say("no_shift");
}

const drawGoods = () => goods.draw(items, at("till-search").value.trim(), pick);

async function pick(item, units = 1) {
  if (await goods.choose(item, units, basket)) changed();
}

function changed() {
  draw();
  clearTimeout(quoting);
  if (state.online && basket.now.lines.length) quoting = setTimeout(quote, QUOTE_MS);
}

/** With network the server prices the whole basket: promotions over several lines, the member's own prices. */
async function quote() {
  const mark = basket.mark;
  const lines = basket.now.lines.map(({ sku, units, options }) => ({ sku, units, options }));
  try {
    const told = await call("POST", "/till/quote", { lines, member: basket.now.member?.number ?? "" });
    if (basket.mark !== mark) return;
    const other = told.lines.some((line, n) => !line.problem && line.unit_minor !== basket.reckoned.lines[n].unit);
    basket.quote = { mark, lines: told.lines };
    draw();
    if (other) learn();
  } catch {
    // without it the till reckons by itself, and what the customer sees stands
  }
}

async function sell() {
  if (!basket.now.lines.length) return;
  if (!shift) await openShift();
  if (!shift) return;
  const mark = basket.mark, found = basket.reckoned;
  const settled = await pay(basket, found);
  if (!settled) return;
  const { note: words, member: who, approved } = basket.now;
  const lines = found.lines.map((line) => ({
    sku: line.sku, title: line.item.title, units: line.units, unit_minor: line.unit, discount_minor: line.discount, options: line.options,
  }));
  const body = { lines, total_minor: found.total, tax_added_minor: found.added, tenders: settled.tenders,
    member: who?.number ?? "", note: words, by_hand_minor: found.byHand, approved };
  const fact = shifts.fact("sale", body, shift);
  const receipt = await basket.sell(fact, receipts.receiptOf(fact, found, settled.tenders, settled.given, settled.change));
  if (!receipt) return note(say("sold_elsewhere"), true), draw();
  if (mark) await goods.countSold(lines);
  draw();
  tell();
  await receipts.show(device, receipt);
  at("till-search").focus({ preventScroll: true });
}

async function openShift() {
  shift = (await shifts.open()) ?? shift;
  draw();
  tell();
}

async function shiftMenu() {
  if (!shift) return openShift();
  const chosen = await ask(say("shift"), (body, close) => {
    for (const what of ["drawer", "close_shift"]) body.append(button(say(what), "till-wide", () => close(what)));
  });
  if (chosen === "drawer") await shifts.cash(shift);
  if (chosen === "close_shift" && (await shifts.close(shift))) shift = undefined;
  draw();
  return tell();
}

async function heard(code) {
  const found = find(items, code);
  if (found) return pick(found.item, found.units);
  if (/^(DT1:|\d{10,})/.test(code)) return useMember(code);
  return goods.unknown(code);
}

async function useMember(code) {
  const found = await member(code, basket.now.member);
  if (found === undefined) return;
  basket.now.member = found;
  await basket.save();
  changed();
}

async function tell() {
  if (idle) return;
  await countWaiting();
  try {
    await send();
  } catch {
    // it waits, and is told again
  }
}

async function learn() {
  if (idle) return;
  try {
    if (await refresh()) {
      await load();
      drawGoods();
      draw();
    }
  } catch {
    // what is known goes on being sold
  }
}

async function status() {
  const text = state.revoked ? say("revoked") : state.online ? say("online") : say("offline");
  const waits = state.waiting ? say("waiting", { n: state.waiting }) : "";
  at("till-status").textContent = waits ? `${text} · ${waits}` : text;
  at("till-status").dataset.state = state.revoked ? "problem" : state.online ? "good" : "waiting";
}

async function trouble() {
  const found = (await store.all("trouble")).sort((a, b) => b.at - a.at);
  await ask(say("state"), (body, close) => {
    body.append(h("p", {}, at("till-status").textContent), button(say("send_now"), "till-wide", () => (tell(), learn(), close())));
    if (found.length) body.append(h("h3", {}, say("refused")), h("p", { class: "muted" }, say("refused_help")));
    body.append(h("ul", { class: "stack-2" }, found.slice(0, 20).map((one) => h("li", {}, `${say(one.fact?.kind ?? "sale")}: ${one.problems.map((p) => p.fix).join("; ")}`))));
  });
}

const MENU = {
  parked: () => ticket.parked(basket),
  receipts: () => receipts.latest(device),
  return: () => orders.giveBack(shift, tell),
  hand_over: () => orders.handOver(shift, tell),
  camera: async () => {
    const code = await camera();
    if (code) await heard(code);
  },
  state: trouble,
  leave: () => location.assign(facts.console),
};

async function menu() {
  const chosen = await ask(say("menu"), (body, close) => {
    for (const what of Object.keys(MENU)) body.append(button(say(what), "till-wide", () => close(what)));
  });
  if (chosen) await MENU[chosen]();
}

function wire() {
  listen((code) => heard(code).catch((error) => note(error.message, true)));
  at("till-search").addEventListener("input", drawGoods);
  const on = (id, work) => at(id).addEventListener("click", () => work().catch((error) => note(error.message, true)));
  on("till-pay", sell);
  on("till-park", async () => (await basket.park(), changed()));
  on("till-clear", async () => {
    if (await sure(say("clear"), say("clear_sure"), say("clear"))) await basket.clear();
    changed();
  });
  on("till-member", () => useMember(""));
  on("till-discount", async () => (await discount(basket)) && changed());
  on("till-shift", shiftMenu);
  on("till-menu", menu);
  on("till-status", trouble);
  on("till-turn", async () => at("till").toggleAttribute("data-basket"));
  document.addEventListener("till:basket", changed);
  onChange(status);
  addEventListener("online", () => (tell(), learn()));
  addEventListener("offline", () => ((state.online = false), status()));
  document.addEventListener("visibilitychange", () => document.hidden || tell());
  setInterval(tell, SEND_MS);
  setInterval(learn, REFRESH_MS);
}

/** One tab sells; another says so, and can take over. */
function alone(begin) {
  const hold = (options) => navigator.locks.request("till-screen", options, async (lock) => {
    if (!lock) return elsewhere();
    await begin();
    return new Promise(() => {});
  }).catch(elsewhere);
  const elsewhere = () => {
    idle = true;
    at("till").replaceChildren(h("div", { class: "till-note stack" }, h("h1", {}, say("open_elsewhere")), h("p", {}, say("open_elsewhere_help")),
      button(say("use_here"), "button-primary till-wide", async () => {
        await navigator.locks.request("till-screen", { steal: true }, async () => {});
        location.reload();
      })));
  };
  return hold({ ifAvailable: true });
}

async function begin() {
  device = await store.get("device");
  if (!device) {
    device = await setup(at("till"));
    return location.replace(facts.here);
  }
  facts.device = device;
  document.title = `${device.name} · ${device.store_name}`;
  at("till-name").textContent = `${device.store_name} · ${device.name}`;
  await goods.loadCounts();
  shift = await store.get("shift");
  if (!(await load())) await learn();
  basket = new Basket(items, (await load()) ?? { inclusive: true, byLine: true, exponent: 2, currency: facts.currency });
  await basket.load();
  wire();
  drawGoods();
  changed();
  status();
  at("till").dataset.ready = "yes";
  tell();
  return learn();
}

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register(facts.worker, { scope: facts.here }).then(() => navigator.serviceWorker.ready)
    .then(() => (document.documentElement.dataset.offline = "ready"), () => {});
}
navigator.storage?.persist?.().catch(() => {});
alone(begin);

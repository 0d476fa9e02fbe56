// The courier's phone: one card, one big button, the map above, the next stops below; works without network.
import * as keep from "./keep.js";
import { act, count, fetchRound, onChange, send, state, tellPlace } from "./link.js";
import { failure, proof, whichBag } from "./proof.js";
import { amount, ask, button, facts, h, note, say, sure, useMoney } from "../till/ui.js";

const REFRESH_MS = 20_000, PLACE_MS = 15_000;
const at = (id) => document.getElementById(id);
const lang = document.documentElement.lang || "en";
const clock = (iso) => new Intl.DateTimeFormat(lang, { timeStyle: "short" }).format(new Date(iso));
let round = null, place = null, watching = null, toldPlace = 0;

const underWay = () => round?.stops.some((stop) => stop.kind === "drop" && !round.stops.some((other) => other.task === stop.task && other.kind === "pickup"));

function draw() {
  drawStatus();
  const duty = at("courier-duty");
  duty.hidden = !round?.courier;
  duty.textContent = round?.courier?.on_duty ? say("on_duty") : say("go_on");
  const [stop, ...rest] = round?.stops ?? [];
  const map = at("courier-map");
  if (map.dataset.shown !== (round?.map ?? "")) {
    map.innerHTML = round?.map ?? "";
    map.dataset.shown = round?.map ?? "";
    document.dispatchEvent(new Event("datong:maps"));
  }
  at("courier-card").replaceChildren(...(stop ? card(stop) : [h("p", {}, empty())]), ...owes());
  at("courier-foot").replaceChildren(...(stop ? buttons(stop) : []));
  list(at("courier-next"), say("next"), rest.map((each) => h("li", {}, h("span", {}, say(each.kind, { name: each.name }), " · ", each.address), due(each))));
  list(at("courier-open"), say("open"), (round?.open ?? []).map((each) => h("li", {}, h("span", {}, each.number, each.metres ? ` · ${say("metres", { n: each.metres })}` : ""),
    button(say("take"), "", () => take(each)))));
  track();
}

const empty = () => (!round ? say("nothing") : !round.courier ? say("no_courier") : round.courier.on_duty ? say("nothing") : say("nothing_off"));
const owes = () => (round?.courier?.owes ? [h("p", { class: "muted" }, say("owes", { amount: amount(round.courier.owes) }))] : []);

function list(where, title, rows) {
  where.replaceChildren(...(rows.length ? [h("h2", {}, title), h("ul", {}, rows)] : []));
}

function due(stop) {
  if (!stop.due_at) return h("span", {});
  const late = new Date(stop.due_at) < new Date();
  return h("span", { class: late ? "courier-due courier-late" : "courier-due" }, say(late ? "late" : "by", { time: clock(stop.due_at) }));
}

function card(stop) {
  const goods = stop.goods.map((line) => h("li", {}, `${line.units} × ${line.title}${line.options ? ` (${line.options})` : ""}`));
  const links = h("div", { class: "courier-links" });
  const goal = stop.lat === null ? encodeURIComponent(stop.address) : `${stop.lat},${stop.lon}`;
  links.append(h("a", { class: "button till-button", href: `https://www.google.com/maps/dir/?api=1&destination=${goal}`, target: "_blank", rel: "noopener noreferrer" }, say("navigate")));
  if (stop.phone) links.append(h("a", { class: "button till-button", href: `tel:${stop.phone}` }, say("call")));
  return [
    h("h2", {}, say(stop.kind, { name: stop.name })),
    h("p", { class: "courier-address" }, stop.address),
    h("p", {}, stop.number, stop.calling ? ` · ${say("called", { n: stop.calling })}` : "", " ", due(stop)),
    stop.again ? h("p", { class: "courier-late" }, say("again", { n: stop.attempts + 1 })) : null,
    stop.kind === "drop" && stop.due_minor ? h("p", { class: "courier-cash" }, say("collect", { amount: amount(stop.due_minor) })) : null,
    stop.remark ? h("p", {}, stop.remark) : null,
    h("ul", {}, goods), links,
  ].filter(Boolean);
}

function buttons(stop) {
  const go = (label, work) => button(label, "button-primary courier-go", () => work(stop).catch((error) => note(error.message, true)));
  if (stop.kind === "pickup") return stop.ready ? [go(say("scan"), pickUp)] : [h("p", { role: "status" }, say("not_ready"))];
  if (stop.kind === "return") return [go(say("returned"), giveBack)];
  return [button(say("failed"), "till-wide", () => fail(stop)), go(say("give"), deliver)];
}

/** Change the round as the act will, keep both, tell it. */
async function done(kind, stop, body, change) {
  const next = { ...round, stops: change(round.stops) };
  await act(kind, stop.task, body, next);
  round = next;
  draw();
  note(say("told"));
  tell();
}

const without = (stop) => (stops) => stops.filter((each) => each.task !== stop.task || each.kind !== stop.kind);

async function pickUp(stop) {
  const scan = await whichBag(stop);
  if (scan) await done("picked_up", stop, { scan }, without(stop));
}

async function deliver(stop) {
  const body = await proof(stop);
  if (!body) return;
  if (body.cash_minor) round = { ...round, courier: { ...round.courier, owes: round.courier.owes + body.cash_minor } };
  await done("delivered", stop, body, without(stop));
}

async function fail(stop) {
  const body = await failure();
  if (!body) return;
  const back = body.next === "return" || stop.attempts >= 2 || ["refused_by_customer", "damaged"].includes(body.reason);
  const later = (stops) => [...without(stop)(stops), { ...stop, kind: back ? "return" : "drop", again: !back, attempts: stop.attempts + 1 }];
  await done("failed", stop, body, later);
}

const giveBack = (stop) => done("returned", stop, {}, without(stop));

async function take(each) {
  await act("take", each.task, {}, { ...round, open: round.open.filter((one) => one !== each) });
  await tell();
}

async function duty() {
  if (!round?.courier) return;
  const on = !round.courier.on_duty;
  if (!on && !(await sure(say("go_off"), say("go_off_help"), say("go_off")))) return;
  const next = { ...round, courier: { ...round.courier, on_duty: on } };
  await act(on ? "on_duty" : "off_duty", null, {}, next);
  round = next;
  draw();
  tell();
}

async function tell() {
  try {
    const refused = await send();
    for (const each of refused) note(`${say("refused")}: ${said(each)}`, true);
    const fresh = await fetchRound(place);
    if (fresh) {
      round = fresh;
      useMoney({ currency: fresh.currency ?? "USD", exponent: digits(fresh.currency) });
      await keep.together(["kept"], ({ kept }) => void kept.put(fresh, "round"));
    }
  } catch {
    // it waits, and is told again
  }
  draw();
}

const digits = (currency) => new Intl.NumberFormat("en", { style: "currency", currency: currency ?? "USD" }).resolvedOptions().maximumFractionDigits;
const KNOWN = ["conflict", "wrong_code", "too_many_tries", "not_paid"];
const said = (each) => (KNOWN.includes(each.problem?.code) ? say(each.problem.code) : each.problem?.fix ?? "");

function drawStatus() {
  const waits = state.waiting ? ` · ${say("waiting", { n: state.waiting })}` : "";
  at("courier-status").textContent = (state.online ? say("online") : say("offline")) + waits;
  at("courier-status").dataset.state = state.online && !state.waiting ? "good" : "waiting";
}

async function trouble() {
  const found = (await keep.all("trouble")).sort((a, b) => b.told_at - a.told_at);
  await ask(say("state"), (body, close) => {
    body.append(h("p", {}, at("courier-status").textContent), button(say("send_now"), "till-wide", () => (tell(), close())));
    body.append(h("h3", {}, say("refused")), h("p", { class: "muted" }, found.length ? say("refused_help") : say("no_trouble")));
    const name = { picked_up: "picked", on_duty: "on_duty", off_duty: "off_duty" };
    body.append(h("ul", { class: "stack-2" }, found.slice(0, 20).map((one) => h("li", {}, `${say(name[one.kind] ?? one.kind)}: ${said(one)}`))));
  });
}

/** The phone's place is watched and told only while something is under way. */
function track() {
  if (!navigator.geolocation) return;
  if (!underWay()) {
    if (watching !== null) navigator.geolocation.clearWatch(watching);
    watching = null;
    return;
  }
  watching ??= navigator.geolocation.watchPosition(async ({ coords }) => {
    place = { lon: coords.longitude, lat: coords.latitude };
    if (!state.online || !underWay() || Date.now() - toldPlace < PLACE_MS) return;
    toldPlace = Date.now();
    await tellPlace(place);
  }, () => {}, { enableHighAccuracy: true, maximumAge: PLACE_MS });
}

async function begin() {
  round = (await keep.get("round")) ?? null;
  useMoney({ currency: round?.currency ?? "USD", exponent: digits(round?.currency) });
  onChange(drawStatus);
  await count();
  at("courier-status").addEventListener("click", trouble);
  at("courier-duty").addEventListener("click", duty);
  addEventListener("online", () => ((state.online = true), tell()));
  addEventListener("offline", () => ((state.online = false), drawStatus()));
  document.addEventListener("visibilitychange", () => document.hidden || tell());
  setInterval(tell, REFRESH_MS);
  draw();
  at("courier").dataset.ready = "yes";
  return tell();
}

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register(facts.worker, { scope: facts.here }).then(() => navigator.serviceWorker.ready)
    .then(() => (document.documentElement.dataset.offline = "ready"), () => {});
}
navigator.storage?.persist?.().catch(() => {});
begin();

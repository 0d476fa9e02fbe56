// To the server and back: what the till sells, what a basket costs, what happened. Everything here may fail.
import * as store from "./store.js";

const BATCH = 40, PATIENCE_MS = 12_000, KEPT_TROUBLE = 50;
const listeners = new Set();
let sending;
export const state = { online: navigator.onLine, waiting: 0, revoked: false };

export const onChange = (heard) => listeners.add(heard);
function tell(news) {
  Object.assign(state, news);
  for (const heard of listeners) heard(state);
}

export class Refusal extends Error {
  constructor(status, said) {
    super(said?.problems?.[0]?.fix || said?.detail || said?.title || String(status));
    this.status = status;
    this.problems = said?.problems ?? [];
    this.code = this.problems[0]?.code ?? said?.code ?? "";
  }
}

/** One call of the API with the till's key. Throws Refusal for a refusal, TypeError without network. */
export async function call(method, path, body, headers = {}) {
  const device = await store.get("device");
  const signal = AbortSignal.timeout(PATIENCE_MS);
  let response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method, signal, cache: "no-store", credentials: "omit",
      headers: { Authorization: `Bearer ${device.key}`, "Content-Type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    tell({ online: false });
    throw error;
  }
  if (response.status === 401) tell({ online: true, revoked: true });
  else if (response.status < 500) tell({ online: true, revoked: false });
  const said = await response.json().catch(() => null);
  if (!response.ok) throw new Refusal(response.status, said);
  return said;
}

/** What changed of what the till sells. True when something did. */
export async function refresh() {
  const market = await store.get("market");
  const told = await call("GET", `/till/snapshot?known=${encodeURIComponent(market?.version ?? "")}`);
  await store.together(["kept", "items"], ({ kept, items }) => {
    if (!told.since) items.clear();
    for (const item of told.items) items.put(item);
    for (const sku of told.gone) items.delete(sku);
    const { version, at, currency, exponent } = told;
    const taxed = { inclusive: told.tax_inclusive, byLine: told.tax_by_line };
    kept.put({ version, at, currency, exponent, ...taxed }, "market");
  });
  return !told.since || told.items.length + told.gone.length > 0;
}

export async function countWaiting() {
  tell({ waiting: await store.count("queue") });
}

/** Tell what waits, the oldest first. One tab of the device at a time; the server takes each fact once all the same. */
export function send() {
  sending ??= navigator.locks.request("till-send", sendAll).finally(() => (sending = undefined));
  return sending.finally(countWaiting);
}

/** A message that the server cannot digest waits; it never holds up the others. */
async function sendAll() {
  const stuck = new Set();
  let size = BATCH;
  for (let round = 0; round < 500; round += 1) {
    const waiting = (await store.all("queue")).filter((fact) => !stuck.has(fact.id)).sort((a, b) => (a.id < b.id ? -1 : 1));
    const facts = waiting.slice(0, size);
    if (!facts.length) break;
    try {
      const told = await call("POST", "/till/facts", { sent_at: new Date().toISOString(), facts });
      await forget(told.results, new Map(facts.map((fact) => [fact.id, fact])));
    } catch (error) {
      if (!(error instanceof Refusal) || (error.status !== 422 && error.status < 500)) throw error;
      if (facts.length === 1) stuck.add(facts[0].id);
      size = 1;
    }
  }
}

async function forget(results, facts) {
  await store.together(["queue", "trouble", "receipts"], async ({ queue, trouble, receipts }, answer) => {
    for (const each of results) {
      queue.delete(each.id);
      if (each.state === "refused") trouble.put({ ...each, fact: facts.get(each.id), at: Date.now() });
      const receipt = await answer(receipts.get(each.id));
      if (receipt && each.number) receipts.put({ ...receipt, number: each.number });
    }
    const old = await answer(trouble.getAllKeys());
    for (const id of old.slice(0, Math.max(0, old.length - KEPT_TROUBLE))) trouble.delete(id);
  });
}

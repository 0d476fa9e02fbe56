// To the server and back. Acts are told in the order they happened; each is taken once by its id, so telling twice is safe.
import * as keep from "./keep.js";
import { facts } from "../till/ui.js";

const PATIENCE_MS = 15_000;
export const state = { online: navigator.onLine, waiting: 0 };
let heard = () => {};
let sending;
export const onChange = (listener) => (heard = listener);

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS), ...options });
  } catch (error) {
    state.online = false;
    heard();
    throw error;
  }
  state.online = response.status < 500;
  if (response.redirected || !response.headers.get("Content-Type")?.includes("json")) throw new Error("log in again");
  return { status: response.status, said: await response.json() };
}

const post = (path, body) =>
  call(path, { method: "POST", headers: { "X-CSRFToken": facts.csrf, "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** The round as the server has it; null while acts of ours are not told yet, for then ours is newer. */
export async function fetchRound(place) {
  if (state.waiting) return null;
  const where = place ? `?lon=${place.lon}&lat=${place.lat}` : "";
  const { status, said } = await call(facts.round + where);
  return status === 200 && !state.waiting ? said : null;
}

/** Keep an act together with the round as it is after it. */
export async function act(kind, task, body, round) {
  const made = { id: keep.uuid7(), kind, task, at: new Date().toISOString(), body };
  await keep.together(["queue", "kept"], ({ queue, kept }) => {
    queue.add(made);
    kept.put(round, "round");
  });
  await count();
}

export async function count() {
  state.waiting = (await keep.all("queue")).length;
  heard();
}

/** Tell what waits, the oldest first; one tab of the phone at a time. Resolves with the refused ones. */
export function send() {
  sending ??= navigator.locks.request("courier-send", sendAll).finally(() => (sending = undefined));
  return sending.finally(count);
}

async function sendAll() {
  const refused = [];
  for (let round = 0; round < 500; round += 1) {
    const [next] = (await keep.all("queue")).sort((a, b) => (a.id < b.id ? -1 : 1));
    if (!next) break;
    const { status, said } = await post(facts.acts, { sent_at: new Date().toISOString(), acts: [next] });
    if (status >= 500 || status === 403 || status === 404) break;
    const told = said.results?.[0] ?? { taken: false, problem: { fix: said.detail } };
    const { photo, ...body } = next.body;
    const kept = { ...next, body, problem: told.problem, told_at: Date.now() };
    await keep.together(["queue", "trouble"], ({ queue, trouble }) => {
      queue.delete(next.id);
      if (!told.taken) trouble.put(kept);
    });
    if (!told.taken) refused.push(kept);
    await count();
  }
  return refused;
}

/** Where the phone is, told only while something is under way. */
export const tellPlace = (place) => post(facts.position, place).then(({ said }) => said.kept).catch(() => true);

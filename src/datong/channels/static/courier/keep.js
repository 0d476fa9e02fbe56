// What the phone keeps (IndexedDB): the round as it was last told, acts that wait to be told, and those that were refused.
const NAME = "datong-courier", VERSION = 1;
let opening;

function open() {
  opening ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("kept");
      asked.result.createObjectStore("queue", { keyPath: "id" });
      asked.result.createObjectStore("trouble", { keyPath: "id" });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  return opening;
}

/** One transaction over these stores, on disk when it resolves; `work` puts its requests at once. */
export async function together(names, work) {
  const db = await open();
  const inside = db.transaction(names, "readwrite", { durability: "strict" });
  const over = new Promise((done, failed) => {
    inside.oncomplete = done;
    inside.onabort = () => failed(inside.error ?? new Error("given up"));
  });
  work(Object.fromEntries(names.map((name) => [name, inside.objectStore(name)])));
  return over;
}

async function read(name, ask) {
  const request = ask((await open()).transaction(name).objectStore(name));
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

export const get = (key) => read("kept", (store) => store.get(key));
export const all = (name) => read(name, (store) => store.getAll());

let last = 0;
/** A UUIDv7 (RFC 9562) that is later than the one before, so that acts are told in the order they happened. */
export function uuid7() {
  last = Math.max(Date.now(), last + 1);
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let at = 0; at < 6; at += 1) bytes[at] = Math.floor(last / 2 ** (8 * (5 - at))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

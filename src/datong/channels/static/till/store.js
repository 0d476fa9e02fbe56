// What the till keeps on its device (IndexedDB): who it is, what it sells, the basket, and what waits to be told.
const NAME = "datong-till", VERSION = 1;
let opening;

function open() {
  opening ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      const db = asked.result;
      db.createObjectStore("kept");
      db.createObjectStore("items", { keyPath: "sku" });
      db.createObjectStore("queue", { keyPath: "id" });
      db.createObjectStore("parked", { keyPath: "id" });
      db.createObjectStore("trouble", { keyPath: "id" });
      db.createObjectStore("receipts", { keyPath: "id" });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  return opening;
}

const answer = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });

/** One transaction; on disk when it resolves. `work` gets the stores and must only wait for their requests. */
export async function together(names, work) {
  const db = await open();
  const inside = db.transaction(names, "readwrite", { durability: "strict" });
  const over = new Promise((done, failed) => {
    inside.oncomplete = done;
    inside.onabort = () => failed(inside.error ?? new Error("given up"));
  });
  const stores = Object.fromEntries(names.map((name) => [name, inside.objectStore(name)]));
  let result;
  try {
    result = await work(stores, answer);
  } catch (error) {
    over.catch(() => {});
    inside.abort();
    throw error;
  }
  await over;
  return result;
}

const read = async (name, ask) => answer(ask((await open()).transaction(name).objectStore(name)));

export const get = (key) => read("kept", (store) => store.get(key));
export const put = (key, value) => together(["kept"], ({ kept }) => void kept.put(value, key));
export const all = (name) => read(name, (store) => store.getAll());
export const count = (name) => read(name, (store) => store.count());
export const save = (name, row) => together([name], (stores) => void stores[name].put(row));
export const drop = (name, id) => together([name], (stores) => void stores[name].delete(id));

/** A UUIDv7 (RFC 9562): ordered by this device's clock, random beyond it. */
export function uuid7(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let at = 0; at < 6; at += 1) bytes[at] = Math.floor(now / 2 ** (8 * (5 - at))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

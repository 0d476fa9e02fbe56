"use strict";
// The member's page: the code that turns every 30 seconds, computed here, so that it also turns without network.
// The key comes once, is kept as a CryptoKey that no script can read out again, and belongs to this browser alone.
(() => {
  const root = document.querySelector("[data-card]");
  if (!root) return;
  const { number, key: keyUrl, worker, lost } = root.dataset;
  const step = 30, digits = 8;
  const picture = root.querySelector("[data-code]");
  const left = root.querySelector("[data-left]");
  const said = root.querySelector("[data-said]");
  const say = (text) => { said.textContent = text; said.hidden = !text; };

  const store = (mode, work) => new Promise((done, failed) => {
    const opening = indexedDB.open("datong-card", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const asked = work(opening.result.transaction("keys", mode).objectStore("keys"));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    };
  });
  const kept = () => store("readonly", (keys) => keys.get(keyUrl));
  const keep = (phone) => store("readwrite", (keys) => keys.put(phone, keyUrl));

  const bytes = (base32) => {
    let bits = "";
    for (const char of base32) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(char).toString(2).padStart(5, "0");
    return Uint8Array.from(bits.match(/.{8}/g), (byte) => parseInt(byte, 2));
  };

  // A key for this browser. `off`: how far the clock here is from the server's, for phones whose clock is wrong.
  const provision = async () => {
    const answer = await fetch(keyUrl, { method: "POST" });
    if (!answer.ok) throw new Error((await answer.json()).detail);
    const told = await answer.json();
    const way = { name: "HMAC", hash: "SHA-1" };
    const key = await crypto.subtle.importKey("raw", bytes(told.secret), way, false, ["sign"]);
    const phone = { key, no: told.no, off: told.now * 1000 - Date.now() };
    await keep(phone);
    return phone;
  };

  const renew = async (phone) => {
    let told;
    try {
      told = await (await fetch(`${keyUrl}?no=${phone.no}`, { cache: "no-store" })).json();
    } catch {
      return phone;  // no network: what is here goes on
    }
    if (told.live === false) return provision();
    if (told.now) { phone.off = told.now * 1000 - Date.now(); await keep(phone); }
    return phone;
  };

  // RFC 6238 with HMAC-SHA-1: dynamic truncation of RFC 4226, section 5.3.
  const codeAt = async (key, at) => {
    const counter = new DataView(new ArrayBuffer(8));
    counter.setUint32(0, Math.floor(at / 2 ** 32));
    counter.setUint32(4, at >>> 0);
    const mac = new DataView(await crypto.subtle.sign("HMAC", key, counter.buffer));
    const value = mac.getUint32(mac.getUint8(19) & 15) & 0x7fffffff;
    return String(value % 10 ** digits).padStart(digits, "0");
  };

  let phone, drawn = -1;
  const turn = async () => {
    const now = (Date.now() + phone.off) / 1000;
    const at = Math.floor(now / step);
    left.value = step - now % step;
    if (at === drawn) return;
    drawn = at;
    const code = `DT1:${number}:${phone.no}:${await codeAt(phone.key, at)}`;
    picture.querySelector("path").setAttribute("d", cardQr.path(code));
    picture.dataset.shown = code;
  };

  const begin = async () => {
    try {
      phone = await kept();
      phone = phone ? await renew(phone) : await provision();
    } catch (error) {
      return say(error.message && navigator.onLine ? error.message : lost);
    }
    await turn();
    setInterval(turn, 500);
  };

  // What the page needs without network: itself, its styles, its scripts.
  const ready = async () => {
    if (!("serviceWorker" in navigator)) return;
    await navigator.serviceWorker.register(worker, { scope: location.pathname });
    const parts = [...document.querySelectorAll("link[rel=stylesheet], script[src], link[rel=manifest], link[rel=icon]")];
    const cache = await caches.open("datong-card");
    await Promise.all([location.href, ...parts.map((part) => part.href || part.src)].map((each) => cache.add(each)));
    root.dataset.offline = "ready";
  };

  const offline = () => root.classList.toggle("is-offline", !navigator.onLine);
  addEventListener("online", offline);
  addEventListener("offline", offline);
  offline();
  const awake = () => document.visibilityState === "visible" && navigator.wakeLock?.request("screen").catch(() => {});
  const opened = Date.now();
  document.addEventListener("visibilitychange", () => {
    awake();
    const old = Date.now() - opened > 60_000;
    if (old && document.visibilityState === "visible" && navigator.onLine) location.reload();
  });
  awake();
  begin().finally(() => ready().catch(() => {}));
})();

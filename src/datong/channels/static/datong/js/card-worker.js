"use strict";
// The member's page without network: the newest that was seen of each part, after the network had its chance.
const CACHE = "datong-card", PATIENCE_MS = 2500;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin || address.pathname.endsWith("/key/")) return;
  event.respondWith(answer(event, request));
});

async function answer(event, request) {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request, { ignoreVary: true });
  const fetched = fetch(request).then((told) => {
    if (told.ok) event.waitUntil(cache.put(request, told.clone()));
    return told;
  });
  if (!known) return fetched;
  const late = new Promise((done) => setTimeout(() => done(known), PATIENCE_MS));
  return Promise.race([fetched.catch(() => known), late]);
}

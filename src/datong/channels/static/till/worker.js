// An app without network: its page and files are kept when it is installed; a page that the network brings is kept anew.
// MARK, NAME, PAGE and FILES stand above, written by the server.
const CACHE = `${NAME}-${MARK}`, PATIENCE_MS = 3000;

self.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(FILES);
    const page = await fetch(PAGE, { credentials: "same-origin" });
    if (page.ok && !page.redirected) await cache.put(PAGE, page);
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(`${NAME}-`) && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin || address.pathname.startsWith("/api/")) return;
  if (request.mode === "navigate" && address.pathname === PAGE) event.respondWith(page(event));
  else if (FILES.includes(address.pathname)) event.respondWith(file(request));
  else if (address.pathname.startsWith("/static/") || address.pathname.startsWith("/design/")) event.respondWith(other(event));
});

/** The page as the network has it now, else as it was; a log-in that is asked for is the network's word. */
async function page(event) {
  const cache = await caches.open(CACHE), known = await cache.match(PAGE);
  const fetched = fetch(event.request).then((told) => {
    if (told.ok && !told.redirected) event.waitUntil(cache.put(PAGE, told.clone()));
    return told.status >= 500 && known ? known : told;
  });
  if (!known) return fetched;
  const late = new Promise((done) => setTimeout(() => done(known), PATIENCE_MS));
  return Promise.race([fetched.catch(() => known), late]);
}

async function file(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}

async function other(event) {
  const cache = await caches.open(CACHE);
  try {
    const told = await fetch(event.request);
    if (told.ok) event.waitUntil(cache.put(event.request, told.clone()));
    return told;
  } catch (error) {
    const known = await cache.match(event.request);
    if (known) return known;
    throw error;
  }
}

// Keeps the code's page, and what it loads, for when there is no network. Everything else goes to the network as ever.
const KEPT = "code-1";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The network's answer, kept; without network what was kept.
async function fresh(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.redirected || answer.type === "opaqueredirect" || answer.status === 401) await kept.delete("/app");
    else if (answer.ok) await kept.put("/app", answer.clone());
    return answer;
  } catch (error) {
    const known = await kept.match("/app");
    if (known) return known;
    throw error;
  }
}

// Files never change under their address.
async function file(request) {
  const kept = await caches.open(KEPT);
  const known = await kept.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) {
    // Files of an older version go.
    const folder = new URL(request.url).pathname.split("/", 3).join("/");
    for (const other of await kept.keys()) {
      const path = new URL(other.url).pathname;
      if (path.startsWith("/assets/") && !path.startsWith(`${folder}/`)) await kept.delete(other);
    }
    await kept.put(request, answer.clone());
  }
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname === "/app") event.respondWith(fresh(request));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(file(request));
});

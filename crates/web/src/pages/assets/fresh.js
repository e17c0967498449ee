// Keeps what a page shows fresh: asks for the page again every few seconds, and puts in what looks otherwise. Asked this
// way, it does not count as somebody's using their session.

const EVERY_MS = 4000;
const shown = document.getElementById("fresh");
const isOn = document.getElementById("fresh-on");

// People who are disturbed by what changes under their eyes turn it off, and it stays off in this browser.
document.getElementById("fresh-switch").hidden = false;
isOn.checked = localStorage.getItem("console-fresh") !== "off";
isOn.addEventListener("change", () => localStorage.setItem("console-fresh", isOn.checked ? "on" : "off"));

// What they point at or mark must not go away: the same link keeps the focus, and marked text stays.
function put(html) {
  const focused = shown.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  shown.innerHTML = html; // our own server's, escaped there
  if (focused) shown.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

async function look() {
  if (document.hidden || !isOn.checked || !getSelection().isCollapsed) return;
  const answer = await fetch(location.href, { headers: { "X-By-Itself": "1" }, redirect: "manual" });
  // The session has ended: the page itself leads to the sign-in.
  if (answer.type === "opaqueredirect") return location.reload();
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("fresh");
  if (fresh && fresh.innerHTML !== shown.innerHTML) put(fresh.innerHTML);
}

// One question at a time; a server that is away for a while is asked again.
const again = () => setTimeout(() => look().catch(() => {}).finally(again), EVERY_MS);
again();

// The code's page: shows this phone's code, a new one every 20 seconds, and keeps itself for when there is no network.
import { SLOT_S, keyPair, makeCode, publicKey, recall, remember, signer, slotAt } from "./code.js";
import { SIZE, path } from "./qr.js";

const part = (id) => document.getElementById(id);
const card = part("code");
const words = card.dataset;
const RING = 100;
const DAY_MS = 24 * 3600 * 1000;

let offsetMs = 0; // The office's clock less the phone's.
let guest = 0;
let shown = "";
let current = "";

const now = () => Date.now() + offsetMs;

function say(text) {
  part("code-state").textContent = text;
}

// Asks for a pass for the key. Whoever answers tells the time, too.
async function askPass(keys) {
  const body = new URLSearchParams({ csrf: words.csrf, device: await publicKey(keys) });
  const answer = await fetch("/app/pass", { method: "POST", body, redirect: "error" });
  const date = Date.parse(answer.headers.get("date"));
  if (date) {
    // A date has whole seconds: on the average half a second is lost.
    offsetMs = date + 500 - Date.now();
    await remember("offset", offsetMs);
  }
  return answer;
}

// The pass in the phone's memory, or a new one where there is network and the old one is a day old.
async function passAndKeys() {
  let keys = await keyPair();
  let kept = await recall("pass");
  offsetMs = (await recall("offset")) ?? 0;
  if (kept && kept.csrf === words.csrf && now() - kept.at < DAY_MS) return { pass: kept.text, keys };
  try {
    let answer = await askPass(keys);
    if (answer.status === 409) {
      // Another account's key, or one that was removed.
      keys = await keyPair(true);
      answer = await askPass(keys);
    }
    if (!answer.ok) {
      say(words.refused);
      return null;
    }
    kept = { text: await answer.text(), at: now(), csrf: words.csrf };
    await remember("pass", kept);
  } catch {
    say(kept ? words.offline : words.none);
  }
  return kept ? { pass: kept.text, keys } : null;
}

function draw(code) {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("viewBox", `0 0 ${SIZE + 8} ${SIZE + 8}`);
  picture.setAttribute("shape-rendering", "crispEdges");
  const dark = document.createElementNS("http://www.w3.org/2000/svg", "path");
  dark.setAttribute("d", path(code));
  picture.append(dark);
  part("qr").replaceChildren(picture);
}

async function tick({ pass, keys }) {
  const slot = slotAt(now());
  const left = SLOT_S - (now() / 1000 - slot * SLOT_S);
  part("ring").setAttribute("stroke-dashoffset", String(RING * (1 - left / SLOT_S)));
  const wanted = `${slot} ${guest}`;
  if (wanted === shown) return;
  shown = wanted;
  current = await makeCode(pass, slot, guest, signer(keys));
  if (shown !== wanted) return;
  draw(current);
  card.dataset.text = current;
}

function step(by) {
  const most = Number(part("more").dataset.most);
  guest = Math.min(most, Math.max(0, guest + by));
  part("fewer").disabled = guest === 0;
  part("more").disabled = guest === most;
  part("person").textContent = String(guest + 1);
  part("code-who").textContent = guest === 0 ? words.own : `${words.guest} ${guest}`;
}

async function begin() {
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/app/sw.js", { scope: "/app" }).catch(() => {});
  part("fewer").onclick = () => step(-1);
  part("more").onclick = () => step(1);
  const phone = await passAndKeys();
  if (!phone) return;
  const copy = part("copy");
  copy.parentElement.hidden = false;
  copy.onclick = async () => {
    await navigator.clipboard.writeText(current);
    copy.textContent = copy.dataset.done;
  };
  const go = () => tick(phone).catch(() => say(words.old));
  await go();
  setInterval(go, 200);
}

begin().catch(() => say(words.old));

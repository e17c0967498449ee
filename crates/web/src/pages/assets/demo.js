// The demo's page: shows the floor, and sends what the visitor wants to do.

import { Floor, follow } from "./floor.js";

const $ = (id) => document.getElementById(id);
const told = $("told");
const words = $("shoppers").dataset;
let shoppers = [];
let chosen = null;
let showsTruth = false;
let killsPlate = false;

async function send(path, body) {
  const answer = await fetch(`/demo/${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (answer.ok) { told.textContent = ""; return answer.json(); }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  told.textContent = page.querySelector("main p")?.textContent ?? answer.statusText;
  return null;
}

const plan = await (await fetch("/floor/plan.json")).json();
const floor = new Floor($("floor"), plan, { shelf: $("shelf").getAttribute("aria-label"), onGondola: openShelf });
follow(floor, happened);

// What the store concludes, newest first.

function happened(one, isNew) {
  const list = $("happened");
  const word = list.dataset[one.kind] ?? one.kind;
  const item = document.createElement("li");
  item.className = one.kind;
  const product = one.product ? `${one.units} × ${one.product}` : "";
  const sure = one.probability === undefined ? "" : `${(one.probability * 100).toFixed(1)} %`;
  const who = one.trip === undefined ? "" : `#${one.trip}`;
  const extra = one.kind === "notice" ? one.text : one.kind === "settled" && one.doubtful ? `${one.doubtful} ${list.dataset.doubtful}` : one.grams === undefined ? "" : `${one.grams} g`;
  for (const text of [who, word, product, extra, sure]) {
    if (!text) continue;
    const part = document.createElement("span");
    part.textContent = text;
    if (text === sure) part.className = one.probability < 0.95 ? "p doubt" : "p";
    item.append(part);
  }
  list.prepend(item);
  while (list.children.length > 40) list.lastChild.remove();
  if (isNew && one.at) floor.mark(one.at, product || `${one.grams} g`, one.kind);
  if (isNew && one.trip !== undefined) look();
}

// The visitor's own shoppers.

async function look() {
  const answer = await fetch("/demo/me");
  if (!answer.ok) return;
  const truth = await answer.json();
  const mine = truth.shoppers.filter((shopper) => shopper.mine);
  const before = JSON.stringify(shoppers.map(shown));
  shoppers = mine;
  if (!mine.some((shopper) => shopper.name === chosen)) chosen = mine[0]?.name ?? null;
  floor.own(mine.map((shopper) => shopper.trip));
  if (JSON.stringify(mine.map(shown)) !== before) list();
  floor.really(showsTruth ? truth.shoppers.map(really) : []);
  press("camera", truth.camera);
  press("clock", truth.clock);
  press("crowd", truth.crowd);
}

const shown = ({ name, idle, carries }) => [name, idle, carries];
const really = ({ at, carries }) => ({ x: at[0], y: at[1], text: carries.map(([, name, units]) => `${units} ${name}`).join(", ") });
const press = (what, on) => document.querySelector(`[data-break=${what}]`)?.setAttribute("aria-pressed", String(on));

function button(text, act, kind = "second") {
  const node = document.createElement("button");
  node.type = "button";
  node.className = kind;
  node.textContent = text;
  node.addEventListener("click", act);
  return node;
}

function list() {
  const box = $("shoppers");
  box.replaceChildren(...shoppers.map((shopper, place) => {
    const card = document.createElement("div");
    card.className = shopper.name === chosen ? "shopper chosen" : "shopper";
    const title = button(`${place ? `${words.guest} ${place}` : words.you}${shopper.idle ? "" : ` · ${words.busy}`}`, () => { chosen = shopper.name; list(); }, "name");
    title.setAttribute("aria-pressed", String(shopper.name === chosen));
    card.append(title);
    if (!shopper.carries.length) card.append(Object.assign(document.createElement("p"), { className: "small", textContent: words.empty }));
    for (const [product, name, units] of shopper.carries) card.append(held(shopper, product, name, units));
    const row = document.createElement("div");
    row.className = "buttons";
    row.append(
      button(words.friend, () => send("enter", { on: "friend", who: shopper.name }).then(look)),
      button(words.leave, () => send("leave", { who: shopper.name }).then(look), "button"),
    );
    card.append(row);
    return card;
  }));
}

function held(shopper, product, name, units) {
  const row = document.createElement("div");
  row.className = "held";
  row.append(Object.assign(document.createElement("span"), { textContent: `${units} × ${name}` }));
  row.append(button(words.back, () => send("put-back", { who: shopper.name, product }).then(look)));
  const other = shoppers.find((other) => other.name !== shopper.name);
  if (other) row.append(button(words.give, () => send("give", { who: shopper.name, to: other.name, product }).then(look)));
  return row;
}

// The shelf that was picked.

async function openShelf(gondola) {
  const answer = await fetch(`/demo/shelf/${gondola}`);
  if (!answer.ok) return;
  $("shelf-body").innerHTML = await answer.text(); // our own server's, escaped there
  if (!$("shelf").open) $("shelf").showModal();
}

$("shelf").addEventListener("click", async (event) => {
  if (event.target === $("shelf")) return $("shelf").close();
  const facing = event.target.closest("button.facing");
  if (!facing) return;
  const { plate, product } = facing.dataset;
  if (killsPlate) {
    await send("break", { what: "plate", plate, broken: true });
    killsPlate = false;
    press("plate", false);
  } else if (chosen) {
    await send("take", { who: chosen, plate, product });
  } else {
    told.textContent = document.querySelector("[data-enter=good]").textContent;
  }
  $("shelf").close();
  look();
});

for (const node of document.querySelectorAll("[data-enter]")) {
  node.addEventListener("click", async () => {
    const entered = await send("enter", { on: "card", kind: node.dataset.enter });
    if (entered) { chosen = entered.name; look(); }
  });
}

$("by-code").addEventListener("click", async ({ target }) => {
  const text = $("phone").contentDocument?.getElementById("code")?.dataset.text;
  if (!text) { told.textContent = target.dataset.none; return; }
  const entered = await send("enter", { on: "code", text });
  if (entered) { chosen = entered.name; look(); }
});

for (const node of document.querySelectorAll("[data-break]")) {
  node.addEventListener("click", async () => {
    const what = node.dataset.break;
    const broken = node.getAttribute("aria-pressed") !== "true";
    if (what === "plate") { killsPlate = broken; return press("plate", broken); }
    await send("break", { what, broken });
    look();
  });
}

document.querySelector("[data-truth]").addEventListener("click", ({ target }) => {
  showsTruth = !showsTruth;
  target.setAttribute("aria-pressed", String(showsTruth));
  $("truth-note").hidden = !showsTruth;
  look();
});

setInterval(() => { if (showsTruth || shoppers.length) look(); }, 700);
look();

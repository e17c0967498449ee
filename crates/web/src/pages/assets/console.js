// The console's floor: the store from above, and the carts inside as they change.

import { Floor, follow } from "./floor.js";

const list = document.getElementById("carts");
const words = list.dataset;
const seesTrips = "seesTrips" in words;
const DOUBT = 0.95;

const node = (name, className, ...content) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
};

function cart({ trip, key, tracks, lines }) {
  const name = `${words.trip} ${trip}`;
  const link = node(key && seesTrips ? "a" : "span", "", name);
  if (link.localName === "a") link.href = `/console/trips/${key}`;
  const people = node("span", "small", `${tracks.length} ${tracks.length === 1 ? words.person : words.people}`);
  const rows = lines.map(([product, units, probability]) => node(
    "li", probability < DOUBT ? "doubt" : "",
    node("span", "", `${units} × ${product}`),
    node("span", "number", `${(probability * 100).toFixed(1)} %`),
  ));
  if (!rows.length) rows.push(node("li", "soft", words.nothing));
  return node("article", "cart", node("h3", "", link, " ", people), node("ul", "lines", ...rows));
}

let waiting = false;
function show(floor) {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    const carts = [...floor.trips.values()].map(cart);
    list.replaceChildren(...(carts.length ? carts : [node("p", "empty-state", words.empty)]));
  });
}

const plan = await (await fetch("/floor/plan.json")).json();
const floor = new Floor(document.getElementById("floor"), plan);
const source = follow(floor, (happened, isNew) => {
  if (isNew && happened.at) floor.mark(happened.at, happened.product ? `${happened.units} × ${happened.product}` : `${happened.grams} g`, happened.kind);
});
for (const kind of ["whole", "trip", "gone"]) source.addEventListener(kind, () => show(floor));

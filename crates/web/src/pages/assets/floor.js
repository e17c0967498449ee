// Draws the store from above and keeps it moving. Lengths are centimetres, as the server sends them.

const SVG = "http://www.w3.org/2000/svg";
const GLIDE_MS = 130; // a little more than from one picture to the next, so that nobody stops in between

const make = (name, attributes = {}, parent = null) => {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  parent?.append(node);
  return node;
};

export class Floor {
  /** `names` are words in the visitor's language; `onGondola(id)` is called when somebody picks a gondola. */
  constructor(element, plan, { shelf = "Shelf", onGondola = null } = {}) {
    const [x0, y0, x1, y1] = plan.box;
    this.svg = make("svg", { viewBox: `${x0} ${-y1} ${x1 - x0} ${y1 - y0}`, class: "plan" });
    this.plates = new Map();
    this.people = new Map();
    this.trips = new Map(); // trip → { key, tracks, lines }
    this.mine = new Set(); // keys of trips that are the visitor's own
    this.ground = make("g", {}, this.svg);
    make("rect", { x: x0 + 20, y: -y1 + 20, width: x1 - x0 - 40, height: y1 - y0 - 40, rx: 14, class: "room" }, this.ground);
    for (const [id, x, y] of plan.gates) this.gate(id, x, y);
    for (const [id, plates] of plan.gondolas) this.gondola(id, plates, shelf, onGondola);
    this.marks = make("g", { class: "marks" }, this.svg);
    this.crowd = make("g", {}, this.svg);
    this.truth = make("g", { class: "truth" }, this.svg);
    element.replaceChildren(this.svg);
    this.draw = this.draw.bind(this);
    requestAnimationFrame(this.draw);
  }

  gate(id, x, y) {
    const gate = make("g", { transform: `translate(${x} ${-y})`, class: "gate" }, this.ground);
    make("rect", { x: -50, y: -5, width: 100, height: 10, rx: 5 }, gate);
    make("text", { y: 24, "text-anchor": "middle" }, gate).textContent = id;
  }

  gondola(id, plates, shelf, onGondola) {
    const group = make("g", { class: "gondola" }, this.ground);
    if (onGondola) {
      group.setAttribute("tabindex", "0");
      group.setAttribute("role", "button");
      group.setAttribute("aria-label", `${shelf} ${id}`);
      group.addEventListener("click", () => onGondola(id));
      group.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); onGondola(id); }
      });
    }
    const levels = Math.max(...plates.map((plate) => plate[1]));
    let [sumX, sumY] = [0, 0];
    for (const [index, level, ...c] of plates) {
      // The boards lie above one another: each is shown as a strip, the lowest in front.
      const between = (from, to, part) => [c[from] + (c[to] - c[from]) * part, -(c[from + 1] + (c[to + 1] - c[from + 1]) * part)];
      const [near, far] = [(level - 1) / levels, (level - 0.08) / levels];
      const points = [between(0, 6, near), between(2, 4, near), between(2, 4, far), between(0, 6, far)];
      const plate = make("polygon", { points: points.map((p) => p.map((n) => n.toFixed(1)).join(",")).join(" "), class: "plate f10" }, group);
      this.plates.set(index, plate);
      sumX += (c[0] + c[4]) / 2;
      sumY += (c[1] + c[5]) / 2;
    }
    const label = { x: sumX / plates.length, y: 7 - sumY / plates.length, "text-anchor": "middle" };
    make("text", label, group).textContent = id;
    make("title", {}, group).textContent = `${shelf} ${id}`;
  }

  /** Everything anew. */
  whole({ p, f, trips }) {
    this.trips.clear();
    for (const trip of trips) this.trips.set(trip.trip, trip);
    for (const person of this.people.values()) person.group.remove();
    this.people.clear();
    this.places({ p, f });
  }

  /** Where everybody is now, and which plates changed. */
  places({ p, f }) {
    for (const [index, fill] of f) this.plates.get(index)?.setAttribute("class", `plate f${Math.ceil(fill / 10)}`);
    const now = performance.now();
    const seen = new Set();
    for (const [track, x, y, facing, ...hands] of p) {
      seen.add(track);
      const person = this.people.get(track) ?? this.arrive(track, x, y);
      Object.assign(person, { fromX: person.x, fromY: person.y, toX: x, toY: y, since: now, facing, hands });
    }
    for (const [track, person] of this.people) {
      if (!seen.has(track)) { person.group.remove(); this.people.delete(track); }
    }
  }

  arrive(track, x, y) {
    const group = make("g", { class: "person" }, this.crowd);
    const arms = make("path", { class: "arms" }, group);
    const body = make("g", {}, group);
    make("ellipse", { rx: 14, ry: 24, class: "body" }, body);
    make("circle", { cx: 3, r: 10, class: "head" }, body);
    const count = make("text", { class: "count", y: -28, "text-anchor": "middle" }, group);
    const title = make("title", {}, group);
    const person = { group, arms, body, count, title, x, y };
    this.people.set(track, person);
    this.dress(track);
    return person;
  }

  /** A trip changed: its people wear its colours and carry its count. */
  trip(trip) {
    this.trips.set(trip.trip, trip);
    trip.tracks.forEach((track) => this.dress(track));
  }

  gone(trip) {
    const tracks = this.trips.get(trip)?.tracks ?? [];
    this.trips.delete(trip);
    tracks.forEach((track) => this.dress(track));
  }

  dress(track) {
    const person = this.people.get(track);
    if (!person) return;
    const trip = [...this.trips.values()].find((trip) => trip.tracks.includes(track));
    const doubt = trip?.lines.some(([, , probability]) => probability < 0.95);
    const units = trip?.lines.reduce((sum, [, units]) => sum + units, 0) ?? 0;
    const kind = !trip ? "unknown" : this.mine.has(trip.key) ? "you" : "other";
    person.group.setAttribute("class", `person ${kind}${doubt ? " doubt" : ""}`);
    person.count.textContent = units || "";
    person.title.textContent = trip?.lines.map(([name, units, p]) => `${units} × ${name} (${(p * 100).toFixed(1)} %)`).join("\n") ?? "";
  }

  /** Marks the visitor's own trips. */
  own(keys) {
    this.mine = new Set(keys);
    for (const track of this.people.keys()) this.dress(track);
  }

  /** A short mark where something was concluded. */
  mark(at, text, kind) {
    const group = make("g", { transform: `translate(${at[0]} ${-at[1]})`, class: `mark ${kind}` }, this.marks);
    make("circle", { r: 16 }, group);
    make("text", { y: -22, "text-anchor": "middle" }, group).textContent = text;
    setTimeout(() => group.remove(), 2600);
  }

  /** People as they really are, in outline: [{ x, y, text }]; none hides them. */
  really(people) {
    this.truth.replaceChildren();
    for (const { x, y, text } of people) {
      const group = make("g", { transform: `translate(${x} ${-y})` }, this.truth);
      make("circle", { r: 30 }, group);
      make("text", { y: 48, "text-anchor": "middle" }, group).textContent = text;
    }
  }

  draw(now) {
    for (const person of this.people.values()) {
      const part = Math.min(1, (now - person.since) / GLIDE_MS);
      person.x = person.fromX + (person.toX - person.fromX) * part;
      person.y = person.fromY + (person.toY - person.fromY) * part;
      person.group.setAttribute("transform", `translate(${person.x.toFixed(1)} ${(-person.y).toFixed(1)})`);
      person.body.setAttribute("transform", `rotate(${-person.facing})`);
      let arms = "";
      for (let hand = 0; hand + 1 < person.hands.length; hand += 2) {
        arms += `M0 0L${person.hands[hand]} ${-person.hands[hand + 1]}`;
      }
      person.arms.setAttribute("d", arms);
    }
    requestAnimationFrame(this.draw);
  }
}

/** Listens to the store and keeps a floor up to date; `onHappened(happened, isNew)` gets what was concluded. */
export function follow(floor, onHappened = () => {}) {
  const source = new EventSource("/floor/live");
  const on = (kind, act) => source.addEventListener(kind, (event) => act(JSON.parse(event.data)));
  on("whole", (whole) => { floor.whole(whole); whole.happened.forEach((happened) => onHappened(happened, false)); });
  on("places", (places) => floor.places(places));
  on("trip", (trip) => floor.trip(trip));
  on("gone", (trip) => floor.gone(trip));
  on("happened", (happened) => onHappened(happened, true));
  return source;
}

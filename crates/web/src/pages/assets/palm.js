// The palm camera. At the kiosk this page comes only once consent was written down; at the gate the camera begins only
// when somebody asks for it. Before that nothing here opens a camera, and no picture leaves it.
const palm = document.getElementById("palm");
const view = document.getElementById("view");
const guide = document.getElementById("guide");
const done = document.getElementById("done");
const hand = document.getElementById("hand");
const answer = document.getElementById("answer");
const begin = document.getElementById("show-palm");

const [WIDTH, HEIGHT] = [640, 480];
const EVERY_MS = 130; // seven or eight pictures a second
const SPOKEN_MS = 700; // words stay for long enough to be read
const GATE_MS = 15000; // a hand is held to a gate for no longer
const LIGHT_MS = 180; // the light changes no faster: less than three flashes a second hurt nobody
const SHOWN_MS = 50; // a screen shows what it was told by then
const LATE_MS = 150; // a camera's pictures are no older, where the browser does not say when they were taken

const wait = (ms) => new Promise((go) => setTimeout(go, ms));

let spoken = 0;
function say(text, now = false) {
  if (!text || text === guide.textContent || (!now && performance.now() - spoken < SPOKEN_MS)) return;
  guide.textContent = text;
  spoken = performance.now();
}

const still = Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });
function picture() {
  still.getContext("2d").drawImage(view, 0, 0, WIDTH, HEIGHT);
  return new Promise((go) => still.toBlob(go, "image/jpeg", 0.85));
}

// How the screen lights the hand, since when; nothing where the store does not ask for it.
let light = "";
let changed = 0;

// Lights the hand as the store asks, and waits for the first picture that was taken so.
async function shine(wanted) {
  if (!wanted || wanted === light) return;
  await wait(changed + LIGHT_MS - performance.now());
  document.documentElement.dataset.light = light = wanted;
  changed = performance.now();
  const late = changed + SHOWN_MS + LATE_MS;
  if (!view.requestVideoFrameCallback) return wait(SHOWN_MS + LATE_MS);
  for (let taken = 0; taken < changed + SHOWN_MS && performance.now() < late; ) {
    taken = await Promise.race([
      new Promise((go) => view.requestVideoFrameCallback((now, { captureTime }) => go(captureTime ?? now - LATE_MS))),
      wait(LATE_MS).then(() => 0),
    ]);
  }
}

// What the store says of a picture; nothing where it can't be reached.
async function send() {
  try {
    const told = await fetch(palm.dataset.pictures + (light && `?light=${light}`), {
      method: "POST",
      headers: { "content-type": "image/jpeg" },
      body: await picture(),
    });
    if (told.status === 404 || told.status === 409) location.reload();
    return told.ok ? await told.json() : {};
  } catch {
    return { say: palm.dataset.lost };
  }
}

function show({ say: words, part, hand: whose }) {
  say(words);
  if (part !== undefined) done.style.strokeDashoffset = String(100 - 100 * part);
  if (whose && hand && hand.textContent !== whose) {
    hand.textContent = whose;
    say(words, true);
  }
  // As good as a touch: the kiosk must not go back to its beginning meanwhile.
  if (part) dispatchEvent(new Event("input"));
}

// The gate's answer, for a while.
function tell({ opens, title, text }) {
  answer.hidden = false;
  answer.classList.add(opens ? "opens" : "shut");
  answer.querySelector(".sign").textContent = opens ? "✓" : "✕";
  answer.querySelector("h2").textContent = title;
  answer.querySelector(".lead").textContent = text;
  answer.scrollIntoView({ block: "center" });
  setTimeout(() => location.replace(answer.dataset.home), Number(answer.dataset.seconds) * 1000);
}

async function watch() {
  let stream;
  try {
    const wanted = { width: { ideal: WIDTH }, height: { ideal: HEIGHT } };
    stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: wanted });
    view.srcObject = stream;
    await view.play();
  } catch {
    say(palm.dataset.none, true);
    return;
  }
  palm.classList.add("on");
  const started = performance.now();
  let told = {};
  while (!told.end && (hand || performance.now() - started < GATE_MS)) {
    const asked = performance.now();
    told = await send();
    show(told);
    await shine(told.light);
    await wait(Math.max(0, EVERY_MS - (performance.now() - asked)));
  }
  for (const track of stream.getTracks()) track.stop();
  view.srcObject = null;
  palm.classList.remove("on");
  delete document.documentElement.dataset.light;
  light = "";
  if (!told.end) {
    say(palm.dataset.nobody, true);
    begin.disabled = false;
  } else if (hand) document.getElementById("finish").submit();
  else tell(told);
}

if (palm?.dataset.atOnce !== undefined) watch();
if (begin)
  begin.onclick = () => {
    begin.disabled = true;
    watch();
  };

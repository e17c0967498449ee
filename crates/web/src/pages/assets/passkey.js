// Passkeys of staff: adds one on their own page, and signs in with one. Both are shown only where they can work: the
// browser knows passkeys, and the page has the name that they are bound to.

const adds = document.getElementById("passkey-add");
const signsIn = document.getElementById("passkey-sign-in");
const LONGEST_MS = 300_000; // as long as a challenge counts

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const known = (id) => ({ type: "public-key", id: bytes(id) });

// What the store refuses, in its words.
class Refused extends Error {}

async function send(path, fields = {}) {
  const answer = await fetch(path, { method: "POST", body: new URLSearchParams(fields) });
  const told = await answer.json();
  if (!answer.ok) throw new Refused(told.why);
  return told;
}

async function add(form) {
  const csrf = form.elements.csrf.value;
  const asked = await send("/console/passkeys/challenge", { csrf });
  const { response } = await navigator.credentials.create({ publicKey: {
    challenge: bytes(asked.challenge),
    rp: { id: asked.host, name: asked.store },
    user: { id: bytes(asked.user), name: asked.name, displayName: asked.name },
    pubKeyCredParams: [{ type: "public-key", alg: -7 }],
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    attestation: "none",
    excludeCredentials: asked.known.map(known),
    timeout: LONGEST_MS,
  } });
  return send("/console/passkeys", {
    csrf,
    label: form.elements.label.value,
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.getAuthenticatorData()),
  });
}

async function signIn() {
  const asked = await send("/console/passkeys/sign-in/challenge");
  const { rawId, response } = await navigator.credentials.get({ publicKey: {
    challenge: bytes(asked.challenge),
    rpId: asked.host,
    userVerification: "required",
    timeout: LONGEST_MS,
  } });
  return send("/console/passkeys/sign-in", {
    credential: text(rawId),
    client_data: text(response.clientDataJSON),
    authenticator_data: text(response.authenticatorData),
    signature: text(response.signature),
  });
}

// Why it came to nothing; nothing at all where somebody thought better of it.
function why(error, words) {
  if (error instanceof Refused) return error.message;
  if (error.name === "NotAllowedError" || error.name === "AbortError") return "";
  return error.name === "InvalidStateError" ? words.known : words.broken;
}

function offer(form, act) {
  if (!window.PublicKeyCredential || form.dataset.host !== location.hostname) return;
  const note = form.querySelector("[role=alert]");
  const button = form.querySelector("button");
  form.hidden = false;
  document.getElementById("passkey-elsewhere")?.remove();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    note.hidden = true;
    try {
      const { next } = await act(form);
      location.assign(next);
    } catch (error) {
      note.textContent = why(error, form.dataset);
      note.hidden = !note.textContent;
      button.disabled = false;
    }
  });
}

if (adds) offer(adds, add);
if (signsIn) offer(signsIn, signIn);

// Entry codes (docs/entry-codes.md): made on the phone, with a key that never leaves it, without network.

export const SLOT_S = 20;
const CONTEXT = new TextEncoder().encode("saunter-code-1");

export const toBase64 = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
export const fromBase64 = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

export const slotAt = (ms) => Math.floor(ms / 1000 / SLOT_S);

// What the phone shows. `sign` signs bytes with the phone's key.
export async function makeCode(pass, slot, guest, sign) {
  const shown = new Uint8Array([...fromBase64(pass), slot >>> 24, (slot >>> 16) & 255, (slot >>> 8) & 255, slot & 255, guest]);
  const signature = await sign(new Uint8Array([...CONTEXT, ...shown]));
  return toBase64(new Uint8Array([...shown, ...signature]));
}

// The phone's memory: one table, with the key pair and the pass.
function database() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("saunter", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("phone");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function table(mode, work) {
  const open = await database();
  try {
    return await new Promise((done, failed) => {
      const asked = work(open.transaction("phone", mode).objectStore("phone"));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  } finally {
    open.close();
  }
}

export const recall = (name) => table("readonly", (store) => store.get(name));
export const remember = (name, value) => table("readwrite", (store) => store.put(value, name));

// The phone's key pair; a new one where there is none, or the old one counts no more. It can't be taken out.
export async function keyPair(isNew = false) {
  const known = isNew ? undefined : await recall("keys");
  if (known) return known;
  const keys = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  await remember("keys", keys);
  return keys;
}

export const publicKey = async (keys) => toBase64(new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey)));
export const signer = (keys) => async (bytes) => new Uint8Array(await crypto.subtle.sign("Ed25519", keys.privateKey, bytes));

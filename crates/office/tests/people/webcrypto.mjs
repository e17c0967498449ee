// Makes and checks the published codes with WebCrypto, as an app in a browser does.
import { readFileSync } from "node:fs";

const { subtle } = globalThis.crypto;
const text = new TextEncoder();
const vectors = JSON.parse(readFileSync(process.argv[2], "utf8"));

const fromHex = (hex) => Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16));
const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const toBase64 = (bytes) => Buffer.from(bytes).toString("base64url");
const fromBase64 = (encoded) => Uint8Array.from(Buffer.from(encoded, "base64url"));
const bigEndian = (number, bytes) =>
  Uint8Array.from({ length: bytes }, (_, place) => Math.floor(number / 256 ** (bytes - 1 - place)) % 256);

// WebCrypto takes secret keys as PKCS #8 (RFC 8410, section 7).
const secretKey = (hex) =>
  subtle.importKey("pkcs8", join(fromHex("302e020100300506032b657004220420"), fromHex(hex)), "Ed25519", true, ["sign"]);
const publicBytes = async (key) => fromBase64((await subtle.exportKey("jwk", key)).x);
const sign = async (key, context, bytes) =>
  new Uint8Array(await subtle.sign("Ed25519", key, join(text.encode(context), bytes)));

async function signedPass(vector, office, device) {
  const fields = join(
    [1],
    fromHex(vector.account.replaceAll("-", "")),
    await publicBytes(device),
    bigEndian(vector.until_day, 2),
    bigEndian(vector.scope, 4),
  );
  return join(fields, await sign(office, "saunter-pass-1", fields));
}

async function code(pass, vector, device) {
  const shown = join(pass, bigEndian(vector.slot, 4), [vector.guest]);
  return join(shown, await sign(device, "saunter-code-1", shown));
}

const office = await secretKey(vectors.office_secret_hex);
const device = await secretKey(vectors.device_secret_hex);
let alike = 0;
for (const vector of vectors.codes) {
  const pass = await signedPass(vector, office, device);
  if (toBase64(pass) !== vector.pass) throw new Error(`pass of "${vector.what}" differs`);
  if (toBase64(await code(pass, vector, device)) !== vector.code) throw new Error(`code of "${vector.what}" differs`);
  alike += 1;
}
if (toBase64(await publicBytes(office)) !== vectors.office_public) throw new Error("public key differs");
console.log(`${alike} codes alike`);

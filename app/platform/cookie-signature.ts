const encoder = new TextEncoder();

async function keyOf(secret: string): Promise<CryptoKey> {
  return crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign", "verify"],
  );
}

/** `value.signature`, the signature HMAC-SHA-256 in base64 without padding, as Remix writes it on Node. */
export async function signCookie(value: string, secret: string): Promise<string> {
  const signature = await crypto.subtle.sign("HMAC", await keyOf(secret), encoder.encode(value));
  return `${value}.${btoa(String.fromCharCode(...new Uint8Array(signature))).replace(/=+$/, "")}`;
}

/** The value, or false when the signature is not ours. */
export async function unsignCookie(signed: string, secret: string): Promise<string | false> {
  const dot = signed.lastIndexOf(".");
  if (dot < 0) return false;
  const value = signed.slice(0, dot);
  let signature: Uint8Array<ArrayBuffer>;
  try {
    signature = Uint8Array.from(atob(signed.slice(dot + 1)), (character) =>
      character.charCodeAt(0),
    );
  } catch {
    return false;
  }
  const genuine = await crypto.subtle.verify(
    "HMAC",
    await keyOf(secret),
    signature,
    encoder.encode(value),
  );
  return genuine && value;
}

/** Bytes that one call may spread as arguments. */
const chunkLength = 8192;

/** The standard encoding with padding, on one line. Upstream: encoding/base64 StdEncoding.EncodeToString */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += chunkLength) {
    binary += String.fromCharCode(...bytes.subarray(at, at + chunkLength));
  }
  return btoa(binary);
}

/**
 * The bytes of the standard encoding; white space is passed over.
 * Differs: padding may be missing, where Go wants it; who reports an error in Go's words looks for it first.
 *
 * @throws DOMException InvalidCharacterError
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

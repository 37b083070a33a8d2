/** The bytes of a PEM text's first block of a type; undefined when there is none. */
export function decodePem(text: string, type: string): Uint8Array | undefined {
  const match = new RegExp(`-----BEGIN ${type}-----([\\s\\S]*?)-----END ${type}-----`).exec(text);
  if (!match) return undefined;
  try {
    return Uint8Array.from(atob((match[1] ?? '').replace(/\s+/g, '')), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

export function encodePem(bytes: Uint8Array, type: string): string {
  const base64 = btoa(String.fromCharCode(...bytes));
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${type}-----\n${lines.join('\n')}\n-----END ${type}-----\n`;
}

export function emitGoStructs() {
  return [];
}

export function emitProtoFacts() {
  return [];
}

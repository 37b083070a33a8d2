export function emitProtoFacts() { return []; }

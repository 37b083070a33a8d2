export function emitGoStructs() { return []; }

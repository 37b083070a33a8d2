export function emitFacts() { return []; }

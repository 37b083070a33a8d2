const key = 'tabernetes.history';
const kept = 500;

/** The lines that were entered in earlier visits, oldest first; damaged ones are left out. */
export function readHistory(storage: Pick<Storage, 'getItem'>): string[] {
  try {
    const lines: unknown = JSON.parse(storage.getItem(key) ?? '[]');
    return Array.isArray(lines) ? lines.filter((line) => typeof line === 'string') : [];
  } catch {
    return [];
  }
}

/** Keeps the last lines; what the browser refuses is forgotten. */
export function writeHistory(storage: Pick<Storage, 'setItem'>, lines: readonly string[]): void {
  try {
    storage.setItem(key, JSON.stringify(lines.slice(-kept)));
  } catch {
    return;
  }
}

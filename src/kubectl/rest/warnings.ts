/** Prints each warning of the server once. */
export class WarningCollector {
  readonly #seen = new Set<string>();
  readonly #pending: string[] = [];
  /** How many warnings came, repeated ones included once. */
  count = 0;

  /** Takes a `warning` header: `299 - "text"`, several separated by commas. */
  takeHeader(header: string | undefined): void {
    if (header === undefined) return;
    for (const match of header.matchAll(/\b\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)) {
      this.add((match[1] ?? '').replace(/\\(.)/g, '$1'));
    }
  }

  add(text: string): void {
    if (this.#seen.has(text)) return;
    this.#seen.add(text);
    this.count++;
    this.#pending.push(`Warning: ${text}\n`);
  }

  /** What has not been printed yet. */
  take(): string {
    return this.#pending.splice(0).join('');
  }
}

const texts: Readonly<Record<string, string>> = {};

/** What a flag does, for help. `path` is the command's. */
export function flagText(name: string, _path: string): string {
  return texts[name] ?? '';
}

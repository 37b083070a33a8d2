/** Quotes a word for a shell when it needs it. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command line that a person could type. */
export const commandLine = (argv: readonly string[]): string => argv.map(quoteWord).join(' ');

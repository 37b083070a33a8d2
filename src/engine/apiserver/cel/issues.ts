/** What is wrong with an expression, and where. Upstream: github.com/google/cel-go/common/{errors,error}.go */

export interface CelIssue {
  readonly offset: number;
  readonly message: string;
}

/** An expression that cannot be compiled. */
export class CelCompileError extends Error {
  readonly issues: readonly CelIssue[];

  constructor(source: string, issues: readonly CelIssue[]) {
    super(issuesText(source, issues));
    this.issues = issues;
  }
}

/** An expression whose constants cannot be worked out. */
export class CelInstantiationError extends Error {}

/** An error while an expression is evaluated. */
export class CelError extends Error {}

function issuesText(source: string, issues: readonly CelIssue[]): string {
  const characters = [...source];
  // Nothing has no place and no line to show.
  if (characters.length === 0) return issues.map(({ message }) => `ERROR: <input>:1:0: ${message}`).join('\n');
  const sorted = [...issues].sort((a, b) => a.offset - b.offset);
  return sorted.map(({ offset, message }) => issueText(characters, offset, message)).join('\n');
}

function issueText(characters: readonly string[], offset: number, message: string): string {
  const before = characters.slice(0, offset);
  const line = before.filter((character) => character === '\n').length + 1;
  const start = before.lastIndexOf('\n') + 1;
  const end = characters.indexOf('\n', start);
  const text = characters.slice(start, end < 0 ? undefined : end).join('');
  const column = offset - start;
  return `ERROR: <input>:${line}:${column + 1}: ${message}\n | ${text.replaceAll('\t', ' ')}\n | ${'.'.repeat(column)}^`;
}

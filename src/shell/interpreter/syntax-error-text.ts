import type { ShellSyntaxError } from './source.ts';
import type { ShellState } from './state.ts';

/** What a shell of this flavour says of a script that it cannot read. */
export function syntaxErrorText(error: ShellSyntaxError, flavour: ShellState['flavour']): string {
  if (error.message === 'Bad substitution') return 'bad substitution';
  if (flavour === 'bash') return bashSyntaxText(error);
  return flavour === 'dash' ? dashSyntaxText(error) : `syntax error: ${error.message}`;
}

function bashSyntaxText(error: ShellSyntaxError): string {
  const token = /^unexpected "(.*)"$/.exec(error.message)?.[1];
  if (token !== undefined) return `syntax error near unexpected token \`${token}'`;
  return error.message === 'unexpected end of file'
    ? 'syntax error: unexpected end of file'
    : `syntax error: ${error.message}`;
}

function dashSyntaxText(error: ShellSyntaxError): string {
  const token = /^unexpected (.*)$/.exec(error.message)?.[1];
  const text = token === undefined ? error.message : `${token === 'end of file' ? 'end of file' : token} unexpected`;
  return `Syntax error: ${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

import type { ShellState } from './state.ts';

/** Expands the backslashes of a prompt: `\u@\h:\w\$ `. */
export function expandPrompt(state: ShellState, prompt: string): string {
  return prompt.replace(/\\(\[|\]|[0-7]{3}|[\s\S])/g, (_, escape: string) => promptPart(state, escape));
}

function promptPart(state: ShellState, escape: string): string {
  const { context } = state;
  const home = state.get('HOME') ?? '';
  const short =
    home !== '' && home !== '/' && (context.cwd === home || context.cwd.startsWith(`${home}/`))
      ? `~${context.cwd.slice(home.length)}`
      : context.cwd;
  switch (escape) {
    case 'u':
      return context.user.name;
    case 'h':
      return context.hostname.split('.')[0] ?? '';
    case 'H':
      return context.hostname;
    case 'w':
      return short;
    case 'W':
      return short === '/' || short === '~' ? short : short.slice(short.lastIndexOf('/') + 1);
    case '$':
      return context.user.uid === 0 ? '#' : '$';
    case 's':
      return state.flavour === 'bash' ? 'bash' : 'sh';
    case 'v':
      return '5.2';
    case 'e':
      return '\x1b';
    case 'n':
      return '\n';
    case 't':
      return new Date(context.now()).toISOString().slice(11, 19);
    case '[':
    case ']':
      return '';
    case '\\':
      return '\\';
    default:
      return /^[0-7]{3}$/.test(escape) ? String.fromCharCode(Number.parseInt(escape, 8)) : `\\${escape}`;
  }
}

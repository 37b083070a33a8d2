/** `less` and `more`: pages of text on a terminal, plain copies elsewhere. */
import type { Process } from '../../process/process.ts';
import { KeyReader } from '../keys.ts';
import type { Utility } from './utility.ts';

export const less: Utility = {
  names: ['less', 'more'],
  summary: 'View FILE (or stdin) one screenful at a time',
  usage: '[-EFMNRS] [FILE]...',
  options: 'EFIMNRSXeimn~q',
  *run(call) {
    const { tty, stdin } = call.context;
    const text = yield* call.text(call.args);
    const lines = text.replace(/\n$/, '').split('\n');
    // Without a file, keys would have to come from a terminal that is not stdin.
    if (!tty || call.args.length === 0 || (call.has('F') && lines.length < tty.rows)) {
      yield* call.out(text);
      return 0;
    }
    tty.setRaw(true);
    try {
      yield* page(lines, tty, new KeyReader(stdin), call.args[0] ?? '', (shown) => call.out(shown));
    } finally {
      tty.setRaw(false);
    }
    yield* call.out('\r\n');
    return 0;
  },
};

function* page(
  lines: readonly string[],
  tty: { readonly rows: number; readonly columns: number },
  keys: KeyReader,
  name: string,
  out: (text: string) => Process<void>,
): Process<void> {
  let top = 0;
  let query = '';
  for (;;) {
    const height = tty.rows - 1;
    const last = Math.max(0, lines.length - height);
    top = Math.max(0, Math.min(top, last));
    const rows = Array.from({ length: height }, (_, row) => (lines[top + row] ?? '~').slice(0, tty.columns));
    const status = top >= last ? '(END)' : top === 0 ? name : ':';
    yield* out(`\x1b[H\x1b[J${rows.join('\r\n')}\r\n\x1b[7m${status}\x1b[0m`);
    const key = yield* keys.next();
    const typed = key?.text ?? key?.name ?? 'q';
    if (typed.startsWith('q') || typed === 'ctrl-c') return;
    if (typed === ' ' || typed === 'page-down' || typed === 'f' || typed === 'ctrl-f') top += height;
    else if (typed === 'b' || typed === 'page-up' || typed === 'ctrl-b') top -= height;
    else if (typed === 'j' || typed === 'down' || typed === 'enter') top++;
    else if (typed === 'k' || typed === 'up') top--;
    else if (typed === 'g' || typed === 'home') top = 0;
    else if (typed === 'G' || typed === 'end') top = last;
    else if (typed.startsWith('/') || typed === 'n') {
      if (typed.startsWith('/')) query = yield* readQuery(typed.slice(1), keys, out);
      const found = lines.findIndex((line, index) => index > top && line.includes(query));
      if (query !== '' && found >= 0) top = found;
    }
  }
}

function* readQuery(begun: string, keys: KeyReader, out: (text: string) => Process<void>): Process<string> {
  let query = begun;
  for (;;) {
    yield* out(`\r\x1b[K/${query}`);
    const key = yield* keys.next();
    if (!key || key.name === 'enter') return query;
    if (key.text !== undefined) query += key.text;
    else if (key.name === 'backspace') query = query.slice(0, -1);
    else if (key.name === 'escape' || key.name === 'ctrl-c') return '';
  }
}

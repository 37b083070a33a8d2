/** `vi` and `nano`: small full-screen editors for a terminal. */
import type { Process } from '../../process/process.ts';
import { FileSystemError } from '../file-system.ts';
import { type Key, KeyReader } from '../keys.ts';
import { decode, encode } from '../text.ts';
import { TextBuffer } from '../text-buffer.ts';
import { type Call, reasonOf, type Utility, UtilityError } from './utility.ts';

/** What both editors share: the file, the screen, the keys. */
class EditorScreen {
  readonly buffer: TextBuffer;
  readonly keys: KeyReader;
  readonly name: string;
  readonly isNew: boolean;
  message = '';
  readonly #call: Call;
  #top = 0;

  constructor(call: Call) {
    this.#call = call;
    this.name = call.args.find((word) => !word.startsWith('+')) ?? '';
    const path = call.path(this.name);
    this.isNew = this.name === '' || !call.context.fs.exists(path);
    this.buffer = new TextBuffer(this.isNew ? '' : decode(call.context.fs.readFile(path)));
    this.keys = new KeyReader(call.context.stdin);
  }
  get #rows(): number {
    return this.#call.context.tty?.rows ?? 24;
  }
  /** Writes the file; gives what to say. */
  save(name = this.name): string {
    try {
      this.#call.context.fs.writeFile(this.#call.path(name), encode(this.buffer.text));
      this.buffer.modified = false;
      return `'${name}' ${this.buffer.lines.length}L, ${this.buffer.text.length}C`;
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error;
      return `'${name}' ${reasonOf(error)}`;
    }
  }
  /** Draws everything: text between `reservedTop` and the lines of the bottom. */
  *draw(top: readonly string[], bottom: readonly string[]): Process<void> {
    const columns = this.#call.context.tty?.columns ?? 80;
    const height = Math.max(1, this.#rows - top.length - bottom.length);
    const { row, column, lines } = this.buffer;
    if (row < this.#top) this.#top = row;
    if (row >= this.#top + height) this.#top = row - height + 1;
    const shown = Array.from({ length: height }, (_, index) =>
      (lines[this.#top + index] ?? (top.length > 0 ? '' : '~')).replace(/\t/g, '        ').slice(0, columns),
    );
    const before = (lines[row] ?? '').slice(0, column).replace(/\t/g, '        ').length;
    const cursor = `\x1b[${row - this.#top + top.length + 1};${Math.min(before + 1, columns)}H`;
    yield* this.#call.out(`\x1b[?25l\x1b[H\x1b[J${[...top, ...shown, ...bottom].join('\r\n')}${cursor}\x1b[?25h`);
  }
  /** Asks for a line at the bottom; undefined when it was given up. */
  *ask(prompt: string, begun = ''): Process<string | undefined> {
    let text = begun;
    for (;;) {
      yield* this.#call.out(`\x1b[${this.#rows};1H\x1b[K${prompt}${text}`);
      const key = yield* this.keys.next();
      if (!key || key.name === 'escape' || key.name === 'ctrl-c') return undefined;
      if (key.name === 'enter') return text;
      if (key.name === 'backspace') {
        if (text === '') return undefined;
        text = text.slice(0, -1);
      } else if (key.text !== undefined) text += key.text;
    }
  }
  /** Moves for arrow keys and their kin; false for others. */
  navigate(key: Key): boolean {
    const { buffer } = this;
    const moves: Readonly<Record<string, () => void>> = {
      up: () => buffer.move(-1, 0),
      down: () => buffer.move(1, 0),
      left: () => buffer.move(0, -1),
      right: () => buffer.move(0, 1),
      home: () => buffer.goTo(buffer.row, 0),
      end: () => buffer.goTo(buffer.row, buffer.line.length),
      'page-up': () => buffer.move(-(this.#rows - 3), 0),
      'page-down': () => buffer.move(this.#rows - 3, 0),
      'word-left': () => buffer.wordBack(),
      'word-right': () => buffer.wordForward(),
    };
    const move = Object.hasOwn(moves, key.name) ? moves[key.name] : undefined;
    move?.();
    return move !== undefined;
  }
  /** Types a key into the text; false for keys that type nothing. */
  type(key: Key): boolean {
    if (key.text !== undefined) this.buffer.insert(key.text);
    else if (key.name === 'enter') this.buffer.insert('\n');
    else if (key.name === 'tab') this.buffer.insert('\t');
    else if (key.name === 'backspace') this.buffer.backspace();
    else if (key.name === 'delete') this.buffer.deleteForward();
    else return false;
    return true;
  }
}

function* onTerminal(call: Call, edit: (screen: EditorScreen) => Process<void>): Process<number> {
  const { tty } = call.context;
  if (!tty) throw new UtilityError('not a terminal');
  const screen = new EditorScreen(call);
  tty.setRaw(true);
  try {
    yield* edit(screen);
  } finally {
    tty.setRaw(false);
  }
  yield* call.out('\x1b[H\x1b[J');
  return 0;
}

export const vi: Utility = {
  names: ['vi', 'vim'],
  summary: 'Edit FILE',
  usage: '[FILE]',
  *run(call) {
    return yield* onTerminal(call, runVi);
  },
};

interface ViState {
  inserting: boolean;
  pending: string;
  register: string[];
  query: string;
}

function* runVi(screen: EditorScreen): Process<void> {
  const state: ViState = { inserting: false, pending: '', register: [], query: '' };
  screen.message = `- ${screen.name || 'No file'} ${screen.isNew ? '[New File] ' : ''}1/${screen.buffer.lines.length}`;
  for (;;) {
    const { row, lines } = screen.buffer;
    yield* screen.draw(
      [],
      [
        state.inserting
          ? `I ${screen.name} ${row + 1}/${lines.length}`
          : screen.message || `- ${screen.name} ${row + 1}/${lines.length}`,
      ],
    );
    const key = yield* screen.keys.next();
    if (!key) return;
    screen.message = '';
    if (state.inserting) {
      if (key.name === 'escape' || key.name === 'ctrl-c') {
        state.inserting = false;
        screen.buffer.move(0, -1);
      } else if (!screen.type(key)) screen.navigate(key);
      continue;
    }
    if (screen.navigate(key)) continue;
    const text = key.text ?? (key.name === 'enter' ? 'j' : '');
    for (const [index, char] of [...text].entries()) {
      const rest = [...text].slice(index + 1).join('');
      // What follows `:`, `/` and `i` in one go is typed into what they open.
      if (rest !== '' && (/[:/]/.test(char) || state.inserting)) {
        screen.keys.unread({ name: 'text', text: state.inserting ? char + rest : rest });
        if (state.inserting) break;
        if (yield* viCommand(screen, state, char)) return;
        break;
      }
      if (state.inserting) screen.buffer.insert(char);
      else if (yield* viCommand(screen, state, char)) return;
    }
  }
}

/** One key of normal mode; true when the editor ends. */
function* viCommand(screen: EditorScreen, state: ViState, char: string): Process<boolean> {
  const { buffer } = screen;
  const command = state.pending + char;
  state.pending = '';
  const insertAt = (prepare: () => void) => {
    buffer.checkpoint();
    prepare();
    state.inserting = true;
  };
  const commands: Readonly<Record<string, () => void>> = {
    h: () => buffer.move(0, -1),
    j: () => buffer.move(1, 0),
    k: () => buffer.move(-1, 0),
    l: () => buffer.move(0, 1),
    '0': () => buffer.goTo(buffer.row, 0),
    '^': () => buffer.goTo(buffer.row, /\S/.exec(buffer.line)?.index ?? 0),
    $: () => buffer.goTo(buffer.row, Math.max(0, buffer.line.length - 1)),
    w: () => buffer.wordForward(),
    b: () => buffer.wordBack(),
    G: () => buffer.goTo(buffer.lines.length - 1, 0),
    gg: () => buffer.goTo(0, 0),
    i: () => insertAt(() => undefined),
    a: () => insertAt(() => buffer.move(0, 1)),
    I: () => insertAt(() => buffer.goTo(buffer.row, 0)),
    A: () => insertAt(() => buffer.goTo(buffer.row, buffer.line.length)),
    o: () => insertAt(() => buffer.pasteLines([''], true)),
    O: () => insertAt(() => buffer.pasteLines([''], false)),
    x: () => {
      buffer.checkpoint();
      if (buffer.column < buffer.line.length) buffer.deleteForward();
    },
    D: () => {
      buffer.checkpoint();
      buffer.lines[buffer.row] = buffer.line.slice(0, buffer.column);
    },
    J: () => {
      buffer.checkpoint();
      buffer.goTo(buffer.row, buffer.line.length);
      buffer.insert(' ');
      buffer.deleteForward();
    },
    dd: () => {
      buffer.checkpoint();
      state.register = buffer.cutLines(1);
    },
    dw: () => {
      buffer.checkpoint();
      const length = /^(?:\w+|[^\w\s]+)?\s*/.exec(buffer.line.slice(buffer.column))?.[0].length ?? 1;
      for (let left = Math.max(1, length); left > 0; left--) buffer.deleteForward();
    },
    cc: () =>
      insertAt(() => {
        buffer.lines[buffer.row] = '';
        buffer.column = 0;
      }),
    yy: () => {
      state.register = [buffer.line];
    },
    p: () => {
      buffer.checkpoint();
      buffer.pasteLines(state.register, true);
    },
    P: () => {
      buffer.checkpoint();
      buffer.pasteLines(state.register, false);
    },
    u: () => buffer.undo(),
    n: () => {
      if (!buffer.search(state.query)) screen.message = 'Pattern not found';
    },
  };
  if (command === ':') return yield* colonCommand(screen);
  if (command === 'ZZ') {
    screen.save();
    return true;
  }
  if (command === '/') {
    state.query = (yield* screen.ask('/')) ?? state.query;
    if (!buffer.search(state.query)) screen.message = 'Pattern not found';
  } else if (/^[dgcyZ]$/.test(command)) state.pending = command;
  else if (Object.hasOwn(commands, command)) commands[command]?.();
  return false;
}

function* colonCommand(screen: EditorScreen): Process<boolean> {
  const command = yield* screen.ask(':');
  if (command === undefined) return false;
  const { buffer } = screen;
  const match = /^(w|wq|x|q|q!|wq!|w!)(?:\s+(.+))?$/.exec(command.trim());
  if (/^\d+$/.test(command)) buffer.goTo(Number(command) - 1, 0);
  else if (command === '$') buffer.goTo(buffer.lines.length - 1, 0);
  else if (/^%?s(.)/.test(command)) substitute(screen, command);
  else if (match?.[1]?.startsWith('q')) {
    if (!buffer.modified || match[1] === 'q!') return true;
    screen.message = 'No write since last change (:q! overrides)';
  } else if (match?.[1]) {
    if (match[1] !== 'x' || buffer.modified) screen.message = screen.save(match[2]);
    return match[1] !== 'w' && match[1] !== 'w!' && !buffer.modified;
  } else if (!command.startsWith('set')) screen.message = `':${command}' is not implemented`;
  return false;
}

function substitute(screen: EditorScreen, command: string): void {
  const [, scope, , pattern = '', replacement = '', flags = ''] =
    /^(%?)s(.)(.*?)\2(.*?)(?:\2(\w*))?$/.exec(command) ?? [];
  const { buffer } = screen;
  buffer.checkpoint();
  const expression = new RegExp(pattern, flags.includes('g') ? 'g' : '');
  buffer.lines = buffer.lines.map((line, row) =>
    scope === '%' || row === buffer.row ? line.replace(expression, replacement) : line,
  );
}

export const nano: Utility = {
  names: ['nano'],
  summary: 'Edit FILE',
  usage: '[FILE]',
  *run(call) {
    return yield* onTerminal(call, runNano);
  },
};

function* runNano(screen: EditorScreen): Process<void> {
  const { buffer } = screen;
  let cut: string[] = [];
  for (;;) {
    const title = `  GNU nano 8.4      ${screen.name || 'New Buffer'}${buffer.modified ? ' *' : ''}`;
    yield* screen.draw(
      [`\x1b[7m${title.padEnd(60)}\x1b[0m`],
      [screen.message, '^O Write Out  ^W Where Is  ^K Cut  ^U Paste', '^X Exit'],
    );
    const key = yield* screen.keys.next();
    if (!key) return;
    screen.message = '';
    if (key.name === 'ctrl-x') {
      if (!buffer.modified) return;
      const answer = yield* screen.ask('Save modified buffer? (Y/N) ');
      if (answer === undefined) continue;
      if (/^n/i.test(answer)) return;
      screen.save((yield* screen.ask('File Name to Write: ', screen.name)) ?? screen.name);
      return;
    }
    if (key.name === 'ctrl-o')
      screen.message = screen.save((yield* screen.ask('File Name to Write: ', screen.name)) ?? screen.name);
    else if (key.name === 'ctrl-w') buffer.search((yield* screen.ask('Search: ')) ?? '');
    else if (key.name === 'ctrl-k') cut = buffer.cutLines(1);
    else if (key.name === 'ctrl-u') buffer.pasteLines(cut, false);
    else if (key.name === 'ctrl-a') buffer.goTo(buffer.row, 0);
    else if (key.name === 'ctrl-e') buffer.goTo(buffer.row, buffer.line.length);
    else if (!screen.navigate(key)) screen.type(key);
  }
}

import { describe, expect, it } from 'vitest';
import { Pipe } from '../process/pipe.ts';
import type { Tty } from './context.ts';
import { LineEditor } from './line-editor.ts';
import { CollectingWriter } from './streams.ts';
import { TestMachine } from './testing.ts';
import { decode, encode } from './text.ts';

/** A shell or editor on a terminal of 80 × 24, driven by keys. */
class Terminal {
  readonly machine = new TestMachine({ files: { '/root/notes': 'one\ntwo\nthree\n', '/root/news': '' } });
  readonly output = new CollectingWriter();
  readonly #input = new Pipe();
  readonly child;
  constructor(argv: readonly string[]) {
    const tty: Tty = {
      columns: 80,
      rows: 24,
      raw: true,
      onResize: () => () => undefined,
      setRaw: () => undefined,
      setForeground: () => undefined,
    };
    const env = new Map([
      ['PATH', '/usr/bin:/bin'],
      ['HOME', '/root'],
      ['PS1', '$ '],
    ]);
    this.child = this.machine.processes.start({
      argv,
      env,
      cwd: '/root',
      stdin: this.#input.reader,
      stdout: this.output,
      stderr: this.output,
      tty,
    });
  }
  type(keys: string): this {
    this.#input.push(encode(keys));
    this.machine.clock.runUntil(() => false, 5);
    return this;
  }
  /** What was printed since, without cursor movements. */
  get text(): string {
    return this.output
      .text()
      .replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '')
      .replace(/\r/g, '');
  }
  end(): { readonly code: number } {
    this.#input.close();
    return this.machine.clock.run(this.child.wait());
  }
}

it('begins its prompt where output without a line feed ended', () => {
  const output = new CollectingWriter();
  const input = new Pipe();
  const tty: Tty = {
    columns: 80,
    rows: 24,
    column: 5,
    raw: true,
    onResize: () => () => undefined,
    setRaw: () => undefined,
    setForeground: () => undefined,
  };
  const editor = new LineEditor({ reader: input.reader, writer: output, tty, history: [] });
  input.push(encode('a\r'));
  const { value } = editor.readLine('$ ').next();
  expect(value).toBe('a');
  const draw = (line: string) => `\r\x1b[5C\x1b[J$ ${line}\r\x1b[${7 + line.length}C`;
  expect(output.text()).toBe(`${draw('')}${draw('a')}${draw('a')}\r\n`);
});

describe('the interactive shell', () => {
  it.each([
    { name: 'runs lines', keys: 'echo one\recho two\r', shows: ['one\n', 'two\n'] },
    { name: 'moves and kills', keys: 'xecho b\x01\x1b[3~\x05c\r', shows: ['\nbc\n'] },
    { name: 'kills a word and yanks it back', keys: 'echo a b\x17\x17\x19x\r', shows: ['\na x\n'] },
    { name: 'recalls history', keys: 'echo 1\recho 2\r\x1b[A\x1b[A\r', shows: ['\n1\n$ ', '\n2\n$ '] },
    {
      name: 'searches history',
      keys: 'echo findme\recho other\r\x12find\r',
      shows: ["(reverse-i-search)`find': echo findme"],
    },
    { name: 'completes commands and files', keys: 'ech\tabc\rcat not\t\r', shows: ['\nabc\n', 'one\ntwo\nthree\n'] },
    { name: 'lists what could be meant', keys: 'cat n\t\t\t\x15', shows: ['news', 'notes'] },
    {
      name: 'asks for the rest of a command',
      keys: 'for i in 1 2\rdo echo "<$i>"\rdone\r',
      shows: ['> ', '<1>\n<2>\n'],
    },
    { name: 'drops a line on Ctrl-C', keys: 'echo no\x03echo $?\r', shows: ['^C\n', '\n130\n'] },
    {
      name: 'goes on after errors',
      keys: 'nope\recho $?\r: ${x:?bad}\recho still\r',
      shows: ['sh: nope: not found\n', '\n127\n', 'still\n'],
    },
  ])('$name', ({ keys, shows }) => {
    const terminal = new Terminal(['sh']).type(keys);
    for (const text of shows) expect(terminal.text).toContain(text);
  });
  it('ends with Ctrl-D and the last status', () => {
    const terminal = new Terminal(['sh']).type('false\r\x04');
    expect(terminal.machine.clock.run(terminal.child.wait())).toEqual({ code: 1 });
  });
});

describe('vi and nano', () => {
  it.each([
    { editor: 'vi', keys: 'ohello\x1b:wq\r', file: 'one\nhello\ntwo\nthree\n' },
    { editor: 'vi', keys: 'ddGp:w\r:q\r', file: 'two\nthree\none\n' },
    { editor: 'vi', keys: ':%s/o/0/g\r:x\r', file: '0ne\ntw0\nthree\n' },
    { editor: 'vi', keys: 'dd:q\r:q!\r', file: 'one\ntwo\nthree\n' },
    { editor: 'nano', keys: 'new \x18y\r\r', file: 'new one\ntwo\nthree\n' },
  ])('$editor $keys', ({ editor, keys, file }) => {
    const terminal = new Terminal([editor, 'notes']).type(keys);
    expect(terminal.machine.clock.run(terminal.child.wait())).toEqual({ code: 0 });
    expect(decode(terminal.machine.fs.readFile('/root/notes'))).toBe(file);
  });
});

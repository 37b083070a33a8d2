import { describe, expect, it } from 'vitest';
import type { Signal } from '../process/signal.ts';
import { Pty } from './pty.ts';
import { decode, encode } from './text.ts';

function terminal() {
  let screen = '';
  const signals: (readonly [Signal, number | undefined])[] = [];
  const pty = new Pty(
    (bytes) => {
      screen += decode(bytes);
    },
    (signal, group) => signals.push([signal, group]),
  );
  /** What a program reads now: a text, `waits`, or undefined at the end. */
  const read = () => {
    const step = pty.stdin.read().next();
    return step.done ? (step.value ? decode(step.value) : undefined) : 'waits';
  };
  return { pty, signals, read, screen: () => screen };
}

describe('Pty', () => {
  it('echoes and gives lines when they are done', () => {
    const { pty, read, screen } = terminal();
    pty.type(encode('ls'));
    expect(read()).toBe('waits');
    pty.type(encode('\r'));
    expect(read()).toBe('ls\n');
    expect(screen()).toBe('ls\r\n');
  });

  it.each([
    ['the last character', 'ab\x7fc\r', 'ac\n', 'ab\b \bc\r\n'],
    ['a character of two bytes', 'é\x7fa\r', 'a\n', undefined],
    ['the whole line', 'ab\x15c\r', 'c\n', 'ab\b \b\b \bc\r\n'],
    ['nothing of an empty line', '\x7fa\r', 'a\n', 'a\r\n'],
  ])('erases %s', (_, keys, line, shown) => {
    const { pty, read, screen } = terminal();
    pty.type(encode(keys));
    expect(read()).toBe(line);
    if (shown !== undefined) expect(screen()).toBe(shown);
  });

  it.each([
    ['SIGINT', '\x03', '^C'],
    ['SIGQUIT', '\x1c', '^\\'],
  ])('turns a key into %s for the foreground and forgets the line', (signal, key, shown) => {
    const { pty, signals, read, screen } = terminal();
    pty.setForeground(7);
    pty.type(encode(`sleep${key}\r`));
    expect(signals).toEqual([[signal, 7]]);
    expect(read()).toBe('\n');
    expect(screen()).toBe(`sleep${shown}\r\n\r\n`);
  });

  it('signals nobody in particular before a foreground is named', () => {
    const { pty, signals } = terminal();
    pty.type(encode('\x03'));
    expect(signals).toEqual([['SIGINT', undefined]]);
  });

  it('ends the input with ^D on an empty line', () => {
    const { pty, read } = terminal();
    pty.type(encode('a\x04'));
    expect(read()).toBe('a');
    pty.type(encode('\x04'));
    expect(read()).toBeUndefined();
  });

  it('gives what was typed, then the end, when the client is gone', () => {
    const { pty, read } = terminal();
    pty.type(encode('a'));
    pty.hangUp();
    expect([read(), read()]).toEqual(['a', undefined]);
  });

  it('passes keys as they are in raw mode', () => {
    const { pty, signals, screen, read } = terminal();
    pty.setRaw(true);
    pty.type(encode('\x03q'));
    expect(read()).toBe('\x03q');
    expect(signals).toEqual([]);
    expect(screen()).toBe('');
  });

  it('shows line feeds as new lines, once', () => {
    const { pty, screen } = terminal();
    pty.stdout.write(encode('a\nb\r\n')).next();
    expect(screen()).toBe('a\r\nb\r\n');
  });

  it('tells of a new size, once', () => {
    const { pty, signals } = terminal();
    let told = 0;
    pty.onResize(() => told++);
    pty.resize(120, 40);
    pty.resize(120, 40);
    expect([pty.columns, pty.rows, told, signals]).toEqual([120, 40, 1, [['SIGWINCH', undefined]]]);
  });
});

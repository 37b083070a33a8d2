import { expect, it } from 'vitest';
import type { Signal } from '../../process/signal.ts';
import { decode, encode } from '../../shell/text.ts';
import { Pty } from './pty.ts';

function terminal() {
  let screen = '';
  const signals: (readonly [Signal, number])[] = [];
  const pty = new Pty(
    (bytes) => {
      screen += decode(bytes);
    },
    (signal, group) => void signals.push([signal, group]),
  );
  const read = () => {
    const step = pty.stdin.read().next();
    return step.done ? (step.value ? decode(step.value) : undefined) : 'waits';
  };
  return { pty, signals, read, screen: () => screen };
}

it('hands over whole lines and echoes them', () => {
  const { pty, read, screen } = terminal();
  pty.type(encode('ab\x7fc'));
  expect(read()).toBe('waits');
  pty.type(encode('\r'));
  expect(read()).toBe('ac\n');
  expect(screen()).toBe('ab\b \bc\r\n');
});

it('turns ^C into a signal for the foreground', () => {
  const { pty, signals, screen } = terminal();
  pty.setForeground(7);
  pty.type(Uint8Array.of(3));
  expect(signals).toEqual([['SIGINT', 7]]);
  expect(screen()).toBe('^C\r\n');
});

it('passes keys as they are in raw mode', () => {
  const { pty, read, screen } = terminal();
  pty.setRaw(true);
  pty.type(encode('\x1b[A'));
  expect(read()).toBe('\x1b[A');
  expect(screen()).toBe('');
});

it('ends the input with ^D on an empty line', () => {
  const { pty, read } = terminal();
  pty.type(Uint8Array.of(4));
  expect(read()).toBeUndefined();
});

it('writes line feeds as a screen needs them', () => {
  const { pty, screen } = terminal();
  pty.stdout.write(encode('a\nb\r\n')).next();
  expect(screen()).toBe('a\r\nb\r\n');
});

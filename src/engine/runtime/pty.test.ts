import { describe, expect, it } from 'vitest';
import type { Signal } from '../../process/signal.ts';
import { decode, encode } from '../../shell/text.ts';
import { Sim } from '../sim/sim.ts';
import { Pty } from './pty.ts';

function terminal() {
  const screen: string[] = [];
  const signals: Signal[] = [];
  const pty = new Pty(
    (bytes) => screen.push(decode(bytes)),
    (signal) => signals.push(signal),
  );
  const sim = new Sim();
  const read = () => {
    const task = sim.spawn(pty.stdin.read());
    sim.settle();
    const { outcome } = task;
    task.kill();
    return outcome?.kind === 'returned' && outcome.value ? decode(outcome.value) : outcome?.kind;
  };
  return { pty, screen, signals, read, sim };
}

describe('Pty', () => {
  it('echoes and gives lines when they are done', () => {
    const { pty, screen, read } = terminal();
    pty.type(encode('ls'));
    expect(read()).toBeUndefined();
    pty.type(encode('\r'));
    expect(read()).toBe('ls\n');
    expect(screen.join('')).toBe('ls\r\n');
  });

  it('edits the line', () => {
    const { pty, screen, read } = terminal();
    pty.type(encode('lx\x7fs -é\x7fa\x15pwd\r'));
    expect(read()).toBe('pwd\n');
    expect(screen.join('')).toContain('lx\b \bs');
  });

  it('turns keys into signals', () => {
    const { pty, signals, screen } = terminal();
    pty.type(encode('sleep\x03'));
    expect(signals).toEqual(['SIGINT']);
    expect(screen.join('')).toBe('sleep^C\r\n');
  });

  it('ends the input with ^D on an empty line', () => {
    const { pty, read } = terminal();
    pty.type(encode('a\x04'));
    expect(read()).toBe('a');
    pty.type(encode('\x04'));
    expect(read()).toBe('returned');
  });

  it('passes keys as they are in raw mode', () => {
    const { pty, signals, screen, read } = terminal();
    pty.tty.setRaw(true);
    pty.type(encode('\x03q'));
    expect(read()).toBe('\x03q');
    expect(signals).toEqual([]);
    expect(screen).toEqual([]);
  });

  it('shows line feeds as new lines', () => {
    const { pty, screen, sim } = terminal();
    sim.spawn(pty.stdout.write(encode('a\nb\r\n')));
    sim.settle();
    expect(screen.join('')).toBe('a\r\nb\r\n');
  });

  it('tells of a new size', () => {
    const { pty, signals } = terminal();
    let told = 0;
    pty.tty.onResize(() => told++);
    pty.resize(120, 40);
    expect([pty.tty.columns, pty.tty.rows, told, signals]).toEqual([120, 40, 1, ['SIGWINCH']]);
  });
});

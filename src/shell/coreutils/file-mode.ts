import type { DeviceType, FileStat } from '../file-system.ts';

const kinds: Readonly<Record<FileStat['kind'] | DeviceType, string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  device: 'c',
  character: 'c',
  block: 'b',
  socket: 's',
  fifo: 'p',
};

/** `drwxr-xr-x`. */
export function modeText(stat: Pick<FileStat, 'kind' | 'mode' | 'device'>): string {
  const { mode } = stat;
  const bits = (shift: number, special: number, letter: string) => {
    const execute = (mode >> shift) & 1;
    const last = mode & special ? (execute ? letter : letter.toUpperCase()) : execute ? 'x' : '-';
    return `${(mode >> shift) & 4 ? 'r' : '-'}${(mode >> shift) & 2 ? 'w' : '-'}${last}`;
  };
  return `${kinds[stat.device ?? stat.kind]}${bits(6, 0o4000, 's')}${bits(3, 0o2000, 's')}${bits(0, 0o1000, 't')}`;
}

/** Reads a mode of chmod: octal or `u+x,g-w,a=r`. Undefined for what is none. */
export function parseMode(text: string, before: number, isDirectory: boolean): number | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8);
  let mode = before;
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)((?:[-+=][rwxXst]*)+)$/.exec(clause);
    if (!match) return undefined;
    const who = match[1] === '' || match[1]?.includes('a') ? 'ugo' : (match[1] ?? '');
    for (const [, operator = '', letters = ''] of (match[2] ?? '').matchAll(/([-+=])([rwxXst]*)/g)) {
      mode = applyClause(mode, who, operator, letters, isDirectory);
    }
  }
  return mode;
}

function applyClause(before: number, who: string, operator: string, letters: string, isDirectory: boolean): number {
  let mask = 0;
  let bits = 0;
  for (const [name, shift, special] of [
    ['u', 6, 0o4000],
    ['g', 3, 0o2000],
    ['o', 0, 0],
  ] as const) {
    if (!who.includes(name)) continue;
    mask |= 7 << shift;
    if (letters.includes('r')) bits |= 4 << shift;
    if (letters.includes('w')) bits |= 2 << shift;
    if (letters.includes('x') || (letters.includes('X') && (isDirectory || (before & 0o111) !== 0))) bits |= 1 << shift;
    if (letters.includes('s')) bits |= special;
  }
  if (letters.includes('t')) bits |= 0o1000;
  if (operator === '+') return before | bits;
  return operator === '-' ? before & ~bits : (before & ~mask) | bits;
}

/** A size for people: `1.5K`. */
export function humanSize(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  let value = bytes;
  let unit = -1;
  while (value >= 1024 && unit < 4) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)}${'KMGTP'.charAt(unit)}`;
}

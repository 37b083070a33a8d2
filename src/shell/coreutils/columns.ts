/** `cut`, `paste`, `column`, `join`, `fold`, `expand`, `nl`, `rev`, `tac`, `comm`, `split`. */
import { dirName } from '../path.ts';
import { encode } from '../text.ts';
import { type Utility, UtilityError } from './utility.ts';

/** Whether a 1-based position is in a list such as `1,3-5,7-`. @throws UtilityError */
function parseList(text: string): (position: number) => boolean {
  const ranges = text.split(',').map((part) => {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (!match || part === '' || part === '-') throw new UtilityError('invalid decimal number');
    const from = match[1] === '' ? 1 : Number(match[1]);
    return [from, match[2] === '' ? from : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3])] as const;
  });
  return (position) => ranges.some(([from, to]) => position >= from && position <= to);
}

export const cut: Utility = {
  names: ['cut'],
  summary: 'Print selected fields from FILEs to stdout',
  usage: '{-b|c LIST | -f LIST [-d SEP] [-s]} [FILE]...',
  options: 'b:c:f:d:snO:',
  long: { fields: 'f', delimiter: 'd', characters: 'c', bytes: 'b', 'output-delimiter': 'O', complement: 'n' },
  *run(call) {
    const list = call.value('f') ?? call.value('c') ?? call.value('b');
    if (list === undefined) throw new UtilityError('expected a list of bytes, characters, or fields');
    const wanted = parseList(list);
    const keep = call.has('n') ? (position: number) => !wanted(position) : wanted;
    const delimiter = call.value('d') ?? '\t';
    for (const line of yield* call.lines(call.args)) {
      if (!call.has('f')) yield* call.out(`${[...line].filter((_, index) => keep(index + 1)).join('')}\n`);
      else if (!line.includes(delimiter)) {
        if (!call.has('s')) yield* call.out(`${line}\n`);
      } else
        yield* call.out(
          `${line
            .split(delimiter)
            .filter((_, index) => keep(index + 1))
            .join(call.value('O') ?? delimiter)}\n`,
        );
    }
    return 0;
  },
};

export const paste: Utility = {
  names: ['paste'],
  summary: 'Paste lines from each input file together using TAB',
  usage: '[-d DELIMITERS] [-s] [FILE]...',
  options: 'd:s',
  *run(call) {
    const delimiters = (call.value('d') ?? '\t').replace(/\\t/g, '\t').replace(/\\n/g, '\n');
    const columns: string[][] = [];
    for (const path of call.args.length === 0 ? ['-'] : call.args) columns.push(yield* call.lines([path]));
    const join = (cells: readonly string[]) =>
      cells
        .map((cell, index) =>
          index === 0 ? cell : delimiters.charAt((index - 1) % Math.max(1, delimiters.length)) + cell,
        )
        .join('');
    if (call.has('s')) for (const column of columns) yield* call.out(`${join(column)}\n`);
    else {
      const rows = Math.max(0, ...columns.map((column) => column.length));
      for (let row = 0; row < rows; row++) yield* call.out(`${join(columns.map((column) => column[row] ?? ''))}\n`);
    }
    return 0;
  },
};

export const column: Utility = {
  names: ['column'],
  summary: 'Columnate lists',
  usage: '[-t] [-s SEP] [-o SEP] [FILE]...',
  options: 'ts:o:c:N:',
  *run(call) {
    const lines = (yield* call.lines(call.args)).filter((line) => line.trim() !== '');
    const separator = call.value('s');
    const split = (line: string) => (separator === undefined ? line.trim().split(/\s+/) : line.split(separator));
    if (!call.has('t')) {
      yield* call.out(`${lines.join('\n')}\n`);
      return 0;
    }
    const rows = lines.map(split);
    const widths: number[] = [];
    for (const row of rows)
      for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
    for (const row of rows) {
      yield* call.out(
        `${row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join(call.value('o') ?? '  ')}\n`,
      );
    }
    return 0;
  },
};

export const join: Utility = {
  names: ['join'],
  summary: 'Join lines of two files on a common field',
  usage: '[-t CHAR] [-1 FIELD] [-2 FIELD] FILE1 FILE2',
  options: 't:1:2:a:',
  *run(call) {
    const separator = call.value('t');
    const split = (line: string) => (separator === undefined ? line.trim().split(/\s+/) : line.split(separator));
    const [one, two] = [Number(call.value('1') ?? 1) - 1, Number(call.value('2') ?? 1) - 1];
    const right = (yield* call.lines([call.args[1] ?? '-'])).map(split);
    for (const row of (yield* call.lines([call.args[0] ?? '-'])).map(split)) {
      const matches = right.filter((other) => other[two] === row[one]);
      for (const other of matches) {
        const cells = [
          row[one] ?? '',
          ...row.filter((_, index) => index !== one),
          ...other.filter((_, index) => index !== two),
        ];
        yield* call.out(`${cells.join(separator ?? ' ')}\n`);
      }
      if (matches.length === 0 && call.value('a') === '1') yield* call.out(`${row.join(separator ?? ' ')}\n`);
    }
    return 0;
  },
};

export const fold: Utility = {
  names: ['fold'],
  summary: 'Wrap input lines',
  usage: '[-s] [-w WIDTH] [FILE]...',
  options: 'bsw:',
  *run(call) {
    const width = call.number('w', 80);
    for (const line of yield* call.lines(call.args)) {
      let rest = line;
      while (rest.length > width) {
        const space = call.has('s') ? rest.lastIndexOf(' ', width - 1) : -1;
        const at = space > 0 ? space + 1 : width;
        yield* call.out(`${rest.slice(0, at)}\n`);
        rest = rest.slice(at);
      }
      yield* call.out(`${rest}\n`);
    }
    return 0;
  },
};

export const nl: Utility = {
  names: ['nl'],
  summary: 'Write FILEs to standard output with line numbers added',
  usage: '[-b STYLE] [FILE]...',
  options: 'b:w:s:n:i:v:',
  *run(call) {
    const width = call.number('w', 6);
    let number = call.number('v', 1);
    for (const line of yield* call.lines(call.args)) {
      const numbered = call.value('b') === 'a' || line !== '';
      yield* call.out(
        numbered
          ? `${String(number).padStart(width)}${call.value('s') ?? '\t'}${line}\n`
          : `${' '.repeat(width + 1)}${line}\n`,
      );
      if (numbered) number++;
    }
    return 0;
  },
};

export const rev: Utility = {
  names: ['rev'],
  summary: 'Reverse lines of FILE',
  usage: '[FILE]...',
  options: '',
  *run(call) {
    for (const line of yield* call.lines(call.args)) yield* call.out(`${[...line].reverse().join('')}\n`);
    return 0;
  },
};

export const tac: Utility = {
  names: ['tac'],
  summary: 'Concatenate FILEs and print them in reverse',
  usage: '[FILE]...',
  options: '',
  *run(call) {
    const lines = (yield* call.lines(call.args)).reverse();
    if (lines.length > 0) yield* call.out(`${lines.join('\n')}\n`);
    return 0;
  },
};

export const comm: Utility = {
  names: ['comm'],
  summary: 'Compare FILE1 with FILE2',
  usage: '[-123] FILE1 FILE2',
  options: '123',
  *run(call) {
    const a = yield* call.lines([call.args[0] ?? '-']);
    const b = yield* call.lines([call.args[1] ?? '-']);
    const indent = (columnNumber: number) =>
      '\t'.repeat(['1', '2', '3'].slice(0, columnNumber - 1).filter((each) => !call.has(each)).length);
    for (let i = 0, j = 0; i < a.length || j < b.length; ) {
      const [left, right] = [a[i], b[j]];
      const side =
        right === undefined || (left !== undefined && left < right) ? 1 : left === undefined || left > right ? 2 : 3;
      if (!call.has(String(side))) yield* call.out(`${indent(side)}${side === 2 ? right : left}\n`);
      if (side !== 2) i++;
      if (side !== 1) j++;
    }
    return 0;
  },
};

export const split: Utility = {
  names: ['split'],
  summary: 'Split a file into pieces',
  usage: '[-l LINES] [FILE [PREFIX]]',
  options: 'l:b:a:d',
  *run(call) {
    const lines = yield* call.lines(call.args.slice(0, 1));
    const size = call.number('l', 1000);
    const prefix = call.args[1] ?? 'x';
    const { fs } = call.context;
    if (!fs.exists(dirName(call.path(prefix)))) throw new UtilityError(`${prefix}aa: No such file or directory`);
    for (let at = 0, piece = 0; at < lines.length; at += size, piece++) {
      const suffix = call.has('d')
        ? String(piece).padStart(2, '0')
        : String.fromCharCode(97 + Math.floor(piece / 26), 97 + (piece % 26));
      fs.writeFile(call.path(prefix + suffix), encode(`${lines.slice(at, at + size).join('\n')}\n`));
    }
    return 0;
  },
};

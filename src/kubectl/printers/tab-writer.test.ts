import { expect, test } from 'vitest';
import { describeLayout, TabWriter, tableLayout } from './tab-writer.ts';

test.each([
  ['one column stands alone', [['NAME'], ['a']], 'NAME\na\n'],
  [
    'columns are three spaces apart',
    [
      ['NAME', 'AGE'],
      ['longer', '1s'],
    ],
    'NAME     AGE\nlonger   1s\n',
  ],
  [
    'the narrowest column has six places',
    [
      ['A', 'B'],
      ['1', '2'],
    ],
    'A   B\n1   2\n'.replaceAll('   ', '     '),
  ],
  [
    'the last cell keeps its width',
    [
      ['A', 'B'],
      ['1', 'x'],
    ],
    'A     B\n1     x\n',
  ],
  [
    'letters count, not bytes',
    [
      ['ä', 'B'],
      ['äöüäöü', 'x'],
    ],
    'ä        B\näöüäöü   x\n',
  ],
])('a table: %s', (_name, rows, expected) => {
  const table = new TabWriter(tableLayout);
  for (const row of rows) table.line(...row);
  expect(table.flush()).toBe(expected);
});

test('columns of a watch do not become narrower', () => {
  const table = new TabWriter(tableLayout);
  table.line('a-long-name', '1');
  table.flush();
  table.line('b', '2');
  expect(table.flush()).toBe('b             2\n');
});

test('in descriptions only neighbouring lines share a column', () => {
  const writer = new TabWriter(describeLayout);
  writer.write('Name:\tx\nA longer title:\ty\nplain\nB:\tz\n');
  expect(writer.flush()).toBe('Name:            x\nA longer title:  y\nplain\nB:  z\n');
});

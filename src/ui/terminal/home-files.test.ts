import { expect, it } from 'vitest';
import { createFileSystem } from '../../shell/memory-file-system.ts';
import { encode } from '../../shell/text.ts';
import { home, readHome, sameFiles, writeHome } from './home-files.ts';

const system = () => {
  const fs = createFileSystem({ now: () => 0 });
  fs.mkdir(home, { parents: true });
  return fs;
};

it('writes what the editor holds and reads what the terminal made', () => {
  const fs = system();
  const files = new Map([
    ['web.yaml', 'a'],
    ['shop/cart.yaml', 'b'],
  ]);
  writeHome(fs, files, new Map());
  expect(sameFiles(readHome(fs), files)).toBe(true);
  fs.writeFile(`${home}/new.txt`, encode('c'));
  fs.writeFile(`${home}/.hidden`, encode('d'));
  expect(readHome(fs).get('new.txt')).toBe('c');
  expect(readHome(fs).has('.hidden')).toBe(false);
});

it('removes what is gone from the editor', () => {
  const fs = system();
  const before = new Map([['a', '1']]);
  writeHome(fs, before, new Map());
  writeHome(fs, new Map(), before);
  expect(readHome(fs).size).toBe(0);
});

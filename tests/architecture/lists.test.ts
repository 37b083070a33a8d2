import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Each list of the house names everything in its folder: what is written and not listed would silently not exist. */
const lists = [
  {
    list: 'src/engine/controllers/descriptors.ts',
    folder: 'src/engine/controllers',
    entries: 'folders',
    except: ['shared', 'testing'],
  },
  { list: 'src/shell/coreutils/registry.ts', folder: 'src/shell/coreutils', entries: 'files', except: ['registry'] },
  { list: 'src/kubectl/commands/registry.ts', folder: 'src/kubectl/commands', entries: 'files', except: ['registry'] },
  {
    list: 'src/engine/runtime/images/registry.ts',
    folder: 'src/engine/runtime/images',
    entries: 'files',
    except: ['registry', 'image', 'testing'],
  },
  {
    list: 'src/engine/scheduler/plugins/registry.ts',
    folder: 'src/engine/scheduler/plugins',
    entries: 'files',
    except: ['registry'],
  },
] as const;

/** Modules that a file imports, and those that these import within the folder: an entry may be a part of another one. */
function reached(list: string, folder: string): Set<string> {
  const seen = new Set<string>();
  const visit = (file: string) => {
    for (const match of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)) {
      const target = join(file, '..', match[1] ?? '');
      if (!target.startsWith(`${folder}/`) || seen.has(target) || !existsSync(target)) continue;
      seen.add(target);
      visit(target);
    }
  };
  visit(list);
  return seen;
}

describe.each(lists)('$list', ({ list, folder, entries, except }) => {
  it('names everything in its folder', () => {
    const found = reached(list, folder);
    const expected = readdirSync(folder, { withFileTypes: true })
      .filter((entry) =>
        entries === 'folders'
          ? entry.isDirectory()
          : entry.isFile() && entry.name.endsWith('.ts') && !/\.(test|contract)\.ts$/.test(entry.name),
      )
      .map((entry) => entry.name.replace(/\.ts$/, ''))
      .filter((name) => !(except as readonly string[]).includes(name));
    const listed = (name: string) =>
      [...found].some((file) =>
        entries === 'folders' ? file.startsWith(`${folder}/${name}/`) : file === `${folder}/${name}.ts`,
      );
    expect(expected.filter((name) => !listed(name))).toEqual([]);
    expect(expected.length).toBeGreaterThan(0);
  });
});

/** Every `.ts` file under a folder. */
const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : /\.tsx?$/.test(entry.name) ? [path] : [];
  });

describe('the tree', () => {
  it('has no place for leftovers', () => {
    const vague = sources('src').filter((file) => /\/(utils?|helpers?|common|misc|types)\.tsx?$/.test(file));
    expect(vague).toEqual([]);
  });
  it('has no default exports, wildcard exports or silenced errors', () => {
    const bad = sources('src').filter((file) =>
      /^export (default|\*)|@ts-(ignore|expect-error|nocheck)|\bas any\b/m.test(readFileSync(file, 'utf8')),
    );
    expect(bad).toEqual([]);
  });
});

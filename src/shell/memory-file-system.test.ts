import { describe, expect, it } from 'vitest';
import { createLayer } from './inode.ts';
import { createFileSystem, type MemoryFileSystem } from './memory-file-system.ts';
import { decode, encode } from './text.ts';

const now = () => 1000;
const user = { uid: 1000, gid: 1000, groups: [1000], name: 'user' };
const read = (fs: MemoryFileSystem, path: string) => decode(fs.readFile(path));
const codeOf = (action: () => unknown): unknown => {
  try {
    action();
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

describe('layers', () => {
  const layer = createLayer([
    { '/etc/motd': 'old\n', '/bin/x': { content: 'x', mode: 0o755 } },
    { '/etc/motd': 'hello\n' },
  ]);

  it('are shared until a container writes', () => {
    const [a, b] = [createFileSystem({ now, layer }), createFileSystem({ now, layer })];
    a.writeFile('/etc/motd', encode('more\n'), { append: true });
    a.remove('/bin/x');
    expect([read(a, '/etc/motd'), read(b, '/etc/motd'), a.exists('/bin/x'), b.exists('/bin/x')]).toEqual([
      'hello\nmore\n',
      'hello\n',
      false,
      true,
    ]);
  });
});

describe('mounts', () => {
  it('show another file system, keep the inode they found, and may be read-only', () => {
    const volume = createFileSystem({ now, type: 'tmpfs' });
    volume.mkdir('/data');
    volume.writeFile('/data/key', encode('1'));
    const fs = createFileSystem({ now });
    fs.mount('/config', volume, { subPath: '/data', readOnly: true });
    fs.mount('/one/file', volume, { subPath: '/data/key' });
    volume.writeFile('/data/other', encode('2'));
    expect(fs.readdir('/config')).toEqual(['key', 'other']);
    expect(codeOf(() => fs.writeFile('/config/key', encode('x')))).toBe('EROFS');
    fs.writeFile('/one/file', encode('3'));
    expect(read(volume, '/data/key')).toBe('3');
    expect(fs.mounts().map((mount) => mount.path)).toEqual(['/one/file', '/config', '/']);
  });
  it('refuse to move or remove a mount point', () => {
    const fs = createFileSystem({ now });
    fs.mount('/m', createFileSystem({ now }));
    fs.writeFile('/a', encode('a'));
    expect([codeOf(() => fs.remove('/m')), codeOf(() => fs.rename('/a', '/m/a'))]).toEqual(['EBUSY', 'EXDEV']);
  });
  it('count what is written against the size of the volume', () => {
    const volume = createFileSystem({ now, limitBytes: 10 });
    const fs = createFileSystem({ now });
    fs.mount('/m', volume);
    fs.writeFile('/m/a', encode('12345678'));
    expect(codeOf(() => fs.writeFile('/m/b', encode('123')))).toBe('ENOSPC');
    fs.remove('/m/a');
    expect(volume.usedBytes).toBe(0);
  });
});

describe('symbolic links', () => {
  it('are followed, relative and absolute, and loops are found', () => {
    const fs = createFileSystem({ now });
    fs.mkdir('/a/b', { parents: true });
    fs.writeFile('/a/file', encode('f'));
    fs.symlink('../file', '/a/b/link');
    fs.symlink('/a/b', '/short');
    fs.symlink('/loop', '/loop');
    expect([read(fs, '/short/link'), fs.realpath('/short/link'), fs.lstat('/short').kind]).toEqual([
      'f',
      '/a/file',
      'symlink',
    ]);
    expect(codeOf(() => fs.stat('/loop'))).toBe('ELOOP');
  });
});

describe('permissions', () => {
  const fs = createFileSystem({ now });
  fs.mkdir('/private', { mode: 0o700 });
  fs.writeFile('/private/x', encode('x'));
  fs.writeFile('/public', encode('p'), { mode: 0o644 });
  fs.mkdir('/tmp');
  fs.chmod('/tmp', 0o1777);
  fs.writeFile('/tmp/of-root', encode('r'), { mode: 0o666 });
  const view = fs.as(user);

  it.each([
    ['reads what others may read', () => view.readFile('/public'), undefined],
    ['may not write it', () => view.writeFile('/public', encode('')), 'EACCES'],
    ['may not enter a private directory', () => view.readFile('/private/x'), 'EACCES'],
    ['may not make files in /', () => view.writeFile('/new', encode('')), 'EACCES'],
    ['may make files in /tmp', () => view.writeFile('/tmp/mine', encode('')), undefined],
    ['may not remove what is not its own in a sticky directory', () => view.remove('/tmp/of-root'), 'EPERM'],
    ['may not change the mode of others', () => view.chmod('/public', 0o777), 'EPERM'],
  ])('a user %s', (_, action, code) => {
    expect(codeOf(action)).toBe(code);
  });
});

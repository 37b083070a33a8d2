import { createStore, type StoreApi } from 'zustand/vanilla';

/** The files of the editor, which are those of /home/tabernetes in the terminal. */
export interface FileState {
  /** Path relative to the home folder → text. */
  readonly files: ReadonlyMap<string, string>;
  /** Open tabs, left to right. */
  readonly open: readonly string[];
  readonly active: string | undefined;
  /** Whether what was kept has been read. */
  readonly loaded: boolean;
  /** What the file held when it was last applied. */
  readonly applied: ReadonlyMap<string, string>;
}

export type FileStore = StoreApi<FileState>;

export const createFileStore = (): FileStore =>
  createStore<FileState>(() => ({ files: new Map(), open: [], active: undefined, loaded: false, applied: new Map() }));

/** `web.yaml`, or `web-2.yaml` when that is taken. */
export function freeName(files: ReadonlyMap<string, string>, wanted: string): string {
  if (!files.has(wanted)) return wanted;
  const dot = wanted.lastIndexOf('.');
  const [stem, extension] = dot > 0 ? [wanted.slice(0, dot), wanted.slice(dot)] : [wanted, ''];
  for (let n = 2; ; n++) if (!files.has(`${stem}-${n}${extension}`)) return `${stem}-${n}${extension}`;
}

/** Says what is wrong with a file's name; undefined when nothing is. */
export function nameProblem(files: ReadonlyMap<string, string>, name: string, current?: string): string | undefined {
  if (name === '') return 'A file needs a name.';
  if (name !== current && files.has(name)) return `There is a file ${name} already.`;
  if (name.startsWith('/') || name.split('/').some((part) => part === '' || part === '.' || part === '..'))
    return 'Use a plain name, or folder/name.';
  return undefined;
}

export function writeFile(store: FileStore, path: string, text: string): void {
  const { files } = store.getState();
  if (files.get(path) === text) return;
  store.setState({ files: new Map(files).set(path, text) });
}

export function openFile(store: FileStore, path: string): void {
  const { open } = store.getState();
  store.setState({ active: path, open: open.includes(path) ? open : [...open, path] });
}

export function closeFile(store: FileStore, path: string): void {
  const { open, active } = store.getState();
  const at = open.indexOf(path);
  const rest = open.filter((other) => other !== path);
  store.setState({ open: rest, active: active === path ? (rest[Math.min(at, rest.length - 1)] ?? undefined) : active });
}

export function createFile(store: FileStore, wanted: string, text: string): string {
  const path = freeName(store.getState().files, wanted);
  writeFile(store, path, text);
  openFile(store, path);
  return path;
}

export function removeFile(store: FileStore, path: string): void {
  closeFile(store, path);
  const files = new Map(store.getState().files);
  files.delete(path);
  store.setState({ files });
}

export function renameFile(store: FileStore, from: string, to: string): void {
  const { files, open, active, applied } = store.getState();
  const renamed = new Map([...files].map(([path, text]) => [path === from ? to : path, text]));
  const applies = new Map([...applied].map(([path, text]) => [path === from ? to : path, text]));
  store.setState({
    files: renamed,
    applied: applies,
    open: open.map((path) => (path === from ? to : path)),
    active: active === from ? to : active,
  });
}

/** Takes over what the terminal wrote, removed or renamed; tabs of files that are gone close. */
export function replaceFiles(store: FileStore, files: ReadonlyMap<string, string>): void {
  const { open, active } = store.getState();
  const kept = open.filter((path) => files.has(path));
  store.setState({ files, open: kept, active: active !== undefined && files.has(active) ? active : kept[0] });
}

import { type Process, suspend } from '../../process/process.ts';
import type { Program } from '../../shell/context.ts';
import { FileSystemError } from '../../shell/file-system.ts';
import { absolutePath } from '../../shell/path.ts';
import { decode, encode } from '../../shell/text.ts';
import type { ViewStore } from '../stores/view-store.ts';

/**
 * The `editor` command: opens a file in the page's editor and waits until it is saved or given up. It is `$EDITOR`, so
 * `kubectl edit` uses it.
 */
export function pageEditor(view: ViewStore): Program {
  return function* (context): Process<number> {
    const name = context.argv.at(-1);
    if (context.argv.length < 2 || name === undefined) {
      yield* context.stderr.write(encode('usage: editor FILE\n'));
      return 2;
    }
    const path = absolutePath(context.cwd, name);
    const text = yield* suspend<string | undefined>((resume) => {
      const close = () => view.setState({ editing: undefined });
      const done = (result: string | undefined) => {
        close();
        resume(result);
      };
      view.setState({ editing: { path, text: readOrEmpty(() => decode(context.fs.readFile(path))), done } });
      return close;
    });
    if (text === undefined) return 1;
    context.fs.writeFile(path, encode(text));
    return 0;
  };
}

function readOrEmpty(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (error instanceof FileSystemError && error.code === 'ENOENT') return '';
    throw error;
  }
}

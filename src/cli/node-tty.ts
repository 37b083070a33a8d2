import type { Tty } from '../shell/context.ts';

/** The terminal of this process; undefined when its standard streams are none. */
export function nodeTty(): Tty | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  return {
    get columns() {
      return process.stdout.columns;
    },
    get rows() {
      return process.stdout.rows;
    },
    onResize: (callback) => {
      process.stdout.on('resize', callback);
      return () => {
        process.stdout.off('resize', callback);
      };
    },
    setRaw: (raw) => {
      process.stdin.setRawMode(raw);
    },
    get raw() {
      return process.stdin.isRaw;
    },
    setForeground: () => {},
  };
}

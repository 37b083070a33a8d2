/** Files of an image layer (or of any initial file system) as data. */

/** A file's text, or an entry with attributes. Parent directories are made as needed (0755, root). */
export type LayerEntry =
  | string
  | {
      readonly content?: string | Uint8Array;
      /** The name of a program that runs when this file is executed; makes it executable. */
      readonly program?: string;
      /** Target of a symbolic link. */
      readonly symlink?: string;
      readonly directory?: true;
      /** A device (`/dev/null`); openers give it its meaning by its name. */
      readonly device?: true;
      readonly mode?: number;
      readonly uid?: number;
      readonly gid?: number;
    };

/** By absolute path. */
export type LayerFiles = Readonly<Record<string, LayerEntry>>;

const programMark = '\u007fELF\u0002\u0001\u0001 program ';

/** The content of a file that stands for a program: copying the file copies the program. */
export function programFileContent(program: string): string {
  return `${programMark}${program}\n`;
}

/** The program that a file's content stands for. */
export function programOfContent(content: Uint8Array): string | undefined {
  if (content[0] !== 0x7f || content.length > 200) return undefined;
  const text = String.fromCharCode(...content);
  return text.startsWith(programMark) ? text.slice(programMark.length).trimEnd() : undefined;
}

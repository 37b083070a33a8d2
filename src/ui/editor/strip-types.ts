/** TypeScript to JavaScript, line for line: types are taken away, nothing is checked. Loaded when the first such file runs. */
import { transform } from 'sucrase';
import type { Problem } from './apply-problems.ts';

export type Stripped = { readonly source: string } | { readonly problem: Problem };

/** What cannot be read becomes a problem in its place. */
export function stripTypes(text: string): Stripped {
  try {
    return { source: transform(text, { transforms: ['typescript'], disableESTransforms: true }).code };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, said = message, line = '1', column = '1'] =
      /^(?:Error transforming.*?: )?(.*) \((\d+):(\d+)\)$/.exec(message) ?? [];
    return { problem: { message: said, line: Number(line), column: Number(column), endColumn: Number(column) + 1 } };
  }
}

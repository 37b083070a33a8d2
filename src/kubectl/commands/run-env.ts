import { KubectlError } from '../errors.ts';

/** `KEY=value` words as environment variables. Upstream: kubectl/pkg/generate/versioned/run.go parseEnvs (v1.36). @throws KubectlError */
export function parseEnvPairs(words: readonly string[]): { readonly name: string; readonly value: string }[] {
  return words.map((word) => {
    const equals = word.indexOf('=');
    if (equals < 0) throw new KubectlError(`invalid env: ${word}`);
    const name = word.slice(0, equals);
    const value = word.slice(equals + 1);
    if (name === '') throw new KubectlError(`invalid env: ${word}`);
    if (!/^[^=]+$/.test(name)) throw new KubectlError(`invalid env: ${word}`);
    return { name, value };
  });
}

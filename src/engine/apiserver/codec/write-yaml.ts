import { stringify } from 'yaml';

/** An object as YAML with sorted keys. */
export function writeYaml(object: unknown): string {
  return stringify(object, { sortMapEntries: true, version: '1.1', indentSeq: false });
}

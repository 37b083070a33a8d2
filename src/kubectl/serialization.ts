import { parse, parseAllDocuments, stringify } from 'yaml';

export function parseYaml(text: string): unknown {
  return parse(text);
}
export function parseYamlDocuments(text: string): unknown[] {
  return parseAllDocuments(text).map((d) => d.toJS() as unknown);
}
export function toYaml(value: unknown): string {
  return stringify(value, { sortMapEntries: true });
}

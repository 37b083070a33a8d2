import { compareStrings } from '../../apimachinery/go-format.ts';
import { isJsonObject } from '../../apimachinery/json-value.ts';

const plainKey = /^[A-Za-z_][\w./-]*$/;
const ambiguous = /^(?:y|n|t|f|yes|no|on|off|true|false|null|~)$/i;

/**
 * KYAML: YAML with braces and quotes, in which nothing is ambiguous.
 *
 * Upstream: sigs.k8s.io/yaml/kyaml
 */
export function toKyaml(value: unknown): string {
  return `---\n${render(value, '')}\n`;
}

function render(value: unknown, margin: string): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return renderString(value, margin);
  if (Array.isArray(value)) return renderList(value, margin);
  if (!isJsonObject(value)) return String(value);
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort(compareStrings);
  if (keys.length === 0) return '{}';
  const inner = `${margin}  `;
  const members = keys.map((key) => `${inner}${renderKey(key)}: ${render(value[key], inner)},\n`);
  return `{\n${members.join('')}${margin}}`;
}

const renderKey = (key: string): string => (plainKey.test(key) && !ambiguous.test(key) ? key : JSON.stringify(key));

function renderList(items: readonly unknown[], margin: string): string {
  if (items.length === 0) return '[]';
  if (items.every((item) => isJsonObject(item) || Array.isArray(item))) {
    return `[${items.map((item) => render(item, margin)).join(', ')}]`;
  }
  const inner = `${margin}  `;
  return `[\n${items.map((item) => `${inner}${render(item, inner)},\n`).join('')}${margin}]`;
}

function renderString(text: string, margin: string): string {
  if (!text.includes('\n')) return JSON.stringify(text);
  const lines = text.split('\n');
  const parts = lines.map((line, index) => {
    const quoted = JSON.stringify(line).slice(1, -1).replaceAll('\\t', '\t');
    const start = /^\s/.test(quoted) ? `${margin}  \\${quoted}` : `${margin}   ${quoted}`;
    return index === lines.length - 1 ? start : `${start}\\n`;
  });
  const shown = parts.at(-1)?.trim() === '' ? parts.slice(0, -1) : parts;
  return `"\\\n${shown.join('\\\n')}\\\n${margin}  "`;
}

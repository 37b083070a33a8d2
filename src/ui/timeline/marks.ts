import type { InputRecord } from '../../protocol/control.ts';

/** A moment at which somebody did something. */
export interface Mark {
  /** Virtual ms since the start. */
  readonly atMs: number;
  readonly label: string;
}

/** What is done within this time is one deed: an apply of many objects, a button. */
const togetherMs = 2000;
const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'change', DELETE: 'delete' };

/** The last deeds, newest first, each named by what it began with. */
export function marksOf(inputs: readonly InputRecord[], most: number): Mark[] {
  const marks: Mark[] = [];
  for (let last = inputs.length - 1; last >= 0 && marks.length < most; ) {
    let first = last;
    while (first > 0 && (inputs[first]?.atMs ?? 0) - (inputs[first - 1]?.atMs ?? 0) < togetherMs) first--;
    const record = inputs[first];
    const more = last - first;
    if (record) marks.push({ atMs: record.atMs, label: wordsOf(record) + (more > 0 ? ` and ${more} more` : '') });
    last = first - 1;
  }
  return marks;
}

function wordsOf(record: InputRecord): string {
  if (record.kind === 'control') {
    const { op } = record.command;
    const subject = Object.entries(record.command).flatMap(([key, value]) =>
      key === 'op' || key === 'source' || typeof value !== 'string' ? [] : [value],
    );
    return [op === 'fault' ? '' : op.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`), ...subject]
      .join(' ')
      .trim();
  }
  const parts = (record.path.split('?')[0] ?? '').split('/').filter((part) => part !== '');
  const own = parts.slice(parts[0] === 'api' ? 2 : 3);
  const [resource = '', name, subresource] = own[0] === 'namespaces' && own.length > 2 ? own.slice(2) : own;
  return [verbs[record.method] ?? record.method, resource, name ?? nameIn(record.body), subresource]
    .filter((word) => word !== undefined && word !== '')
    .join(' ');
}

/** The name that a new object asks for. */
function nameIn(body: string | undefined): string | undefined {
  try {
    return (JSON.parse(body ?? '') as { metadata?: { name?: string } } | null)?.metadata?.name;
  } catch {
    return undefined;
  }
}

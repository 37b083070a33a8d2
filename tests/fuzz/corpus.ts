import { type Case, readCases } from '../recordings/case.ts';

/** A request as the fuzzer knows it: everything may still be changed. */
export interface Draft {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
}

export const namespaces = ['fuzz-a', 'fuzz-b', 'default'];

/** What was once asked of a real control plane, as material. */
export function readCorpus(folders: readonly string[] = ['api', 'rest', 'policy']): readonly Draft[] {
  return folders.flatMap((folder) => readCases(folder).flatMap(callsOf));
}

function callsOf({ steps }: Case): Draft[] {
  return steps.flatMap((step) => {
    if (!('call' in step)) return [];
    const { method, path, body, contentType, accept, headers } = step.call;
    const lower = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
    return [
      {
        method,
        path,
        headers: {
          accept: accept ?? 'application/json',
          'content-type': contentType ?? 'application/json',
          ...Object.fromEntries(lower),
        },
        body,
      },
    ];
  });
}

/** The draft with its namespace filled in, and free to be changed. */
export function instantiate(draft: Draft, namespace: string): Draft {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll('{ns}', namespace);
    if (Array.isArray(value)) return value.map(fill);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item)]));
  };
  return {
    method: draft.method,
    path: draft.path.replaceAll('{ns}', namespace),
    headers: { ...draft.headers },
    body: fill(draft.body),
  };
}

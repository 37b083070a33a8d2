import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

/** What a case needs to run: the API server alone, controllers too, or everything with hollow nodes. */
export type Needs = 'api' | 'controllers' | 'full';

export interface CallStep {
  readonly call: {
    readonly method: string;
    readonly path: string;
    readonly body?: unknown;
    readonly as?: string;
    readonly accept?: string;
    readonly contentType?: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly answer: { readonly status: number; readonly warnings?: string; readonly contentType?: string; readonly body: unknown };
}
export interface WatchStep {
  readonly watch: { readonly path: string; readonly ms: number };
  readonly events: readonly unknown[];
}
export interface UntilStep {
  readonly until: { readonly path: string; readonly jsonPath: string; readonly equals: unknown; readonly as?: string; readonly seconds?: number };
  readonly met: boolean;
}
export interface RunStep {
  readonly run: string;
  readonly stdin?: string;
  readonly as?: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}
export interface FileStep {
  readonly file: string;
  readonly text: string;
}
export interface PauseStep {
  readonly pause: number;
}
export type Step = CallStep | WatchStep | UntilStep | RunStep | FileStep | PauseStep;

/** One recorded conversation with a real control plane. */
export interface Case {
  readonly name: string;
  readonly about: string;
  readonly needs?: Needs;
  readonly namespace?: string;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

/** The part of a step that is compared. */
export interface Result {
  readonly answer?: unknown;
  readonly events?: unknown;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit?: number;
  readonly met?: boolean;
}

/** Where recordings stand beside a checkout that are not kept in it: they hold other people's manifests. */
const besides = fileURLToPath(new URL('../../../shared/recordings/', import.meta.url));

/** The cases of a folder outside this project, one file each; undefined where it is absent. */
export function readOutsideCases(folder: string): Case[] | undefined {
  const path = join(besides, folder);
  if (!existsSync(path)) return undefined;
  const files = readdirSync(path).filter((name) => name.endsWith('.json')).sort();
  return files.map((name) => JSON.parse(readFileSync(join(path, name), 'utf8')) as Case);
}

/** All cases of a folder (`api`, `rest` …). */
export function readCases(folder: string): Case[] {
  const packed = readFileSync(new URL(`./cases/${folder}.jsonl.br`, import.meta.url));
  return brotliDecompressSync(packed)
    .toString('utf8')
    .split('\n')
    .map((line) => JSON.parse(line) as Case);
}

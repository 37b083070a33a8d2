import type { Client, RawAnswer } from '../../src/client/client.ts';
import { requestOnce, textOf } from '../../src/client/request.ts';
import { now, type Process, sleep } from '../../src/process/process.ts';
import type { ApiRequest, Frame } from '../../src/protocol/rest.ts';
import type { CallStep, Case, Result, RunStep, Step, UntilStep, WatchStep } from './case.ts';
import { Normalizer } from './normalize.ts';

/** Where a case is performed: an API by token, and a shell with kubectl. */
export interface Bench {
  readonly client: Client;
  /** Runs a shell line in a folder of the case's own. */
  run(step: RunStep, namespace: string): Process<{ readonly stdout: string; readonly stderr: string; readonly exit: number }>;
  /** Puts a file into the case's folder. */
  writeFile(name: string, text: string): void;
}

type Raw = Record<string, unknown>;

/** Performs a case's steps and gives what is compared of each, normalized. Virtual time moves in `until` and `pause`. */
export function* perform(test: Case, bench: Bench): Process<Result[]> {
  const namespace = test.namespace ?? `c-${test.name}`;
  const normalizer = new Normalizer();
  if (!test.namespace) yield* prepareNamespace(test, namespace, bench);
  const raw: Raw[] = [];
  for (const step of test.steps) raw.push(yield* performStep(fill(step, namespace) as Step, namespace, bench, normalizer));
  if (!test.namespace) yield* ask(bench, { method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
  return raw.map((result) => normalized(result, normalizer));
}

function normalized(result: Raw, normalizer: Normalizer): Result {
  const { answer, events, stdout, stderr } = result;
  return {
    ...result,
    ...(answer ? { answer: { ...(normalizer.value(answer) as Raw), status: (answer as Raw)['status'] } } : {}),
    ...(events ? { events: normalizer.value(events) } : {}),
    ...(typeof stdout === 'string' ? { stdout: normalizer.output(stdout), stderr: normalizer.output(String(stderr)) } : {}),
  };
}

function* prepareNamespace(test: Case, namespace: string, bench: Bench): Process<void> {
  yield* ask(bench, { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace, labels: test.namespaceLabels ?? {} } } });
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  if (test.needs === 'api') return void (yield* ask(bench, { method: 'POST', path, body: { metadata: { name: 'default' } } }));
  for (let i = 0; i < 100; i++) {
    if ((yield* ask(bench, { method: 'GET', path: `${path}/default` })).status === 200) return;
    yield* sleep(50);
  }
}

function* performStep(step: Step, namespace: string, bench: Bench, normalizer: Normalizer): Process<Raw> {
  if ('call' in step) return yield* performCall(step, bench, normalizer);
  if ('watch' in step) return yield* performWatch(step, bench, normalizer);
  if ('until' in step) return { met: yield* performUntil(step, bench) };
  if ('run' in step) {
    const done = yield* bench.run(step, namespace);
    learnText(normalizer, done.stdout);
    const pods = yield* ask(bench, { method: 'GET', path: `/api/v1/namespaces/${namespace}/pods` });
    learnText(normalizer, textOf(pods));
    return { ...done };
  }
  if ('file' in step) bench.writeFile(step.file, step.text);
  else yield* sleep(step.pause);
  return {};
}

function* performCall(step: CallStep, bench: Bench, normalizer: Normalizer): Process<Raw> {
  const answer = yield* ask(bench, step.call);
  const text = textOf(answer);
  const body = parseBody(text);
  if (typeof body === 'object') normalizer.learn(body);
  const wanted = (step.call.body as Raw | undefined)?.['metadata'] as Raw | undefined;
  const status = body as { kind?: string; details?: { name?: string } } | null;
  if (status?.kind === 'Status' && wanted?.['generateName'] && !wanted['name'] && status.details?.name)
    normalizer.learn({ metadata: { generateName: wanted['generateName'], name: status.details.name } });
  const { warning, 'content-type': contentType } = answer.headers;
  return {
    answer: {
      status: answer.status,
      ...(warning ? { warnings: warning } : {}),
      ...(/json/.test(contentType ?? '') ? {} : { contentType }),
      body,
    },
  };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return text.trim().split('\n').map((line) => JSON.parse(line) as unknown);
    } catch {
      return text;
    }
  }
}

function* performWatch(step: WatchStep, bench: Bench, normalizer: Normalizer): Process<Raw> {
  const lines: unknown[] = [];
  let status = 0;
  const call = bench.client.stream(request({ method: 'GET', path: step.watch.path }), {
    head: (head) => {
      status = head.status;
    },
    frame: (frame) => lines.push(...eventsOf(frame)),
    end: () => {},
    fail: () => {},
  });
  yield* sleep(step.watch.ms);
  call.abort();
  if (status !== 0) normalizer.learn(lines);
  return { events: lines };
}

function eventsOf(frame: Frame): unknown[] {
  if (typeof frame === 'object' && !(frame instanceof Uint8Array)) return [JSON.parse(JSON.stringify(frame))];
  const text = typeof frame === 'string' ? frame : new TextDecoder().decode(frame);
  return text.split('\n').filter(Boolean).map((line) => {
    try {
      return JSON.parse(line) as unknown;
    } catch {
      return line;
    }
  });
}

function* performUntil({ until }: UntilStep, bench: Bench): Process<boolean> {
  const deadline = (yield* now()) + (until.seconds ?? 60) * 1000;
  for (;;) {
    const answer = yield* ask(bench, { method: 'GET', path: until.path, ...(until.as ? { as: until.as } : {}) });
    const found = until.jsonPath === 'status code' ? answer.status : pathInto(parseBody(textOf(answer)), until.jsonPath);
    if (JSON.stringify(found) === JSON.stringify(until.equals)) return true;
    if ((yield* now()) >= deadline) return false;
    yield* sleep(50);
  }
}

const pathInto = (body: unknown, path: string): unknown =>
  path
    .split('.')
    .filter(Boolean)
    .reduce<unknown>((at, key) => (at === undefined || at === null ? undefined : (at as Raw)[key]), body);

function learnText(normalizer: Normalizer, text: string): void {
  try {
    normalizer.learn(JSON.parse(text));
  } catch {
    // Not JSON: there are no objects to learn from.
  }
}

type Asked = CallStep['call'];

function request({ method, path, as = 'admin', accept = 'application/json', contentType = 'application/json', headers = {}, body }: Asked): ApiRequest {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const token = ['admin', 'alice', 'bob'].includes(as) ? { authorization: `Bearer ${as}-token` } : {};
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    method,
    path,
    headers: { accept, 'user-agent': 'case', ...(text === undefined ? {} : { 'content-type': contentType }), ...token, ...lower },
    ...(text === undefined ? {} : { body: text }),
  };
}

function* ask(bench: Bench, asked: Asked): Process<RawAnswer> {
  const answer = yield* requestOnce(bench.client.transport, request(asked));
  return { ...answer, frames: answer.frames.map(asLine) };
}

const asLine = (frame: Frame): Frame => (typeof frame === 'string' || frame instanceof Uint8Array ? frame : `${JSON.stringify(frame)}\n`);

function fill(value: unknown, namespace: string): unknown {
  if (typeof value === 'string') return value.replaceAll('{ns}', namespace);
  if (Array.isArray(value)) return value.map((item) => fill(item, namespace));
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, namespace)]));
  return value;
}

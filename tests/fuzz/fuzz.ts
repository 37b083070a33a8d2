/**
 * Random requests against an API server in process: every one must end, in an answer that clients understand, and leave the store in order.
 */
import { loopbackTransport } from '../../src/client/transport/loopback.ts';
import type { KubernetesObject } from '../../src/apimachinery/object-meta.ts';
import { type ApiServer, createApiServer } from '../../src/engine/apiserver/api-server.ts';
import { createCluster } from '../../src/engine/cluster.ts';
import { Random } from '../../src/engine/sim/random.ts';
import { Sim } from '../../src/engine/sim/sim.ts';
import { Store } from '../../src/engine/store/store.ts';
import type { ApiHandler, ApiRequest, Exchange, Frame, ResponseHead, UserInfo } from '../../src/protocol/rest.ts';
import { type Draft, instantiate, namespaces } from './corpus.ts';
import { mutate } from './mutations.ts';

const admin: UserInfo = {
  username: 'kubernetes-admin',
  uid: 'admin',
  groups: ['system:masters', 'system:authenticated'],
};
const alice: UserInfo = { username: 'alice', uid: 'alice', groups: ['developers', 'system:authenticated'] };

/** Virtual time that an answer may take: webhooks wait for up to half a minute. */
const patienceMs = 60_000;
/** Time that this process has used: that of the clock says more of the machine's other work. */
const cpuMs = (): number => process.cpuUsage().user / 1000;
/** CPU time after which a request counts as hanging. */
const slowMs = 2000;
/** Words that only a mistake of this program says. */
const mistake =
  /Cannot read prop|is not a function|is not iterable|Maximum call stack|undefined|Invalid (?:array|string) length|\[object|Cannot (?:convert|set|assign|define|add|mix)|is not extensible|read only|heap|Unexpected token|is not valid JSON|is not defined|Cannot create|not a constructor|Invalid time value|BigInt|out of range: -?\d+\b|URI malformed|RangeError|TypeError|Invalid regular/;

export interface FuzzReport {
  requests: number;
  /** How many answers had each status. */
  readonly statuses: Map<number, number>;
  /** Answers of 500 and above, by their words. */
  readonly serverErrors: Map<string, number>;
  /** What went wrong: a description, and the first request that showed it. */
  readonly problems: Map<string, string>;
  slowestMs: number;
  slowest: string;
  /** Objects in the stores at the end. */
  objects: number;
}

export const emptyReport = (): FuzzReport => ({
  requests: 0,
  statuses: new Map(),
  serverErrors: new Map(),
  problems: new Map(),
  slowestMs: 0,
  slowest: '',
  objects: 0,
});

interface Plane {
  readonly handler: ApiHandler;
  readonly sim: Sim;
  /** White-box access, where there is one. */
  readonly apiServer?: ApiServer;
  stop(): void;
}

function apiPlane(seed: string, problem: (what: string) => void): Plane {
  const sim = new Sim({ seed, onError: (error, name) => problem(`${name}: ${textOf(error)}`) });
  const store = new Store<KubernetesObject>(sim);
  const apiServer = createApiServer({ sim, store });
  apiServer.start();
  return { handler: apiServer, sim, apiServer, stop: () => apiServer.stop() };
}

function clusterPlane(seed: string, hollow: boolean, problem: (what: string) => void): Plane {
  const cluster = createCluster({
    seed,
    nodes: 2,
    hollow,
    systemPods: false,
    latency: 'instant',
    onProblem: ({ component, message }) => problem(`${component}: ${message}`),
  });
  cluster.advance(5000);
  return { handler: cluster, sim: cluster.sim, stop: () => cluster.stop() };
}

const textOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** Keeps one answer, as a client hears it. */
class Answer implements Exchange {
  readonly #abort: (() => void)[] = [];
  heads: ResponseHead[] = [];
  frames: Frame[] = [];
  ends = 0;
  late = false;
  readonly backlog = 0;

  head(head: ResponseHead): void {
    this.heads.push(head);
  }
  frame(frame: Frame): void {
    if (this.ends > 0) this.late = true;
    if (this.frames.length < 100) this.frames.push(frame);
  }
  end(): void {
    this.ends++;
  }
  onAbort(callback: () => void): void {
    this.#abort.push(callback);
  }
  onData(): void {
    // Nothing is sent on upgraded streams.
  }
  abort(): void {
    for (const callback of this.#abort) callback();
  }
  get text(): string {
    return this.frames
      .map((frame) => {
        if (typeof frame === 'string') return frame;
        return frame instanceof Uint8Array ? new TextDecoder().decode(frame) : JSON.stringify(frame);
      })
      .join('');
  }
}

export type PlaneKind = 'api' | 'hollow' | 'nodes';

/** Runs one server through so many requests. */
export function fuzz(options: {
  readonly seed: string;
  readonly requests: number;
  /** The API server alone, or with all components and hollow or complete nodes. */
  readonly plane: PlaneKind;
  readonly corpus: readonly Draft[];
  readonly report: FuzzReport;
}): void {
  const { seed, requests, corpus, report } = options;
  const random = new Random(`fuzz/${seed}`);
  let asked = '';
  const problem = (what: string): void => {
    const key = what.split('\n').slice(0, 2).join(' ').replace(/\d+/g, 'N').slice(0, 220);
    if (!report.problems.has(key)) report.problems.set(key, `${what.slice(0, 1500)}\n    ${asked}`);
  };
  const plane =
    options.plane === 'api' ? apiPlane(seed, problem) : clusterPlane(seed, options.plane === 'hollow', problem);
  for (const name of namespaces) ask(plane, post('/api/v1/namespaces', { metadata: { name } }));
  const watched = new WatchedState(plane, problem);
  plane.sim.advance(1000);
  const before = plane.sim.pending;
  for (let i = 0; i < requests; i++) {
    const request = nextRequest(corpus, random);
    asked = describe(request);
    one(plane, request, report, problem);
    if (i % 500 === 499) {
      asked = `after ${i + 1} requests`;
      plane.sim.advance(2000);
      check(plane, problem);
      watched.compare();
    }
  }
  asked = 'at the end';
  plane.sim.advance(5000);
  check(plane, problem);
  watched.compare();
  watched.stop();
  if (plane.apiServer) {
    report.objects += plane.apiServer.store.size;
    for (const store of plane.apiServer.resources.stores())
      if (store.cacher.watchCount > ownWatches)
        problem(`watches are left at ${store.prefix}: ${store.cacher.watchCount}`);
    if (plane.sim.pending > before + 200) problem(`timers are left: ${plane.sim.pending} of ${before}`);
  }
  plane.stop();
  if (({} as Record<string, unknown>)['polluted'] !== undefined) problem('the prototype of all objects was changed');
}

/** Watches that the API server itself keeps on a resource. */
const ownWatches = 2;

function nextRequest(corpus: readonly Draft[], random: Random): ApiRequest {
  const draft = instantiate(
    corpus[random.int(corpus.length)] as Draft,
    namespaces[random.int(namespaces.length)] ?? '',
  );
  if (random.int(5) !== 0) mutate(draft, random);
  const { body } = draft;
  const encoded =
    body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : (JSON.stringify(body) ?? '');
  return {
    method: draft.method,
    path: draft.path.startsWith('/') ? draft.path : `/${draft.path}`,
    headers: draft.headers,
    ...(encoded === undefined ? {} : { body: encoded }),
    peer: random.int(20) === 0 ? alice : admin,
  };
}

const post = (path: string, body: object): ApiRequest => ({
  method: 'POST',
  path,
  headers: { accept: 'application/json', 'content-type': 'application/json' },
  body: JSON.stringify(body),
  peer: admin,
});

function ask(plane: Plane, request: ApiRequest): Answer {
  const answer = new Answer();
  plane.handler.handle(request, answer);
  return answer;
}

function one(plane: Plane, request: ApiRequest, report: FuzzReport, problem: (what: string) => void): void {
  const started = cpuMs();
  const answer = new Answer();
  try {
    plane.handler.handle(request, answer);
    const isStream = answer.heads[0]?.status === 200 && answer.ends === 0;
    if (!isStream && answer.ends === 0) plane.sim.runUntil(() => answer.ends > 0, { limitMs: patienceMs });
    if (isStream) plane.sim.advance(10);
  } catch (error) {
    problem(`thrown: ${textOf(error)}`);
  }
  if (answer.ends === 0) answer.abort();
  const text = judge(answer, request, problem);
  const status = answer.heads[0]?.status ?? 0;
  if (status >= 500) {
    const words = (/"?message"?: ?"?([^\n]{0,160})/.exec(text)?.[1] ?? text.slice(0, 160)).replace(/\d+/g, 'N');
    report.serverErrors.set(words, (report.serverErrors.get(words) ?? 0) + 1);
  }
  report.requests++;
  report.statuses.set(status, (report.statuses.get(status) ?? 0) + 1);
  const took = cpuMs() - started;
  if (took > slowMs) problem(`slow: ${request.method} ${Math.round(took / 1000)} s`);
  if (took > report.slowestMs) {
    report.slowestMs = took;
    report.slowest = describe(request);
  }
}

/** Judges an answer and gives its text. */
function judge(answer: Answer, request: ApiRequest, problem: (what: string) => void): string {
  const [head] = answer.heads;
  const status = head?.status ?? 0;
  if (answer.heads.length !== 1) problem(`${answer.heads.length} heads`);
  if (answer.ends > 1 || answer.late) problem(`${answer.ends} ends, or frames after the end`);
  if (answer.ends === 0 && status !== 200 && status !== 101) problem(`no end after status ${status}`);
  if (!Number.isInteger(status) || status < 100 || status > 599) problem(`status ${status}`);
  const text = encoded(answer, problem);
  if (status < 400 || request.method === 'HEAD') return text;
  const type = head?.headers['content-type'] ?? '';
  if (type.startsWith('application/json')) judgeStatus(text, status, problem);
  else if (text === '') problem(`status ${status} without words`);
  if (status >= 500 && mistake.test(text)) problem(`a mistake in words: ${text}`);
  return text;
}

/** The answer as it would stand on the wire. */
function encoded(answer: Answer, problem: (what: string) => void): string {
  try {
    return answer.text;
  } catch (error) {
    problem(`an answer that cannot be encoded: ${textOf(error)}`);
    return '';
  }
}

function judgeStatus(text: string, status: number, problem: (what: string) => void): void {
  let parsed: { kind?: string; code?: number; status?: string } = {};
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch {
    // Not a Status, either.
  }
  if (parsed.kind !== 'Status' || parsed.status !== 'Failure' || parsed.code !== status)
    problem(`status ${status} without a Status: ${text.slice(0, 300)}`);
}

/** What must hold of every stored object. */
function check(plane: Plane, problem: (what: string) => void): void {
  if (!plane.apiServer) return;
  const uids = new Set<string>();
  for (const store of plane.apiServer.resources.stores()) {
    for (const object of store.all()) {
      const { name = '', namespace = '', uid = '', resourceVersion = '' } = object.metadata;
      const where = `${store.prefix}${namespace}/${name}`;
      if (!Object.isFrozen(object) || !Object.isFrozen(object.metadata)) problem(`not frozen: ${where}`);
      if (name === '') problem(`without a name: ${where}`);
      if (uid === '' || uids.has(uid)) problem(`uid ${uid} is not its own: ${where}`);
      uids.add(uid);
      if (!/^[1-9]\d*$/.test(resourceVersion) || Number(resourceVersion) > plane.apiServer.store.revision)
        problem(`resourceVersion ${resourceVersion} of ${where}`);
    }
  }
}

/** A watch of everything of one kind from the start: what it adds up to must be what a list gives. */
class WatchedState {
  readonly #plane: Plane;
  readonly #problem: (what: string) => void;
  readonly #seen = new Map<string, string>();
  readonly #stop: () => void;
  static readonly path = '/api/v1/configmaps';

  constructor(plane: Plane, problem: (what: string) => void) {
    this.#plane = plane;
    this.#problem = problem;
    const call = loopbackTransport(plane.handler, plane.sim, { peer: admin }).request(
      { method: 'GET', path: `${WatchedState.path}?watch=true&timeoutSeconds=100000000`, headers: {} },
      {
        head: () => {},
        frame: (frame) => this.#take(frame as WatchFrame),
        end: () => problem('a watch ended'),
        fail: () => {},
      },
    );
    this.#stop = () => call.abort();
  }

  compare(): void {
    this.#plane.sim.advance(100);
    const answer = new Answer();
    this.#plane.handler.handle({ method: 'GET', path: WatchedState.path, headers: {}, peer: admin }, answer);
    const { items } = JSON.parse(answer.text) as { items: KubernetesObject[] };
    const listed = items.map((item) => `${keyOf(item)} ${item.metadata.resourceVersion}`).sort();
    const heard = [...this.#seen].map(([key, version]) => `${key} ${version}`).sort();
    if (listed.join() !== heard.join())
      this.#problem(`a watch heard of ${heard.length} objects, a list has ${listed.length}`);
  }
  stop(): void {
    this.#stop();
  }

  #take({ type, object }: WatchFrame): void {
    if (type === 'DELETED') this.#seen.delete(keyOf(object));
    else this.#seen.set(keyOf(object), object.metadata.resourceVersion ?? '');
  }
}

interface WatchFrame {
  readonly type: string;
  readonly object: KubernetesObject;
}

const keyOf = ({ metadata }: KubernetesObject): string => `${metadata.namespace}/${metadata.name}`;

function describe({ method, path, headers, body }: ApiRequest): string {
  const text = body instanceof Uint8Array ? `bytes ${Buffer.from(body).toString('hex')}` : String(body ?? '');
  return `${method} ${path.slice(0, 600)} ${JSON.stringify(headers).slice(0, 400)} ${text.length > 1500 ? `${text.slice(0, 1500)}… ${text.length}` : text}`;
}

import type * as corev1 from '../../api/core/v1.ts';
import { errorText } from '../../apimachinery/error-text.ts';
import { isNotFound, StatusError } from '../../apimachinery/status-error.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import { all } from '../../process/combinators.ts';
import { currentDriver, type Process, sleep } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { itemsOf, type Unstructured } from '../object.ts';
import {
  allContainerNames,
  allContainers,
  defaultContainerAnnotation,
  findContainer,
  notValidContainer,
} from '../pods/containers.ts';
import { podsOf } from '../pods/find-pod.ts';
import { type LogRequest, streamLog } from '../pods/log-stream.ts';
import { withQuery } from '../rest/rest-client.ts';
import { usageError } from '../usage.ts';

const usageText =
  "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command";
const selectorTail = 10;

export const logs: Command = {
  use: 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]',
  group: 'debug',
  short: 'Print the logs for a container in a pod',
  long: 'Prints what a container wrote. With one container in the pod its name may be left out.',
  example: `kubectl logs web

# Follow one container
kubectl logs -f web -c main

# The last lines of all pods with a label
kubectl logs -l app=web --all-containers --tail=20

# What it wrote before it was restarted
kubectl logs -p web`,
  flags: flagSpecs(`
    all-containers=false all-pods=false c/container='' f/follow=false ignore-errors=false
    insecure-skip-tls-verify-backend=false limit-bytes=0 max-log-requests=5 pod-running-timeout=20s prefix=false
    p/previous=false l/selector='' since=0s since-time='' tail=-1 timestamps=false
  `),
  plainUseLine: true,
  completion: 'pod-or-workload',
  run: runLogs,
};

function* runLogs(invocation: Invocation): Process<void> {
  const { flags } = invocation;
  const query = logQuery(invocation);
  const object = yield* logObject(invocation);
  const requests = yield* requestsFor(invocation, object, query);
  const follow = flags.bool('follow');
  const most = flags.int('max-log-requests');
  if (follow && requests.length > most) {
    throw new KubectlError(
      `you are attempting to follow ${requests.length} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`,
    );
  }
  const consume = (request: LogRequest) => consumeWithRetry(invocation, request);
  if (follow && requests.length > 1) yield* all(requests.map(consume));
  else for (const request of requests) yield* consume(request);
}

type LogQuery = Readonly<Record<string, string | number | boolean | undefined>> & { readonly container: string };

/** Upstream: kubectl/pkg/cmd/logs/logs.go Complete, ToLogOptions, Validate (v1.36). @throws KubectlError */
function logQuery({ flags, args, path }: Invocation): LogQuery {
  const selector = flags.string('selector');
  if ((args.length === 0 && selector === '') || args.length > 2) throw usageError(path, usageText);
  if (args.length === 1 && selector !== '') throw usageError(path, 'only a selector (-l) or a POD name is allowed');
  const container = args[1] ?? flags.string('container');
  const sinceTime = flags.string('since-time');
  const sinceSeconds = Math.round(flags.duration('since') / 1000);
  const tail = flags.int('tail');
  if (sinceTime !== '' && sinceSeconds !== 0) {
    throw new KubectlError('at most one of `sinceTime` or `sinceSeconds` may be specified');
  }
  if (flags.bool('all-containers') && container !== '') {
    throw new KubectlError(`--all-containers=true should not be specified with container name ${container}`);
  }
  if (flags.changed('container') && args.length === 2) {
    throw new KubectlError('only one of -c or an inline [CONTAINER] arg is allowed');
  }
  if (flags.int('limit-bytes') < 0) throw new KubectlError('--limit-bytes must be greater than 0');
  if (sinceSeconds < 0) throw new KubectlError('--since must be greater than 0');
  if (tail < -1) throw new KubectlError('--tail must be greater than or equal to -1');
  const defaultTail = selector !== '' && !flags.changed('tail') ? selectorTail : undefined;
  return {
    container,
    follow: flags.bool('follow'),
    previous: flags.bool('previous'),
    timestamps: flags.bool('timestamps'),
    insecureSkipTLSVerifyBackend: flags.bool('insecure-skip-tls-verify-backend'),
    sinceTime: sinceTime === '' ? undefined : formatTime(parseTime(sinceTime)),
    sinceSeconds: sinceSeconds === 0 ? undefined : sinceSeconds,
    limitBytes: flags.int('limit-bytes'),
    tailLines: tail === -1 ? defaultTail : String(tail),
  };
}

function* logObject({ flags, args, factory, err }: Invocation): Process<Unstructured> {
  const selector = flags.string('selector');
  const builder = factory.builder().namespaceParam(factory.namespace).defaultNamespace().singleResourceType();
  const [name] = args;
  if (name !== undefined) builder.resourceNames('pods', name);
  if (selector !== '') builder.resourceTypes('pods').labelSelectorParam(selector);
  let object: Unstructured | undefined;
  try {
    const infos = yield* (yield* builder.do()).infos();
    if (selector === '' && infos.length !== 1) throw new KubectlError('expected a resource');
    object = infos[0]?.object;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new KubectlError(
      `error from server (NotFound): ${errorText(error)} in namespace ${JSON.stringify(factory.namespace)}`,
    );
  }
  if (object === undefined) throw new KubectlError('expected a resource');
  if (selector !== '' && itemsOf(object).length === 0) {
    yield* err.line(`No resources found in ${factory.namespace} namespace.`);
  }
  return object;
}

/** Upstream: kubectl/pkg/polymorphichelpers/logsforobject.go (v1.36) */
function* requestsFor(invocation: Invocation, object: Unstructured, query: LogQuery): Process<LogRequest[]> {
  const { flags, factory, err } = invocation;
  if (Array.isArray(object['items'])) {
    const requests: LogRequest[] = [];
    for (const pod of itemsOf(object))
      requests.push(...(yield* requestsForPod(invocation, pod as unknown as corev1.Pod, query)));
    return requests;
  }
  const timeoutMs = flags.duration('pod-running-timeout');
  const pods = yield* podsOf(factory, object, { verb: 'get the logs from', timeoutMs });
  const [first] = pods;
  if (first === undefined) return [];
  if (flags.bool('all-pods')) {
    const requests: LogRequest[] = [];
    for (const pod of pods) requests.push(...(yield* requestsForPod(invocation, pod, query)));
    return requests;
  }
  if (pods.length > 1) yield* err.line(`Found ${pods.length} pods, using pod/${first.metadata?.name ?? ''}`);
  return yield* requestsForPod(invocation, first, query);
}

function* requestsForPod({ flags, err }: Invocation, pod: corev1.Pod, query: LogQuery): Process<LogRequest[]> {
  const { namespace = '', name = '', annotations } = pod.metadata ?? {};
  const path = `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(name)}/log`;
  const requestFor = (container: string): LogRequest => {
    const prefix = flags.bool('prefix') || flags.bool('all-pods') ? `[pod/${name}/${container}] ` : '';
    return { path: withQuery(path, { ...query, container }), prefix };
  };
  if (flags.bool('all-containers')) {
    const { initContainers = [], containers = [], ephemeralContainers = [] } = pod.spec ?? {};
    return [...initContainers, ...containers, ...ephemeralContainers].map((container) => requestFor(container.name));
  }
  let { container } = query;
  const preferred = annotations?.[defaultContainerAnnotation] ?? '';
  if (container === '' && preferred !== '') {
    if (findContainer(pod, preferred)) container = preferred;
    else yield* err.line(`Default container name ${JSON.stringify(preferred)} not found in pod ${name}`);
  }
  if (container === '') {
    container = pod.spec?.containers[0]?.name ?? '';
    if (allContainers(pod).length > 1 && !flags.bool('all-pods')) {
      yield* err.line(`Defaulted container ${JSON.stringify(container)} out of: ${allContainerNames(pod)}`);
    }
  }
  if (findContainer(pod, container) === undefined) throw notValidContainer(pod, container);
  return [requestFor(container)];
}

/** While following, refusals of the server are tried again for a while. Upstream: logs.go consumeWithRetry (v1.36) */
function* consumeWithRetry({ flags, factory, out, err }: Invocation, request: LogRequest): Process<void> {
  const driver = yield* currentDriver();
  const deadline = driver.now() + flags.duration('pod-running-timeout');
  for (;;) {
    try {
      return yield* streamLog(factory.rest, request, out);
    } catch (error) {
      if (flags.bool('ignore-errors')) return yield* out.line(`error: ${errorText(error)}`);
      if (!flags.bool('follow')) throw error;
      yield* err.line(errorText(error));
      if (!(error instanceof StatusError) || driver.now() + 1000 > deadline) throw error;
      yield* sleep(1000);
    }
  }
}

/** Logs, exec, attach and port-forward: requests to a pod that its node's kubelet answers. Upstream: pkg/registry/core/pod/strategy.go (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import * as field from '../../../apimachinery/field-error.ts';
import {
  newBadRequest,
  newForbidden,
  newGenericServerResponse,
  newInternalError,
  newInvalid,
  newNotFound,
  type StatusError,
} from '../../../apimachinery/status-error.ts';
import { type Process, suspend } from '../../../process/process.ts';
import type { Exchange } from '../../../protocol/rest.ts';
import { attributesOf } from '../authorization/authorize-request.ts';
import type { Subresource } from '../registry/resource-definition.ts';
import type { SubresourceRequest } from '../registry/subresource-request.ts';
import type { QueryValues } from '../request-info.ts';
import { checkKubeletAddress } from './kubelet-address.ts';

const pods = { group: '', resource: 'pods' };

function podOf({ store, context, name }: SubresourceRequest): corev1.Pod {
  const pod = store.entry(context.info.namespace, name)?.value;
  if (!pod) throw newNotFound(pods, name);
  return pod as corev1.Pod;
}

/** The container that is meant. @throws StatusError BadRequest when that is not clear */
function validateContainer(pod: corev1.Pod, asked: string): string {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = pod.spec ?? {};
  const names = [...initContainers, ...containers, ...ephemeralContainers].map((container) => container.name);
  const { name } = pod.metadata;
  if (asked === '') {
    const [only] = containers;
    if (only && containers.length === 1) return only.name;
    const choice = containers.length === 0 ? '' : `, choose one of: [${names.join(' ')}]`;
    throw newBadRequest(`a container name must be specified for pod ${name}${choice}`);
  }
  if (!names.includes(asked)) throw newBadRequest(`container ${asked} is not valid for pod ${name}`);
  return asked;
}

/** Sends the request on to the kubelet's own path; the kubelet answers. @throws StatusError when it cannot be reached */
function forward(request: SubresourceRequest, pod: corev1.Pod, path: string, exchange = request.exchange): void {
  const { services, context } = request;
  const nodeName = pod.spec?.nodeName ?? '';
  checkKubeletAddress(services.objects, nodeName, 'pods');
  const sent = services.nodeProxy?.handle(nodeName, { ...context.request, path }, exchange) ?? false;
  if (!sent)
    throw newInternalError(
      `Get "https://${pod.status?.hostIP ?? nodeName}:10250${path}": dial tcp ${pod.status?.hostIP ?? nodeName}:10250: connect: no route to host`,
    );
}

/**
 * Passes a good answer on, and makes a Status of a bad one's text. Ends when it is known which it is.
 *
 * Upstream: apiserver/pkg/registry/generic/rest/response_checker.go (v1.36)
 * @throws StatusError when the kubelet refuses or cannot be reached
 */
function* forwardChecked(request: SubresourceRequest, pod: corev1.Pod, path: string): Process<void> {
  const refused = yield* suspend<StatusError | undefined>((resume, fail) => {
    try {
      forward(request, pod, path, checkedExchange(request, resume));
    } catch (error) {
      fail(error);
    }
  });
  if (refused) throw refused;
}

function checkedExchange(
  { exchange, name }: SubresourceRequest,
  settled: (refusal: StatusError | undefined) => void,
): Exchange {
  const decoder = new TextDecoder();
  let refusal: number | undefined;
  let text = '';
  return {
    head(head) {
      if (head.status < 200 || head.status > 206) {
        refusal = head.status;
        return;
      }
      exchange.head(head);
      settled(undefined);
    },
    frame(frame) {
      if (refusal === undefined) exchange.frame(frame);
      else text += frame instanceof Uint8Array ? decoder.decode(frame, { stream: true }) : String(frame);
    },
    end() {
      if (refusal === undefined) exchange.end();
      else settled(refusalStatus(refusal, text, name));
    },
    onAbort: (callback) => exchange.onAbort(callback),
    onData: (callback) => exchange.onData(callback),
    get backlog() {
      return exchange.backlog;
    },
  };
}

function refusalStatus(code: number, serverMessage: string, name: string): StatusError {
  if (code === 500) return newInternalError(serverMessage);
  if (code === 400) return newBadRequest(serverMessage);
  const resource = { group: '', resource: 'pods/log' };
  return newGenericServerResponse({ code, verb: '', resource, name, serverMessage, isUnexpectedResponse: false });
}

const segments = (...parts: readonly string[]): string => parts.map(encodeURIComponent).join('/');

function integerOption(query: QueryValues, name: string): number | undefined {
  if (!query.has(name)) return undefined;
  const text = query.get(name);
  if (!/^[-+]?\d+$/.test(text))
    throw newBadRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

function logQuery(query: QueryValues, podName: string): URLSearchParams {
  const [tailLines, limitBytes, sinceSeconds] = ['tailLines', 'limitBytes', 'sinceSeconds'].map((name) =>
    integerOption(query, name),
  );
  const errors: field.FieldError[] = [];
  if (tailLines !== undefined && tailLines < 0)
    errors.push(field.invalid(field.newPath('tailLines'), tailLines, 'must be greater than or equal to 0'));
  if (limitBytes !== undefined && limitBytes < 1)
    errors.push(field.invalid(field.newPath('limitBytes'), limitBytes, 'must be greater than 0'));
  const sinceTime = query.get('sinceTime');
  if (sinceSeconds !== undefined && sinceTime !== '')
    errors.push(field.forbidden(field.newPath(''), 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  else if (sinceSeconds !== undefined && sinceSeconds < 1)
    errors.push(field.invalid(field.newPath('sinceSeconds'), sinceSeconds, 'must be greater than 0'));
  const stream = query.get('stream') || 'All';
  if (!['All', 'Stdout', 'Stderr'].includes(stream))
    errors.push(field.notSupported(field.newPath('stream'), stream, ['All', 'Stderr', 'Stdout']));
  else if (stream !== 'All' && tailLines !== undefined)
    errors.push(field.forbidden(field.newPath(''), '`tailLines` and specific `stream` are mutually exclusive for now'));
  if (errors.length > 0) throw newInvalid({ group: '', kind: 'PodLogOptions' }, podName, errors);
  const out = new URLSearchParams();
  for (const name of ['follow', 'previous', 'timestamps']) if (query.flag(name)) out.set(name, 'true');
  for (const name of ['sinceSeconds', 'sinceTime', 'tailLines', 'limitBytes'])
    if (query.get(name) !== '') out.set(name, query.get(name));
  out.set('stream', stream);
  return out;
}

/** GET pods/log. A pod that runs nowhere yet has nothing to say. */
function* readLog(request: SubresourceRequest): Process<void> {
  const { query, info } = request.context;
  const options = logQuery(query, request.name);
  const pod = podOf(request);
  const container = validateContainer(pod, query.get('container'));
  if (!pod.spec?.nodeName) {
    request.exchange.head({ status: 204, headers: {} });
    return request.exchange.end();
  }
  yield* forwardChecked(request, pod, `/containerLogs/${segments(info.namespace, request.name, container)}?${options}`);
}

/**
 * A WebSocket begins as a GET: who may only get must not run commands by it.
 *
 * Upstream: pkg/registry/core/pod/rest/authorize.go ensureAuthorizedForVerb (v1.36)
 * @throws StatusError Forbidden
 */
function ensureAuthorizedForCreate({ context, services }: SubresourceRequest): void {
  const { group, resource, name, verb } = context.info;
  if (verb === 'create') return;
  const { allowed, reason } = services.authorizer.authorize({ ...attributesOf(context), verb: 'create' });
  if (!allowed) throw newForbidden({ group, resource }, name, reason);
}

function streamRequest(path: 'exec' | 'attach'): (request: SubresourceRequest) => Process<void> {
  return function* (request) {
    ensureAuthorizedForCreate(request);
    const { query, info } = request.context;
    const pod = podOf(request);
    const container = validateContainer(pod, query.get('container'));
    if (!pod.spec?.nodeName) throw newBadRequest(`pod ${request.name} does not have a host assigned`);
    const options = new URLSearchParams();
    const asked = [
      ['stdin', 'input'],
      ['stdout', 'output'],
      ['stderr', 'error'],
      ['tty', 'tty'],
    ] as const;
    for (const [name, kubeletName] of asked) if (query.flag(name)) options.set(kubeletName, '1');
    if (path === 'exec') for (const word of query.all('command')) options.append('command', word);
    if (!options.has('input') && !options.has('output') && !options.has('error'))
      throw newBadRequest('you must specify at least 1 of stdin, stdout, stderr');
    if (!request.context.request.upgrade) throw newBadRequest('Upgrade request required');
    forward(request, pod, `/${path}/${segments(info.namespace, request.name, container)}?${options}`);
  };
}

function* forwardPorts(request: SubresourceRequest): Process<void> {
  ensureAuthorizedForCreate(request);
  const { query, info } = request.context;
  const pod = podOf(request);
  if (!pod.spec?.nodeName) throw newBadRequest(`pod ${request.name} does not have a host assigned`);
  if (!request.context.request.upgrade) throw newBadRequest('Upgrade request required');
  const ports = query.all('ports').flatMap((text) => text.split(','));
  const options = ports.length > 0 ? `?port=${ports.map(encodeURIComponent).join(',')}` : '';
  forward(request, pod, `/portForward/${segments(info.namespace, request.name)}${options}`);
}

/** The subresources of a pod that its kubelet answers. */
export const podStreams: readonly Subresource[] = [
  { name: 'attach', kind: 'PodAttachOptions', verbs: ['create', 'get'], handle: streamRequest('attach') },
  { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'], handle: streamRequest('exec') },
  { name: 'log', kind: 'Pod', verbs: ['get'], handle: readLog },
  { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'], handle: forwardPorts },
];

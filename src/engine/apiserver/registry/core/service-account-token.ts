/** POST serviceaccounts/token. Upstream: pkg/registry/core/serviceaccount/storage/token.go (v1.36) */
import type * as authenticationv1 from '../../../../api/authentication/v1.ts';
import type * as corev1 from '../../../../api/core/v1.ts';
import * as field from '../../../../apimachinery/field-error.ts';
import type { KubernetesObject } from '../../../../apimachinery/object-meta.ts';
import { newBadRequest, newConflict, newInvalid, newNotFound } from '../../../../apimachinery/status-error.ts';
import { formatTime } from '../../../../apimachinery/time.ts';
import type { Process } from '../../../../process/process.ts';
import { defaultAudiences } from '../../authentication/service-account-token.ts';
import type { SubresourceRequest } from '../subresource-request.ts';

const kind = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
const minSeconds = 600;
const maxSeconds = 2 ** 32;

type BoundKind = 'Pod' | 'Secret' | 'Node';
const boundResources: Readonly<Record<BoundKind, string>> = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' };

/** Makes a token for the account. */
export function* requestToken(request: SubresourceRequest): Process<void> {
  const { context, services, store, name } = request;
  const { namespace } = context.info;
  const body = request.body<authenticationv1.TokenRequest & { readonly metadata: KubernetesObject['metadata'] }>();
  checkMeta(body.metadata, name, namespace);
  const account = store.get(namespace, name) as corev1.ServiceAccount;
  checkUid(body.metadata, account);
  const seconds = body.spec?.expirationSeconds ?? 0;
  const errors = secondsErrors(seconds);
  if (errors.length > 0) throw newInvalid(kind, '', errors);
  const bound = boundObject(request, body.spec?.boundObjectRef, account);
  const node = bound?.kind === 'Pod' ? nodeOf(request, bound.object as corev1.Pod) : undefined;
  const asked = body.spec?.audiences ?? [];
  const audiences = asked.length > 0 ? asked : defaultAudiences;
  const token = services.tokens.issue({
    account,
    audiences,
    expiresInSeconds: seconds,
    ...(bound ? { bound } : {}),
    node,
  });
  const spec = {
    ...body.spec,
    audiences,
    expirationSeconds: seconds,
    boundObjectRef: boundReference(body.spec?.boundObjectRef, bound),
  };
  const expirationTimestamp = formatTime(services.sim.now() + seconds * 1000);
  const uid = account.metadata.uid ?? '';
  const metadata = { ...body.metadata, name, namespace, uid, creationTimestamp: services.now() };
  const status = {
    get token() {
      return token();
    },
    expirationTimestamp,
  };
  request.reply(201, { ...body, metadata, spec, status });
}

function checkMeta(metadata: KubernetesObject['metadata'], name: string, namespace: string): void {
  if (metadata.namespace && metadata.namespace !== namespace) {
    throw newBadRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (!metadata.name || metadata.name === name) return;
  const path = field.newPath('metadata', 'name');
  throw newInvalid(kind, name, [
    field.invalid(path, metadata.name, 'must match the service account name if specified'),
  ]);
}

function checkUid({ uid }: KubernetesObject['metadata'], account: corev1.ServiceAccount): void {
  const { name = '', uid: own = '' } = account.metadata;
  if (!uid || uid === own) return;
  const why = `the UID in the token request (${uid}) does not match the UID of the service account (${own})`;
  throw newConflict({ group: kind.group, resource: kind.kind }, name, why);
}

function secondsErrors(seconds: number): field.FieldError[] {
  const path = field.newPath('spec', 'expirationSeconds');
  if (seconds < minSeconds) return [field.invalid(path, seconds, 'may not specify a duration less than 10 minutes')];
  if (seconds > maxSeconds)
    return [field.invalid(path, seconds, 'may not specify a duration larger than 2^32 seconds')];
  return [];
}

type Reference = NonNullable<authenticationv1.TokenRequestSpec['boundObjectRef']>;

interface Bound {
  readonly kind: BoundKind;
  readonly object: KubernetesObject;
}

const isBoundKind = (text: string): text is BoundKind => Object.hasOwn(boundResources, text);

function boundObject(
  request: SubresourceRequest,
  ref: Reference | undefined,
  account: corev1.ServiceAccount,
): Bound | undefined {
  if (!ref) return undefined;
  const { kind: what = '', apiVersion = '', name = '', uid } = ref;
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  if (!isBoundKind(what) || group !== '') {
    throw newBadRequest(`cannot bind token to object of type ${group ?? ''}/${version ?? ''}, Kind=${what}`);
  }
  const resource = boundResources[what];
  const namespace = what === 'Node' ? '' : request.context.info.namespace;
  if (name === '') throw newBadRequest('Name parameter required.');
  const object = request.services.objects.get('', resource, namespace, name);
  if (!object) throw newNotFound({ group: '', resource }, name);
  const accountName = account.metadata.name ?? '';
  if (what === 'Pod' && (object as corev1.Pod).spec?.serviceAccountName !== accountName) {
    throw newBadRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(accountName)} to pod running with different serviceaccount name.`,
    );
  }
  if (uid && uid !== object.metadata.uid) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw newConflict({ group: '', resource: what }, name, why);
  }
  return { kind: what, object };
}

const boundReference = (ref: Reference | undefined, bound: Bound | undefined): Reference | null =>
  ref ? { ...ref, ...(bound && ref.uid ? { uid: bound.object.metadata.uid ?? '' } : {}) } : null;

function nodeOf({ services }: SubresourceRequest, pod: corev1.Pod): KubernetesObject | undefined {
  const name = pod.spec?.nodeName;
  return name ? services.objects.get('', 'nodes', '', name) : undefined;
}

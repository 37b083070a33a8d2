/** Who may ask for administrative access, bind claims and report about devices. Upstream: pkg/registry/resource/utils.go (v1.36) */
import type * as corev1 from '../../../../api/core/v1.ts';
import type * as resourcev1 from '../../../../api/resource/v1.ts';
import { semanticDeepEqual } from '../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../apimachinery/field-error.ts';
import { isDNS1123Subdomain } from '../../../../apimachinery/validation.ts';
import type { AuthorizationAttributes } from '../../authorization/attributes.ts';
import { forbidden } from '../../authorization/authorize-request.ts';
import type { StrategyContext } from '../strategy-context.ts';
import { sharedDeviceKey } from './validation/claim-status.ts';

type Status = resourcev1.ResourceClaimStatus;

const adminNamespaceLabel = 'resource.kubernetes.io/admin-access';
const statusPath = field.newPath('status');

function namespaceComplaints(path: Path, { objects, namespace }: StrategyContext): FieldError[] {
  const labels = objects.get<corev1.Namespace>('', 'namespaces', '', namespace)?.metadata.labels;
  if (labels?.[adminNamespaceLabel] === 'true') return [];
  const why = `admin access to devices requires the \`${adminNamespaceLabel}: true\` label on the containing namespace`;
  return [field.forbidden(path, why)];
}

/** Complaints about requests for administrative access. Upstream: AuthorizedForAdmin */
export function authorizedForAdmin(
  claim: resourcev1.ResourceClaimSpec | undefined,
  context: StrategyContext,
): FieldError[] {
  const asked = (claim?.devices?.requests ?? []).findIndex(({ exactly }) => exactly?.adminAccess === true);
  if (asked < 0) return [];
  return namespaceComplaints(field.newPath('spec', 'devices', 'requests').index(asked).child('adminAccess'), context);
}

const adminResult = (status: Status | undefined): number =>
  (status?.allocation?.devices?.results ?? []).findIndex(({ adminAccess }) => adminAccess === true);

/** Complaints about administrative access that is given. Upstream: AuthorizedForAdminStatus */
export function authorizedForAdminStatus(
  status: Status | undefined,
  old: Status | undefined,
  context: StrategyContext,
): FieldError[] {
  const given = adminResult(status);
  if (given < 0 || adminResult(old) >= 0) return [];
  const path = statusPath.child('allocation', 'devices', 'results').index(given).child('adminAccess');
  return namespaceComplaints(path, context);
}

type Asked = Pick<AuthorizationAttributes, 'verb' | 'subresource' | 'namespace' | 'name'>;

/** Why the user may not do something with a made-up subresource of claims; undefined when they may. */
function refusal(asked: Asked, { user, authorizer }: StrategyContext): string | undefined {
  const attributes = {
    ...asked,
    user,
    isResourceRequest: true,
    group: 'resource.k8s.io',
    version: 'v1',
    resource: 'resourceclaims',
    path: '',
  };
  const { allowed, reason } = authorizer.authorize(attributes);
  return allowed ? undefined : forbidden(attributes, reason).message;
}

/** Complaints about who allocates and reserves. Upstream: AuthorizedForBinding */
export function authorizedForBinding(
  status: Status | undefined,
  old: Status | undefined,
  context: StrategyContext,
): FieldError[] {
  const same =
    semanticDeepEqual(status?.allocation, old?.allocation) && semanticDeepEqual(status?.reservedFor, old?.reservedFor);
  if (same) return [];
  const { verb } = context;
  const why = refusal({ verb, subresource: 'binding', namespace: '', name: '' }, context);
  if (why === undefined) return [];
  const text = `changing status.allocation or status.reservedFor requires resource="resourceclaims/binding", verb="${verb}" permission: ${why}`;
  return [field.forbidden(statusPath.child('allocation'), text)];
}

/** Drivers whose reports were added, changed or removed, sorted. Upstream: getModifiedDrivers */
function getModifiedDrivers(status: Status | undefined, old: Status | undefined): string[] {
  const before = new Map((old?.devices ?? []).map((device) => [sharedDeviceKey(device), device]));
  const drivers = new Set<string>();
  for (const device of status?.devices ?? []) {
    const key = sharedDeviceKey(device);
    if (!semanticDeepEqual(before.get(key), device)) drivers.add(device.driver ?? '');
    before.delete(key);
  }
  for (const { driver } of before.values()) drivers.add(driver);
  return [...drivers].sort();
}

/** The one node that an allocation is bound to; empty when there are others. Upstream: nodeNameFromAllocation */
function nodeNameFromAllocation(allocation: resourcev1.AllocationResult | undefined): string {
  const terms = allocation?.nodeSelector?.nodeSelectorTerms ?? [];
  const [term] = terms;
  const [only, ...others] = term?.matchFields ?? [];
  if (terms.length !== 1 || !only || others.length > 0 || (term?.matchExpressions ?? []).length > 0) return '';
  const isName = only.key === 'metadata.name' && only.operator === 'In' && only.values?.length === 1;
  return isName ? (only.values?.[0] ?? '') : '';
}

function isOnAllocatedNode({ user }: StrategyContext, nodeName: string): boolean {
  if (nodeName === '' || !/^system:serviceaccount:[^:]+:[^:]+$/.test(user.username)) return false;
  const names = user.extra?.['authentication.kubernetes.io/node-name'] ?? [];
  return names.length === 1 && names[0] === nodeName && isDNS1123Subdomain(nodeName).length === 0;
}

/** Complaints about who reports about devices. Upstream: AuthorizedForDeviceStatus */
export function authorizedForDeviceStatus(
  status: Status | undefined,
  old: Status | undefined,
  context: StrategyContext,
): FieldError[] {
  const near = isOnAllocatedNode(context, nodeNameFromAllocation(status?.allocation));
  const verbs = [...(near ? ['associated-node:'] : []), 'arbitrary-node:'].map((prefix) => prefix + context.verb);
  return getModifiedDrivers(status, old).flatMap((name) => {
    const refusals: string[] = [];
    for (const verb of verbs) {
      const why = refusal({ verb, subresource: 'driver', namespace: context.namespace, name }, context);
      if (why === undefined) return [];
      refusals.push(why);
    }
    const text = `changing status.devices requires resource="resourceclaims/driver", verb="[${verbs.join(' ')}]" permission: ${refusals[0] ?? ''}`;
    return [field.forbidden(statusPath.child('devices'), text)];
  });
}

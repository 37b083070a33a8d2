/** The variables of a request for the expressions of policies and webhooks. Upstream: admission/plugin/cel/activation.go (v1.36) */
import type * as corev1 from '../../../../api/core/v1.ts';
import type { Authorizer } from '../../authorization/attributes.ts';
import { celOfJson } from '../../cel/data.ts';
import { CelAuthorizer, CelCheck } from '../../cel/library/authorizer.ts';
import type { Activation } from '../../cel/planner.ts';
import type { CelValue } from '../../cel/values.ts';
import type { KindFinder } from '../../generic/server-services.ts';
import type { ObjectReader } from '../../registry/strategy-context.ts';
import type { AdmissionAttributes } from '../admission.ts';
import { requestInvocation, type Invocation, type KindConverter } from './invocation.ts';
import { seenBy, type SeenObjects } from './seen-objects.ts';

/** Values of the variables, worked out when first named. */
export function requestActivation(
  attributes: AdmissionAttributes,
  objects: ObjectReader,
  authorizer: Authorizer,
  invocation: Invocation,
  kinds: KindConverter,
): Activation {
  const seen = seenBy(attributes, invocation, kinds);
  const makers: Readonly<Record<string, () => CelValue>> = {
    object: () => celOfJson(seen.object),
    oldObject: () => celOfJson(seen.old),
    request: () => celOfJson(requestOf(attributes, seen, invocation, kinds)),
    namespaceObject: () => namespaceOf(attributes, objects),
    authorizer: () => new CelAuthorizer(authorizer, attributes.operation.user),
    'authorizer.requestResource': () => requestResource(attributes, authorizer),
  };
  const known = new Map<string, CelValue>();
  return {
    get(name) {
      const present = known.get(name);
      if (present !== undefined) return present;
      const value = makers[name]?.();
      if (value !== undefined) known.set(name, value);
      return value;
    },
  };
}

/** The request as `request` and AdmissionReviews show it. */
export function requestOf(
  attributes: AdmissionAttributes,
  seen: SeenObjects,
  invocation: Invocation,
  kinds: KindFinder,
): Record<string, unknown> {
  const { subresource, operation, namespace, verb, object, definition } = attributes;
  const { username, uid, groups, extra } = operation.user;
  const named = ({ group, version, resource }: Invocation) => ({ group, version, resource });
  const requested = requestInvocation(attributes, kinds);
  const { group, version, kind } = requested;
  const isWhole = seen.kind.kind === definition.kind && subresource === '';
  const name = attributes.name || String(object?.metadata['name'] ?? '');
  return {
    kind: seen.kind,
    resource: named(invocation),
    ...(subresource === '' ? {} : { subResource: subresource }),
    requestKind: isWhole ? { group, version, kind } : seen.kind,
    requestResource: named(requested),
    ...(subresource === '' ? {} : { requestSubResource: subresource }),
    ...(name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    operation: verb,
    userInfo: { username, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) },
    dryRun: operation.dryRun,
    options: operation.options,
  };
}

function namespaceOf({ definition, namespace }: AdmissionAttributes, objects: ObjectReader): CelValue {
  if (!definition.namespaced || namespace === '') return null;
  const found = objects.get<corev1.Namespace>('', 'namespaces', '', namespace);
  if (!found) return null;
  const { uid, ...metadata } = found.metadata;
  return celOfJson({ metadata: { ...metadata, UID: uid }, spec: found.spec ?? {}, status: found.status ?? {} });
}

function requestResource(attributes: AdmissionAttributes, authorizer: Authorizer): CelCheck {
  const { definition, subresource, namespace, name, operation } = attributes;
  const { group, version, resource } = definition;
  return new CelCheck('ResourceCheck', new CelAuthorizer(authorizer, operation.user), {
    group,
    version,
    resource,
    subresource,
    namespace,
    name,
  });
}

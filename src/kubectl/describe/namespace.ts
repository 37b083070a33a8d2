import type * as corev1 from '../../api/core/v1.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import { newQuantity, parseQuantity } from '../../apimachinery/quantity.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import type { Process } from '../../process/process.ts';
import { printLabelsAndAnnotations, printNames, printTimedConditions, sortedKeys } from './describe-parts.ts';
import type { PrefixWriter } from './describe-writer.ts';
import { type Describe, listAll, plain, type Session } from './session.ts';

const scopeTexts: Readonly<Record<string, string>> = {
  Terminating:
    'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating:
    'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort:
    'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort:
    'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};
const limitColumns = 'Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio';
const limitRules = '----\t--------\t---\t---\t---------------\t-------------\t-----------------------';

/** Upstream: kubectl/pkg/describe/describe.go describeNamespace (v1.36) */
export const describeNamespace: Describe = function* (object, session) {
  const { metadata, status } = object as unknown as corev1.Namespace;
  const { w } = session;
  const path = `/api/v1/namespaces/${metadata?.name ?? ''}`;
  const quotas = yield* listUnlessMissing<corev1.ResourceQuota>(session, `${path}/resourcequotas`);
  const ranges = yield* listUnlessMissing<corev1.LimitRange>(session, `${path}/limitranges`);
  w.write(0, `Name:\t${metadata?.name ?? ''}\n`);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, `Status:\t${status?.phase ?? ''}\n`);
  if (status?.conditions?.length) printTimedConditions(w, status.conditions);
  if (quotas !== undefined) {
    w.write(0, '\n');
    printQuotas(w, quotas);
  }
  if (ranges === undefined) return;
  w.write(0, '\n');
  if (ranges.length === 0) return w.write(0, 'No LimitRange resource.\n');
  w.write(0, `Resource Limits\n ${limitColumns}\n`);
  w.write(0, ` ${limitRules}\n`);
  for (const range of ranges) printLimits(w, range, ' ');
};

function* listUnlessMissing<T>(session: Session, path: string): Process<T[] | undefined> {
  try {
    return yield* listAll<T>(session, path);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function printScopes(w: PrefixWriter, scopes: readonly string[] | undefined, level: number, bullet: string): void {
  if (!scopes?.length) return;
  const sorted = [...scopes].sort(compareStrings);
  w.write(level, `Scopes:\t${sorted.join(', ')}\n`);
  for (const scope of sorted) {
    const text = Object.hasOwn(scopeTexts, scope) ? scopeTexts[scope] : undefined;
    if (text !== undefined) w.write(level, `${bullet}${text}\n`);
  }
}

function printQuotas(w: PrefixWriter, quotas: readonly corev1.ResourceQuota[]): void {
  if (quotas.length === 0) return w.write(0, 'No resource quota.\n');
  w.write(0, 'Resource Quotas\n');
  const name = (quota: corev1.ResourceQuota): string => quota.metadata?.name ?? '';
  for (const quota of [...quotas].sort((a, b) => compareStrings(name(a), name(b)))) {
    const { hard, used } = quota.status ?? {};
    w.write(1, `Name:\t${name(quota)}\n`);
    printScopes(w, quota.spec?.scopes, 1, '* ');
    w.write(1, 'Resource\tUsed\tHard\n');
    w.write(1, '--------\t---\t---\n');
    for (const key of sortedKeys(hard)) w.write(1, `${key}\t${used?.[key] ?? '0'}\t${hard?.[key]}\n`);
  }
}

/** Upstream: kubectl/pkg/describe/describe.go describeQuota (v1.36) */
export const describeQuota = plain<corev1.ResourceQuota>((w, { metadata, spec, status }) => {
  printNames(w, metadata);
  printScopes(w, spec?.scopes, 0, ' * ');
  w.write(0, 'Resource\tUsed\tHard\n');
  w.write(0, '--------\t----\t----\n');
  for (const key of sortedKeys(status?.hard)) {
    const hard = parseQuantity(status?.hard?.[key] ?? '0');
    const used = parseQuantity(status?.used?.[key] ?? '0');
    const shown = hard.format === used.format ? used : newQuantity(used.value(), hard.format);
    w.write(0, `${key}\t${shown}\t${hard}\n`);
  }
});

/** Upstream: kubectl/pkg/describe/describe.go describeLimitRange (v1.36) */
export const describeLimitRange = plain<corev1.LimitRange>((w, range) => {
  printNames(w, range.metadata);
  w.write(0, `${limitColumns}\n`);
  w.write(0, `${limitRules}\n`);
  printLimits(w, range, '');
});

function printLimits(w: PrefixWriter, { spec }: corev1.LimitRange, prefix: string): void {
  for (const item of spec?.limits ?? []) {
    const columns = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio];
    const names = new Set(columns.flatMap((list) => Object.keys(list ?? {})));
    for (const name of [...names].sort(compareStrings)) {
      const values = columns.map((list) => list?.[name] ?? '-');
      w.write(0, `${prefix}${item.type}\t${name}\t${values.join('\t')}\n`);
    }
  }
}

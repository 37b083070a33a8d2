import { humanDuration } from '../../apimachinery/duration.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';
import type { Labels } from '../../apimachinery/labels.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { ObjectMeta } from '../../apimachinery/object-meta.ts';
import type * as corev1 from '../../api/core/v1.ts';
import type { PrefixWriter } from './describe-writer.ts';

const maxAnnotationLength = 140;
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** `Mon, 02 Jan 2006 15:04:05 +0000`; the zero time for none. */
export function rfc1123z(time: string | null | undefined): string {
  if (!time) return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const at = new Date(parseTime(time));
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `${days[at.getUTCDay()]}, ${two(at.getUTCDate())} ${months[at.getUTCMonth()]} ${at.getUTCFullYear()} ${clock} +0000`;
}

/** How long ago, or `<unknown>`. */
export const since = (now: number, time: string | null | undefined): string =>
  time ? humanDuration(now - parseTime(time)) : '<unknown>';

/** `<none>` in the place of an empty text. */
export const noneIfEmpty = (text: string): string => (text === '' ? '<none>' : text);
/** `True` or `False`. */
export const goBool = (value: boolean): string => (value ? 'True' : 'False');
/** `True`, `False`, or `<unset>`. */
export const goBoolPointer = (value: boolean | undefined): string => (value === undefined ? '<unset>' : goBool(value));
/** `[a b]`. */
export const goList = (values: readonly unknown[] | undefined): string => `[${(values ?? []).join(' ')}]`;
/** Keys in the order of Go's strings; empty for no map. */
export const sortedKeys = (map: Readonly<Record<string, unknown>> | undefined): string[] =>
  Object.keys(map ?? {}).sort(compareStrings);

/** `title:` and one line for each value, or `<none>`. */
export function printMultiline(w: PrefixWriter, title: string, values: readonly string[], indent = ''): void {
  w.write(0, `${indent}${title}:\t`);
  if (values.length === 0) return w.line('<none>');
  values.forEach((value, index) => w.write(0, `${index === 0 ? '' : `${indent}\t`}${value}\n`));
}

/** One line for each label, in order of their keys. Upstream: printLabelsMultilineWithIndent */
export function printLabelsMultiline(w: PrefixWriter, title: string, labels: Labels | undefined, indent = ''): void {
  printMultiline(
    w,
    title,
    sortedKeys(labels).map((key) => `${key}=${labels?.[key]}`),
    indent,
  );
}

/** Upstream: kubectl/pkg/describe/describe.go printAnnotationsMultiline (v1.36) */
export function printAnnotationsMultiline(w: PrefixWriter, title: string, annotations: Labels | undefined): void {
  w.write(0, `${title}:\t`);
  const keys = sortedKeys(annotations).filter((key) => key !== lastApplied);
  if (keys.length === 0) return w.line('<none>');
  keys.forEach((key, index) => {
    if (index > 0) w.write(0, '\t');
    const value = (annotations?.[key] ?? '').replace(/\n$/, '');
    if (byteLength(value) + byteLength(key) + 2 <= maxAnnotationLength && !value.includes('\n')) {
      return w.write(0, `${key}: ${value}\n`);
    }
    w.write(0, `${key}:\n`);
    for (const line of value.split('\n')) w.write(0, `\t  ${shorten(line, maxAnnotationLength - 2)}\n`);
  });
}

const byteLength = (text: string): number => new TextEncoder().encode(text).length;
const shorten = (text: string, length: number): string => {
  const bytes = new TextEncoder().encode(text);
  return bytes.length > length ? `${new TextDecoder().decode(bytes.slice(0, length))}...` : text;
};

/** Attributes of a CSI volume. */
export function printAttributes(w: PrefixWriter, title: string, attributes: Labels | undefined): void {
  w.write(2, `${title}:\t`);
  const keys = sortedKeys(attributes);
  if (keys.length === 0) return w.line('<none>');
  keys.forEach((key, index) => {
    if (index > 0) {
      w.write(2, '');
      w.write(2, '\t');
    }
    w.write(2, `${shorten(`${key}=${attributes?.[key]}`, maxAnnotationLength)}\n`);
  });
}

/** The lines below the name that most kinds begin with. */
export function printLabelsAndAnnotations(w: PrefixWriter, meta: ObjectMeta | undefined): void {
  printLabelsMultiline(w, 'Labels', meta?.labels);
  printAnnotationsMultiline(w, 'Annotations', meta?.annotations);
}

/** Name, and namespace. */
export function printNames(w: PrefixWriter, meta: ObjectMeta | undefined): void {
  w.write(0, `Name:\t${meta?.name ?? ''}\n`);
  w.write(0, `Namespace:\t${meta?.namespace ?? ''}\n`);
}

/** One line for each taint, or `<none>`. Upstream: printTaintsMultiline */
export function printTaints(w: PrefixWriter, taints: readonly corev1.Taint[] | undefined): void {
  const key = (taint: corev1.Taint) => `${taint.effect},${taint.key}`;
  const sorted = [...(taints ?? [])].sort((a, b) => compareStrings(key(a), key(b)));
  printMultiline(w, 'Taints', sorted.map(taintText));
}

/** `key=value:Effect`. Upstream: api/core/v1/taint.go ToString (v1.36) */
export function taintText({ key, value = '', effect }: corev1.Taint): string {
  if (!effect) return value === '' ? key : `${key}=${value}:`;
  return value === '' ? `${key}:${effect}` : `${key}=${value}:${effect}`;
}

/** One line for each toleration, or `<none>`. Upstream: printTolerationsInMultilineWithIndent */
export function printTolerations(
  w: PrefixWriter,
  title: string,
  tolerations: readonly corev1.Toleration[] | undefined,
): void {
  const sorted = [...(tolerations ?? [])].sort((a, b) => compareStrings(a.key ?? '', b.key ?? ''));
  printMultiline(w, title, sorted.map(tolerationText));
}

function tolerationText(toleration: corev1.Toleration): string {
  const { key = '', value = '', effect = '', operator, tolerationSeconds } = toleration;
  let text = key;
  if (value !== '') text += `=${value}`;
  if (effect) text += `:${effect}`;
  if (operator === 'Exists' && value === '') text += key !== '' || effect ? ' op=Exists' : 'op=Exists';
  return tolerationSeconds === undefined ? text : `${text} for ${tolerationSeconds}s`;
}

/** `Kind/name` of the owner that controls. */
export function controllerOf(meta: ObjectMeta | undefined): string {
  const owner = meta?.ownerReferences?.find((reference) => reference.controller === true);
  return owner === undefined ? '' : `${owner.kind}/${owner.name}`;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string | null;
}

/** The three columns of workloads. */
export function printReasonedConditions(w: PrefixWriter, conditions: readonly Condition[] | undefined): void {
  if (!conditions?.length) return;
  w.write(0, 'Conditions:\n  Type\tStatus\tReason\n');
  w.write(1, '----\t------\t------\n');
  for (const { type, status, reason = '' } of conditions) w.write(1, `${type} \t${status}\t${reason}\n`);
}

/** Five columns with the time of the transition. */
export function printTimedConditions(w: PrefixWriter, conditions: readonly Condition[]): void {
  w.write(0, 'Conditions:\n');
  w.write(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage\n');
  w.write(1, '----\t------\t------------------\t------\t-------\n');
  for (const condition of conditions) {
    const { type, status, reason = '', message = '' } = condition;
    w.write(1, `${type}\t${status}\t${rfc1123z(condition.lastTransitionTime)}\t${reason}\t${message}\n`);
  }
}

/** Which level of Pod Security a namespace asks for. Upstream: pod-security-admission/api/helpers.go (v1.36) */
import * as field from '../../../../apimachinery/field-error.ts';
import { baselineChecks } from './baseline-checks.ts';
import type { Check, CheckedPod, Violation } from './check.ts';
import { restrictedChecks } from './restricted-checks.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

/** A level as of a minor version; without one, the latest. */
export interface LevelVersion {
  readonly level: Level;
  readonly minor: number | undefined;
}

export interface Policy {
  readonly enforce: LevelVersion;
  readonly audit: LevelVersion;
  readonly warn: LevelVersion;
  readonly errors: readonly field.FieldError[];
}

const levels: readonly Level[] = ['privileged', 'baseline', 'restricted'];
const prefix = 'pod-security.kubernetes.io/';
const versionPattern = /^v1\.(0|[1-9][0-9]*)$/;
const privileged: LevelVersion = { level: 'privileged', minor: undefined };
const nothing: Policy = { enforce: privileged, audit: privileged, warn: privileged, errors: [] };

type Labels = Readonly<Record<string, string>>;

/** What the labels of a namespace ask for. */
export function policyOf(labels: Labels | undefined): Policy {
  if (!labels || !Object.keys(labels).some((key) => key.startsWith(prefix))) return nothing;
  const errors: field.FieldError[] = [];
  const enforce = modeOf(labels, 'enforce', 'restricted', errors);
  const audit = modeOf(labels, 'audit', 'privileged', errors);
  let warn = modeOf(labels, 'warn', 'privileged', errors);
  const enforceLabel = labels[`${prefix}enforce`];
  const follows = labels[`${prefix}warn`] === undefined && enforceLabel !== undefined && isLevel(enforceLabel);
  if (follows && compareLevels(enforce.level, warn.level) > 0) {
    const minor = labels[`${prefix}warn-version`] === undefined ? enforce.minor : warn.minor;
    warn = { level: enforce.level, minor };
  }
  return { enforce, audit, warn, errors };
}

const isLevel = (text: string): text is Level => levels.some((level) => level === text);

export const compareLevels = (a: Level, b: Level): number => levels.indexOf(a) - levels.indexOf(b);

export const levelText = ({ level, minor }: LevelVersion): string =>
  `${level}:${minor === undefined ? 'latest' : `v1.${minor}`}`;

export const sameLevel = (a: LevelVersion, b: LevelVersion): boolean => a.level === b.level && a.minor === b.minor;

function modeOf(labels: Labels, mode: string, ifWrong: Level, errors: field.FieldError[]): LevelVersion {
  const refuse = (label: string, value: string, why: string) =>
    errors.push(field.invalid(field.newPath('metadata', 'labels').key(label), value, why));
  const levelLabel = `${prefix}${mode}`;
  const text = labels[levelLabel] ?? 'privileged';
  const level = isLevel(text) ? text : ifWrong;
  if (!isLevel(text)) refuse(levelLabel, text, `must be one of ${levels.join(', ')}`);
  const versionLabel = `${prefix}${mode}-version`;
  const version = labels[versionLabel] ?? 'latest';
  const match = versionPattern.exec(version);
  if (!match && version !== 'latest') refuse(versionLabel, version, 'must be "latest" or "v1.x"');
  return { level, minor: match ? Number(match[1]) : undefined };
}

const latest = Math.max(...[...baselineChecks, ...restrictedChecks].map(({ since }) => since));

function checksOf({ level, minor = latest }: LevelVersion): readonly Check[] {
  if (level === 'privileged') return [];
  const at = Math.min(minor, latest);
  const holds = ({ since, until = latest + 1 }: Check) => since <= at && at < until;
  const baseline = baselineChecks.filter(holds);
  if (level === 'baseline') return baseline;
  const restricted = restrictedChecks.filter(holds);
  const overridden = new Set(restricted.map(({ overrides }) => overrides));
  return [...baseline.filter(({ id }) => !overridden.has(id)), ...restricted];
}

const known = new Map<string, readonly Check[]>();

/** How a pod breaks the rules of a level. */
export function violations(level: LevelVersion, pod: CheckedPod): readonly Violation[] {
  const key = levelText(level);
  let checks = known.get(key);
  if (!checks) known.set(key, (checks = checksOf(level)));
  return checks.flatMap((one) => one.check(pod) ?? []);
}

export const detailsText = (found: readonly Violation[]): string =>
  found.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ');

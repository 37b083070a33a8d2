/** Which backend an Ingress gives a request: pure. Source: networking.k8s.io/v1 Ingress (v1.36) and ingress-nginx's ways with it. */
import type * as networkingv1 from '../../../api/networking/v1.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';

const rewriteAnnotation = 'nginx.ingress.kubernetes.io/rewrite-target';
const regexAnnotation = 'nginx.ingress.kubernetes.io/use-regex';

export interface IngressMatch {
  readonly ingress: networkingv1.Ingress;
  readonly backend: networkingv1.IngressBackend;
  /** The path to ask the backend for. */
  readonly path: string;
}

interface Rule {
  readonly ingress: networkingv1.Ingress;
  readonly host: string;
  readonly path: networkingv1.HTTPIngressPath;
}

/** 2 for the very host, 1 for a wildcard that covers it, 0 for rules without a host; below 0: another host. */
function hostRank(ruleHost: string, host: string): number {
  if (ruleHost === '') return 0;
  if (ruleHost === host) return 2;
  const isCovered = ruleHost.startsWith('*.') && host.slice(host.indexOf('.')) === ruleHost.slice(1);
  return isCovered && host.includes('.') ? 1 : -1;
}

function regexOf(path: string): RegExp | undefined {
  try {
    return new RegExp(`^${path}`, 'i');
  } catch {
    return undefined;
  }
}

/** Whole path elements: `/foo` covers `/foo/bar`, not `/foobar`. */
const coversElements = (prefix: string, path: string): boolean => {
  const trimmed = prefix.replace(/\/+$/, '');
  return path === trimmed || path.startsWith(`${trimmed}/`) || trimmed === '';
};

function pathMatches({ ingress, path: rule }: Rule, path: string): boolean {
  const pattern = rule.path ?? '/';
  const { annotations = {} } = ingress.metadata;
  if (annotations[rewriteAnnotation] !== undefined || annotations[regexAnnotation] === 'true') {
    return regexOf(pattern)?.test(path) ?? false;
  }
  if (rule.pathType === 'Exact') return path === pattern;
  return rule.pathType === 'Prefix' ? coversElements(pattern, path) : path.startsWith(pattern);
}

/** Exact paths first, then longer ones, then those of older objects. */
function compareRules(a: Rule, b: Rule): number {
  const exact = Number(b.path.pathType === 'Exact') - Number(a.path.pathType === 'Exact');
  const length = (b.path.path ?? '').length - (a.path.path ?? '').length;
  const age = compareStrings(a.ingress.metadata.creationTimestamp ?? '', b.ingress.metadata.creationTimestamp ?? '');
  return exact || length || age;
}

function rewritten({ ingress, path: rule }: Rule, path: string): string {
  const target = ingress.metadata.annotations?.[rewriteAnnotation];
  const groups = target === undefined ? undefined : regexOf(rule.path ?? '/')?.exec(path);
  if (target === undefined || !groups) return path;
  return target.replace(/\$(\d)/g, (_, group: string) => groups[Number(group)] ?? '') || '/';
}

/** The rule for a request; without one the default backend of an Ingress; undefined when nobody answers for it. */
export function matchIngress(
  ingresses: readonly networkingv1.Ingress[],
  host: string,
  path: string,
): IngressMatch | undefined {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  const rules = ingresses.flatMap((ingress) =>
    (ingress.spec?.rules ?? []).flatMap((rule) =>
      (rule.http?.paths ?? []).map((found): Rule => ({ ingress, host: rule.host ?? '', path: found })),
    ),
  );
  const best = Math.max(-1, ...rules.map((rule) => hostRank(rule.host, name)));
  const [match] = rules
    .filter((rule) => best >= 0 && hostRank(rule.host, name) === best && pathMatches(rule, path))
    .sort(compareRules);
  if (match) return { ingress: match.ingress, backend: match.path.backend, path: rewritten(match, path) };
  const fallback = ingresses.find(({ spec }) => spec?.defaultBackend !== undefined);
  return fallback?.spec?.defaultBackend && { ingress: fallback, backend: fallback.spec.defaultBackend, path };
}

/** Whether the host's requests must come over TLS: ingress-nginx redirects the others. */
export function requiresTls(ingress: networkingv1.Ingress, host: string): boolean {
  if (ingress.metadata.annotations?.['nginx.ingress.kubernetes.io/ssl-redirect'] === 'false') return false;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return (ingress.spec?.tls ?? []).some(({ hosts }) => hosts?.some((tlsHost) => hostRank(tlsHost, name) > 0) ?? false);
}

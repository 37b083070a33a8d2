/** Rules of a pod's names and of how it looks others up. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { isValidIPForLegacyField } from '../../../../../apimachinery/ip-validation.ts';
import {
  byteLength,
  isDNS1123Subdomain,
  isDNS1123SubdomainWithUnderscore,
} from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain } from './complaints.ts';

const maxNameservers = 3;
const maxSearchPaths = 32;
const maxSearchListCharacters = 2048;

function validateSearches(errors: Complaints, path: Path, searches: readonly string[]): void {
  if (searches.length > maxSearchPaths) {
    complain(errors, path, 'searches', searches, [`must not have more than ${maxSearchPaths} search paths`]);
  }
  if (byteLength(searches.join(' ')) > maxSearchListCharacters) {
    const why = `must not have more than ${maxSearchListCharacters} characters (including spaces) in the search list`;
    complain(errors, path, 'searches', searches, [why]);
  }
  for (const [i, search] of searches.entries()) {
    if (search === '.') continue;
    const name = search.endsWith('.') ? search.slice(0, -1) : search;
    for (const why of isDNS1123SubdomainWithUnderscore(name)) {
      errors.push(field.invalid(path.child('searches').index(i), name, why));
    }
  }
}

/** Complains about `dnsConfig`; `parent` is the spec's path. Upstream: validatePodDNSConfig (v1.36) */
export function validatePodDNSConfig(errors: Complaints, parent: Path, spec: corev1.PodSpec): void {
  const { dnsConfig, dnsPolicy } = spec;
  if (!dnsConfig && dnsPolicy !== 'None') return;
  const path = parent.child('dnsConfig');
  if (!dnsConfig) {
    errors.push(field.required(path, 'must provide `dnsConfig` when `dnsPolicy` is None'));
    return;
  }
  const { nameservers = [], searches = [], options = [] } = dnsConfig;
  if (dnsPolicy === 'None' && nameservers.length === 0) {
    const why = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
    errors.push(field.required(path.child('nameservers'), why));
    return;
  }
  if (nameservers.length > maxNameservers) {
    complain(errors, path, 'nameservers', nameservers, [`must not have more than ${maxNameservers} nameservers`]);
  }
  for (const [i, server] of nameservers.entries()) {
    errors.push(...isValidIPForLegacyField(path.child('nameservers').index(i), server, true));
  }
  validateSearches(errors, path, searches);
  for (const [i, option] of options.entries()) {
    if (!option.name) errors.push(field.required(path.child('options').index(i), 'must not be empty'));
  }
}

/** Complains about lines for the hosts file; `parent` is the spec's path. Upstream: ValidateHostAliases (v1.36) */
export function validateHostAliases(
  errors: Complaints,
  parent: Path,
  aliases: readonly corev1.HostAlias[] | undefined,
): void {
  for (const [i, { ip, hostnames = [] }] of (aliases ?? []).entries()) {
    const path = parent.child('hostAliases').index(i);
    errors.push(...isValidIPForLegacyField(path.child('ip'), ip ?? '', true));
    for (const [j, name] of hostnames.entries()) {
      for (const why of isDNS1123Subdomain(name))
        errors.push(field.invalid(path.child('hostnames').index(j), name, why));
    }
  }
}

/** Complains about `hostnameOverride`; `path` is the spec's. Upstream: validatePodHostName (v1.36) */
export function validatePodHostName(errors: Complaints, path: Path, spec: corev1.PodSpec): void {
  const name = spec.hostnameOverride;
  if (name === undefined) return;
  const at = path.child('hostnameOverride');
  if (spec.setHostnameAsFQDN) {
    errors.push(field.forbidden(at, 'may not be specified when setHostnameAsFQDN is true'));
  }
  if (spec.hostNetwork) errors.push(field.forbidden(at, 'may not be specified when hostNetwork is true'));
  if (byteLength(name) > 64) errors.push(field.tooLong(at, 64));
  complain(errors, path, 'hostnameOverride', name, isDNS1123Subdomain(name));
}

/** Rules of NetworkPolicies. Upstream: pkg/apis/networking/validation/validation.go (v1.36) */
import type * as networkingv1 from '../../../../../api/networking/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { cidrContains, parseCidrSloppy } from '../../../../../apimachinery/ip-address.ts';
import { getWarningsForCIDR, isValidCIDRForLegacyField } from '../../../../../apimachinery/ip-validation.ts';
import { isValidPortName, isValidPortNum } from '../../../../../apimachinery/validation.ts';
import { type Complaints, complain, oneOf, require } from '../../core/validation/complaints.ts';
import { type LabelSelectorOptions, validateLabelSelector } from '../../core/validation/labels.ts';

type Policy = networkingv1.NetworkPolicy;
type Peer = networkingv1.NetworkPolicyPeer;

interface Rule {
  readonly path: Path;
  readonly ports: readonly networkingv1.NetworkPolicyPort[];
  readonly peers: readonly Peer[];
  readonly peersName: 'from' | 'to';
}

const specPath = field.newPath('spec');

function rulesOf({ spec }: Policy): Rule[] {
  return [
    ...(spec?.ingress ?? []).map(({ ports = [], from = [] }, i) => {
      return { path: specPath.child('ingress').index(i), ports, peers: from, peersName: 'from' } as const;
    }),
    ...(spec?.egress ?? []).map(({ ports = [], to = [] }, i) => {
      return { path: specPath.child('egress').index(i), ports, peers: to, peersName: 'to' } as const;
    }),
  ];
}

function validatePort(errors: Complaints, path: Path, subject: networkingv1.NetworkPolicyPort): void {
  const { protocol, port, endPort } = subject;
  if (protocol !== undefined) oneOf(errors, path, 'protocol', protocol, ['TCP', 'UDP', 'SCTP']);
  if (typeof port === 'number') {
    complain(errors, path, 'port', port, isValidPortNum(port));
    if (endPort === undefined) return;
    if (endPort < port) complain(errors, path, 'endPort', port, ['must be greater than or equal to `port`']);
    complain(errors, path, 'endPort', endPort, isValidPortNum(endPort));
    return;
  }
  if (endPort !== undefined) {
    const state = port === undefined ? 'not specified' : 'non-numeric';
    complain(errors, path, 'endPort', endPort, [`may not be specified when \`port\` is ${state}`]);
  }
  if (port !== undefined) complain(errors, path, 'port', port, isValidPortName(port));
}

function validateIPBlock(
  errors: Complaints,
  path: Path,
  { cidr, except = [] }: networkingv1.IPBlock,
  oldCIDRs: readonly string[],
): void {
  if (!require(errors, path, 'cidr', cidr)) return;
  errors.push(...isValidCIDRForLegacyField(path.child('cidr'), cidr, true, oldCIDRs));
  const outer = parseCidrSloppy(cidr);
  if (!outer) return;
  for (const [i, text] of except.entries()) {
    const at = path.child('except').index(i);
    errors.push(...isValidCIDRForLegacyField(at, text, true, oldCIDRs));
    const inner = parseCidrSloppy(text);
    if (!inner) continue;
    const within = inner.address.length === outer.address.length && cidrContains(outer, inner.address);
    if (!within || outer.prefixLength >= inner.prefixLength) {
      errors.push(field.invalid(at, text, 'must be a strict subset of `cidr`'));
    }
  }
}

function validatePeer(
  errors: Complaints,
  path: Path,
  peer: Peer,
  options: LabelSelectorOptions,
  oldCIDRs: readonly string[],
): void {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  validateLabelSelector(errors, path.child('podSelector'), podSelector, options);
  validateLabelSelector(errors, path.child('namespaceSelector'), namespaceSelector, options);
  if (ipBlock) validateIPBlock(errors, path.child('ipBlock'), ipBlock, oldCIDRs);
  const selects = podSelector !== undefined || namespaceSelector !== undefined;
  if (!ipBlock && !selects) errors.push(field.required(path, 'must specify a peer'));
  if (ipBlock && selects) errors.push(field.forbidden(path, 'may not specify both ipBlock and another peer'));
}

/** Complaints about a policy, given what it was. */
export function validateNetworkPolicy(policy: Policy, old?: Policy): FieldError[] {
  const errors: Complaints = [];
  const before: Complaints = [];
  validateLabelSelector(before, specPath, old?.spec?.podSelector);
  const options = { allowInvalidLabelValue: before.length > 0 };
  const blocks = old ? rulesOf(old).flatMap(({ peers }) => peers.flatMap(({ ipBlock }) => ipBlock ?? [])) : [];
  const oldCIDRs = blocks.flatMap(({ cidr, except = [] }) => [cidr, ...except]);
  validateLabelSelector(errors, specPath.child('podSelector'), policy.spec?.podSelector, options);
  for (const { path, ports, peers, peersName } of rulesOf(policy)) {
    for (const [i, port] of ports.entries()) validatePort(errors, path.child('ports').index(i), port);
    for (const [i, peer] of peers.entries()) {
      validatePeer(errors, path.child(peersName).index(i), peer, options, oldCIDRs);
    }
  }
  const types: readonly string[] = policy.spec?.policyTypes ?? [];
  const at = specPath.child('policyTypes');
  if (types.length > 2) return [...errors, field.invalid(at, types, 'may not specify more than two policyTypes')];
  for (const [i, type] of types.entries()) {
    if (type !== 'Ingress' && type !== 'Egress') {
      errors.push(field.notSupported(at.index(i), type, ['Ingress', 'Egress']));
    }
  }
  return errors;
}

/** Warnings about CIDRs. Upstream: pkg/registry/networking/networkpolicy/strategy.go networkPolicyWarnings (v1.36) */
export function networkPolicyWarnings(policy: Policy): string[] {
  return rulesOf(policy).flatMap(({ path, peers, peersName }) =>
    peers.flatMap(({ ipBlock }, i) => {
      if (!ipBlock) return [];
      const at = path.child(peersName).index(i).child('ipBlock');
      const except = (ipBlock.except ?? []).flatMap((cidr, k) => getWarningsForCIDR(at.child('except').index(k), cidr));
      return [...getWarningsForCIDR(at.child('cidr'), ipBlock.cidr), ...except];
    }),
  );
}

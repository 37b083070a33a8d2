import type * as networkingv1 from '../../api/networking/v1.ts';
import { formatLabelSelector } from '../../apimachinery/labels.ts';
import { noneIfEmpty, printLabelsAndAnnotations, printNames } from './describe-parts.ts';
import type { PrefixWriter } from './describe-writer.ts';
import { plain } from './session.ts';

const indent = '    ';

/** Upstream: kubectl/pkg/describe/describe.go describeNetworkPolicy (v1.36) */
export const describeNetworkPolicy = plain<networkingv1.NetworkPolicy>((w, { metadata, spec }) => {
  printNames(w, metadata);
  w.write(0, `Created on:\t${goTime(metadata?.creationTimestamp ?? undefined)}\n`);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, 'Spec:\n');
  w.write(1, 'PodSelector: ');
  const selector = spec?.podSelector;
  const isEmpty = Object.keys(selector?.matchLabels ?? {}).length === 0 && !selector?.matchExpressions?.length;
  w.write(
    2,
    `${isEmpty ? '<none> (Allowing the specific traffic to all pods in this namespace)' : formatLabelSelector(selector)}\n`,
  );
  const types: readonly string[] = spec?.policyTypes ?? [];
  if (types.includes('Ingress')) {
    w.write(1, 'Allowing ingress traffic:\n');
    printRules(
      w,
      (spec?.ingress ?? []).map(({ ports, from }) => ({ ports, peers: from })),
      ingressTexts,
    );
  } else w.write(1, 'Not affecting ingress traffic\n');
  if (types.includes('Egress')) {
    w.write(1, 'Allowing egress traffic:\n');
    printRules(
      w,
      (spec?.egress ?? []).map(({ ports, to }) => ({ ports, peers: to })),
      egressTexts,
    );
  } else w.write(1, 'Not affecting egress traffic\n');
  w.write(1, `Policy Types: ${noneIfEmpty(types.join(', '))}\n`);
});

/** `2006-01-02 15:04:05 +0000 UTC`. */
const goTime = (time: string | undefined): string =>
  `${(time ?? '0001-01-01T00:00:00Z').replace('T', ' ').replace('Z', '')} +0000 UTC`;

interface Texts {
  readonly none: string;
  readonly any: string;
  readonly peer: string;
}
const ingressTexts: Texts = {
  none: '<none> (Selected pods are isolated for ingress connectivity)',
  any: 'From: <any> (traffic not restricted by source)',
  peer: 'From:',
};
const egressTexts: Texts = {
  none: '<none> (Selected pods are isolated for egress connectivity)',
  any: 'To: <any> (traffic not restricted by destination)',
  peer: 'To:',
};

interface Rule {
  readonly ports: readonly networkingv1.NetworkPolicyPort[] | undefined;
  readonly peers: readonly networkingv1.NetworkPolicyPeer[] | undefined;
}

function printRules(w: PrefixWriter, rules: readonly Rule[], texts: Texts): void {
  if (rules.length === 0) return w.write(0, `${indent}${texts.none}\n`);
  rules.forEach(({ ports, peers }, index) => {
    if (!ports?.length) w.write(0, `${indent}To Port: <any> (traffic allowed to all ports)\n`);
    for (const { port, endPort, protocol = 'TCP' } of ports ?? []) {
      const range = endPort === undefined ? `To Port: ${port ?? '<nil>'}` : `To Port Range: ${port}-${endPort}`;
      w.write(0, `${indent}${range}/${protocol}\n`);
    }
    if (!peers?.length) w.write(0, `${indent}${texts.any}\n`);
    for (const peer of peers ?? []) {
      w.write(0, `${indent}${texts.peer}\n`);
      printPeer(w, peer);
    }
    if (index < rules.length - 1) w.write(0, `${indent}----------\n`);
  });
}

function printPeer(w: PrefixWriter, { podSelector, namespaceSelector, ipBlock }: networkingv1.NetworkPolicyPeer): void {
  if (namespaceSelector) w.write(1, `${indent}NamespaceSelector: ${formatLabelSelector(namespaceSelector)}\n`);
  if (podSelector) w.write(1, `${indent}PodSelector: ${formatLabelSelector(podSelector)}\n`);
  if (podSelector || namespaceSelector || !ipBlock) return;
  w.write(1, `${indent}IPBlock:\n`);
  w.write(2, `${indent}CIDR: ${ipBlock.cidr}\n`);
  w.write(2, `${indent}Except: ${(ipBlock.except ?? []).join(', ')}\n`);
}

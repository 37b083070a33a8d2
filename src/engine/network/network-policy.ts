/** NetworkPolicy: which connections a pod takes and makes. Source: networking.k8s.io/v1 NetworkPolicy (v1.36) */
import ipaddr from 'ipaddr.js';
import type * as corev1 from '../../api/core/v1.ts';
import type * as networkingv1 from '../../api/networking/v1.ts';
import { namespaces, networkPolicies, pods } from '../../api/resources.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import type { Informer } from '../../client/informer.ts';
import type { ComponentContext } from '../component.ts';
import type { NetworkNamespace } from './namespace.ts';

export type PolicyVerdict = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

type Direction = 'Ingress' | 'Egress';
interface Peer {
  readonly ip: string;
  readonly pod: corev1.Pod | undefined;
}

const allowed: PolicyVerdict = { allowed: true };

export class NetworkPolicies {
  readonly #policies: Informer<networkingv1.NetworkPolicy>;
  readonly #context: ComponentContext;
  #pods: Informer<corev1.Pod> | undefined;
  #namespaces: Informer<corev1.Namespace> | undefined;

  constructor(context: ComponentContext) {
    this.#context = context;
    this.#policies = context.informers.informer(networkPolicies);
    // Pods and namespaces are watched only in a cluster that has a policy: most have none.
    this.#policies.addEventHandler({ add: () => this.#watchPeers() });
  }

  /** Whether a connection to a port of `to` passes both pods' policies. Traffic within a pod and from its own node always does. */
  allows(from: NetworkNamespace, to: NetworkNamespace, protocol: 'TCP' | 'UDP', port: number): PolicyVerdict {
    if (this.#policies.store.size === 0 || from === to) return allowed;
    const [source, target] = [this.#peer(from), this.#peer(to)];
    const egress = source.pod ? this.#decide('Egress', source.pod, target, target.pod, protocol, port) : allowed;
    if (!egress.allowed) return egress;
    if (!target.pod || (from.endpoint.kind === 'node' && from.nodeName === to.nodeName)) return allowed;
    return this.#decide('Ingress', target.pod, source, target.pod, protocol, port);
  }

  #decide(
    direction: Direction,
    subject: corev1.Pod,
    peer: Peer,
    portOwner: corev1.Pod | undefined,
    protocol: string,
    port: number,
  ): PolicyVerdict {
    const namespace = subject.metadata.namespace ?? '';
    const applying = this.#policies.store
      .list(namespace)
      .filter(
        (policy) => typesOf(policy).includes(direction) && matches(policy.spec?.podSelector, subject.metadata.labels),
      );
    if (applying.length === 0) return allowed;
    const passes = applying.some((policy) =>
      rulesOf(policy, direction).some(
        (rule) => portMatches(rule.ports, protocol, port, portOwner) && this.#peerMatches(rule.peers, peer, namespace),
      ),
    );
    if (passes) return allowed;
    const names = applying.map((policy) => policy.metadata.name).join(', ');
    return { allowed: false, reason: `${direction.toLowerCase()} denied by NetworkPolicy ${namespace}/${names}` };
  }

  #peerMatches(peers: readonly networkingv1.NetworkPolicyPeer[] | undefined, peer: Peer, namespace: string): boolean {
    if (!peers || peers.length === 0) return true;
    return peers.some(({ ipBlock, namespaceSelector, podSelector }) => {
      if (ipBlock) return inBlock(ipBlock, peer.ip);
      if (!peer.pod) return false;
      const peerNamespace = peer.pod.metadata.namespace ?? '';
      const namespaceFits = namespaceSelector
        ? matches(namespaceSelector, this.#namespaces?.store.get(peerNamespace)?.metadata.labels)
        : peerNamespace === namespace;
      return namespaceFits && (!podSelector || matches(podSelector, peer.pod.metadata.labels));
    });
  }

  #peer(namespace: NetworkNamespace): Peer {
    const { endpoint } = namespace;
    const pod = endpoint.kind === 'pod' ? this.#pods?.store.get(`${endpoint.namespace}/${endpoint.name}`) : undefined;
    return { ip: namespace.primaryIp, pod };
  }

  #watchPeers(): void {
    if (this.#pods) return;
    this.#pods = this.#context.informers.informer(pods);
    this.#namespaces = this.#context.informers.informer(namespaces);
    this.#context.informers.start();
  }
}

function typesOf(policy: networkingv1.NetworkPolicy): readonly string[] {
  return policy.spec?.policyTypes ?? (policy.spec?.egress ? ['Ingress', 'Egress'] : ['Ingress']);
}

interface Rule {
  readonly ports: readonly networkingv1.NetworkPolicyPort[] | undefined;
  readonly peers: readonly networkingv1.NetworkPolicyPeer[] | undefined;
}
function rulesOf(policy: networkingv1.NetworkPolicy, direction: Direction): Rule[] {
  return direction === 'Ingress'
    ? (policy.spec?.ingress ?? []).map((rule) => ({ ports: rule.ports, peers: rule.from }))
    : (policy.spec?.egress ?? []).map((rule) => ({ ports: rule.ports, peers: rule.to }));
}

function portMatches(
  ports: readonly networkingv1.NetworkPolicyPort[] | undefined,
  protocol: string,
  port: number,
  owner: corev1.Pod | undefined,
): boolean {
  if (!ports || ports.length === 0) return true;
  return ports.some((one) => {
    if ((one.protocol ?? 'TCP') !== protocol) return false;
    if (one.port === undefined) return true;
    if (typeof one.port === 'number')
      return one.endPort === undefined ? one.port === port : port >= one.port && port <= one.endPort;
    return (owner?.spec?.containers ?? []).some((container) =>
      (container.ports ?? []).some((named) => named.name === one.port && named.containerPort === port),
    );
  });
}

const matches = (
  selector: Parameters<typeof labelSelectorAsSelector>[0],
  labels: Readonly<Record<string, string>> | undefined,
): boolean => labelSelectorAsSelector(selector ?? {}).matches(labels ?? {});

function inBlock(block: networkingv1.IPBlock, ip: string): boolean {
  if (!ipaddr.IPv4.isValidFourPartDecimal(ip)) return false;
  const within = (cidr: string) => !cidr.includes(':') && ipaddr.IPv4.parse(ip).match(ipaddr.IPv4.parseCIDR(cidr));
  return within(block.cidr) && !(block.except ?? []).some(within);
}

/** Upstream: pod-security-admission/policy/check_sysctls.go (v1.36) */
import type { Check } from './check.ts';

/** Which minor version allowed which first. */
const allowedSince: readonly (readonly [since: number, names: readonly string[]])[] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [
    29,
    [
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
    ],
  ],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
];

export const sysctlChecks: readonly Check[] = allowedSince.map(([since], i) => {
  const allowed = new Set(allowedSince.slice(0, i + 1).flatMap(([, names]) => names));
  const next = allowedSince[i + 1];
  return {
    id: 'sysctls',
    level: 'baseline',
    since,
    ...(next ? { until: next[0] } : {}),
    check({ spec }) {
      const bad = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !allowed.has(name));
      return bad.length > 0 ? { reason: 'forbidden sysctls', detail: bad.join(', ') } : undefined;
    },
  };
});

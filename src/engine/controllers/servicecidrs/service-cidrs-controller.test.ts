import { expect, it } from 'vitest';
import type * as networkingv1 from '../../../api/networking/v1.ts';
import { canDeleteCIDR } from './service-cidrs-controller.ts';

const cidr = (name: string, ...cidrs: string[]): networkingv1.ServiceCIDR => ({ metadata: { name }, spec: { cidrs } });
const ip = (name: string): networkingv1.IPAddress => ({
  spec: { parentRef: { resource: 'services', name: 'any' } },
  metadata: {
    name,
    labels: {
      'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
      'ipaddress.kubernetes.io/ip-family': name.includes(':') ? 'IPv6' : 'IPv4',
    },
  },
});
const main = cidr('kubernetes', '192.168.0.0/24', '2001:db8::/96');

// Upstream: pkg/controller/servicecidrs/servicecidrs_controller_test.go TestController_canDeleteCIDR (v1.36)
it.each([
  { name: 'CIDR and no IPs', others: [], ips: [], expected: true },
  { name: 'CIDR with IPs', others: [], ips: ['192.168.0.24'], expected: false },
  { name: 'CIDR without IPs', others: [], ips: ['192.168.1.24'], expected: true },
  { name: 'CIDR with IPv4 address referencing the subnet address', others: [], ips: ['192.168.0.0'], expected: false },
  {
    name: 'CIDR with IPv4 address referencing the broadcast address',
    others: [],
    ips: ['192.168.0.255'],
    expected: false,
  },
  {
    name: 'CIDR with IPv6 address referencing the broadcast address',
    others: [],
    ips: ['2001:db8::ffff:ffff'],
    expected: false,
  },
  {
    name: 'CIDR with same range overlapping and IPs',
    others: [cidr('secondary', '192.168.0.0/24', '2001:db8::/96')],
    ips: ['192.168.0.23'],
    expected: true,
  },
  {
    name: 'CIDR with smaller range overlapping and IPs',
    others: [cidr('secondary', '192.168.0.0/26', '2001:db8::/112')],
    ips: ['192.168.0.23'],
    expected: true,
  },
  {
    name: 'CIDR with smaller range overlapping but IPs orphan',
    others: [cidr('secondary', '192.168.0.0/28', '2001:db8::/112')],
    ips: ['192.168.0.23'],
    expected: false,
  },
  {
    name: 'CIDR with larger range overlapping and IPs',
    others: [cidr('secondary', '192.168.0.0/16', '2001:db8::/64')],
    ips: ['192.168.0.23'],
    expected: true,
  },
])('canDeleteCIDR: $name', ({ others, ips, expected }) => {
  expect(canDeleteCIDR(main, [main, ...others], ips.map(ip))).toBe(expected);
});

import { expect, it } from 'vitest';
import type * as networkingv1 from '../../../api/networking/v1.ts';
import { matchIngress, requiresTls } from './ingress-rules.ts';

type Path = readonly [path: string, type: networkingv1.HTTPIngressPath['pathType'], service: string];

const backend = (name: string): networkingv1.IngressBackend => ({ service: { name, port: { number: 80 } } });
const ingress = (
  host: string,
  paths: readonly Path[],
  annotations: Record<string, string> = {},
): networkingv1.Ingress => ({
  metadata: { name: `i-${host}`, annotations },
  spec: {
    rules: [
      {
        ...(host === '' ? {} : { host }),
        http: { paths: paths.map(([path, pathType, service]) => ({ path, pathType, backend: backend(service) })) },
      },
    ],
  },
});
const rewrite = (target: string) => ({ 'nginx.ingress.kubernetes.io/rewrite-target': target });

/** Source: https://kubernetes.io/docs/concepts/services-networking/ingress, its table of examples */
it.each<{ name: string; ingresses: networkingv1.Ingress[]; host?: string; path: string; want: string | undefined }>([
  {
    name: 'Prefix / covers everything',
    ingresses: [ingress('', [['/', 'Prefix', 'a']])],
    path: '/any',
    want: 'a /any',
  },
  {
    name: 'Exact does not cover a trailing slash',
    ingresses: [ingress('', [['/foo', 'Exact', 'a']])],
    path: '/foo/',
    want: undefined,
  },
  {
    name: 'Prefix /foo covers /foo/',
    ingresses: [ingress('', [['/foo', 'Prefix', 'a']])],
    path: '/foo/',
    want: 'a /foo/',
  },
  {
    name: 'Prefix /foo/ covers /foo',
    ingresses: [ingress('', [['/foo/', 'Prefix', 'a']])],
    path: '/foo',
    want: 'a /foo',
  },
  {
    name: 'Prefix goes by elements',
    ingresses: [ingress('', [['/aaa/bb', 'Prefix', 'a']])],
    path: '/aaa/bbb',
    want: undefined,
  },
  {
    name: 'the longest Prefix wins',
    ingresses: [
      ingress('', [
        ['/', 'Prefix', 'a'],
        ['/aaa', 'Prefix', 'b'],
      ]),
    ],
    path: '/aaa/ccc',
    want: 'b /aaa/ccc',
  },
  {
    name: 'Exact wins over Prefix',
    ingresses: [
      ingress('', [
        ['/foo', 'Prefix', 'a'],
        ['/foo', 'Exact', 'b'],
      ]),
    ],
    path: '/foo',
    want: 'b /foo',
  },
  {
    name: 'a host of its own wins over a wildcard',
    ingresses: [ingress('*.foo.com', [['/', 'Prefix', 'a']]), ingress('bar.foo.com', [['/', 'Prefix', 'b']])],
    host: 'bar.foo.com:80',
    path: '/',
    want: 'b /',
  },
  {
    name: 'a wildcard covers one label',
    ingresses: [ingress('*.foo.com', [['/', 'Prefix', 'a']])],
    host: 'baz.bar.foo.com',
    path: '/',
    want: undefined,
  },
  {
    name: 'another host finds nothing',
    ingresses: [ingress('foo.com', [['/', 'Prefix', 'a']])],
    host: 'bar.com',
    path: '/',
    want: undefined,
  },
  {
    name: 'the default backend takes the rest',
    ingresses: [{ metadata: { name: 'd' }, spec: { defaultBackend: backend('d') } }],
    path: '/x',
    want: 'd /x',
  },
  {
    name: 'rewrite-target with a group',
    ingresses: [ingress('', [['/api(/|$)(.*)', 'ImplementationSpecific', 'a']], rewrite('/$2'))],
    path: '/api/v1/x',
    want: 'a /v1/x',
  },
  {
    name: 'rewrite-target to the root',
    ingresses: [ingress('', [['/hello', 'Prefix', 'a']], rewrite('/'))],
    path: '/hello',
    want: 'a /',
  },
])('$name', ({ ingresses, host = 'example.com', path, want }) => {
  const match = matchIngress(ingresses, host, path);
  expect(match && `${match.backend.service?.name} ${match.path}`).toBe(want);
});

it('asks for TLS where the Ingress names the host', () => {
  const tls = (hosts: string[]): networkingv1.Ingress => ({ metadata: { name: 't' }, spec: { tls: [{ hosts }] } });
  expect([
    requiresTls(tls(['a.com']), 'a.com:80'),
    requiresTls(tls(['*.a.com']), 'x.a.com'),
    requiresTls(tls(['b.com']), 'a.com'),
  ]).toEqual([true, true, false]);
});

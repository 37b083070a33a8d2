import { describe, expect, it } from 'vitest';
import type { DnsQuestion, DnsRecord } from '../../../shell/network-stack.ts';
import { answerer } from './coredns-plugins.ts';
import { CorefileError, parseCorefile } from './corefile.ts';

const corefile = `# what everybody gets
.:53 {
    errors
    rewrite name exact db.example.com web.default.svc.cluster.local
    rewrite name suffix .corp.local .default.svc.cluster.local
    rewrite stop {
        name regex (.*)\\.short\\.test {1}.default.svc.cluster.local
    }
    hosts {
        10.1.2.3 static.example.com other.example.com
        ttl 60
        fallthrough
    }
    kubernetes cluster.local in-addr.arpa {
       pods insecure
       fallthrough in-addr.arpa
    }
    forward . /etc/resolv.conf
}
strict.test {
    hosts /etc/strict.hosts
}
stub.test:53 {
    forward . 10.9.9.9 dns://10.9.9.8:53
}
mine.local {
    kubernetes mine.local
}
none.test {
    template IN ANY none.test {
        rcode NXDOMAIN
    }
    template IN A {
        answer "{{ .Name }} 60 IN A 1.1.1.1"
    }
}
elsewhere.test:5353 {
    whoami
}
`;
const webName = 'web.default.svc.cluster.local';
const cluster: DnsQuestion['cluster'] = (name, type) => {
  if (name !== webName) return { rcode: 'NXDOMAIN', records: [] };
  const records: readonly DnsRecord[] = type === 'A' ? [{ type, name, ttl: 30, address: '10.96.0.7' }] : [];
  return { rcode: 'NOERROR', records };
};
const answer = answerer(parseCorefile(corefile), 53, (path) =>
  path === '/etc/strict.hosts' ? '10.5.5.5 a.strict.test # here\n' : '',
);
const ask = (name: string, type: DnsRecord['type'] = 'A') => {
  const reply = answer({ name, type, from: { ip: '10.244.0.9', port: 4000 }, cluster });
  if ('forwardTo' in reply) return `forward to ${reply.forwardTo.join() || 'the world'}`;
  return [reply.rcode, ...reply.records.map((one) => `${one.name} ${'address' in one ? one.address : ''}`)].join(' ');
};

it.each([
  ['web.default.svc.cluster.local.', `NOERROR ${webName} 10.96.0.7`],
  ['nothing.default.svc.cluster.local', 'NXDOMAIN'],
  ['DB.example.com', 'NOERROR db.example.com 10.96.0.7'],
  ['web.corp.local', 'NOERROR web.corp.local 10.96.0.7'],
  ['web.short.test', 'NOERROR web.short.test 10.96.0.7'],
  ['static.example.com', 'NOERROR static.example.com 10.1.2.3'],
  ['www.example.com', 'forward to the world'],
  ['7.0.96.10.in-addr.arpa', 'forward to the world'],
  ['a.strict.test', 'NOERROR a.strict.test 10.5.5.5'],
  ['b.strict.test', 'SERVFAIL'],
  ['x.stub.test', 'forward to 10.9.9.9,10.9.9.8'],
  ['web.default.svc.mine.local', 'NOERROR web.default.svc.mine.local 10.96.0.7'],
  ['x.none.test', 'NXDOMAIN'],
  ['elsewhere.test', 'forward to the world'],
])('%s: %s', (name, expected) => expect(ask(name)).toBe(expected));
it('knows that a name has no address of the other family', () => {
  expect(ask('static.example.com', 'AAAA')).toBe('NOERROR');
});
it('leads from an address to its name', () => {
  const only = answerer(parseCorefile('. {\n hosts {\n 192.0.2.1 my.test\n }\n}\n'), 53, () => '');
  const question = { name: '1.2.0.192.in-addr.arpa', type: 'PTR', from: { ip: '', port: 0 }, cluster } as const;
  expect(only(question)).toMatchObject({ rcode: 'NOERROR', records: [{ type: 'PTR', target: 'my.test' }] });
  expect(only({ ...question, name: '2.2.0.192.in-addr.arpa' })).toMatchObject({ rcode: 'SERVFAIL' });
});
it('refuses zones that it does not serve', () => {
  const only = answerer(parseCorefile('a.test {\n hosts\n}\n'), 53, () => '');
  expect(only({ name: 'b.test', type: 'A', from: { ip: '', port: 0 }, cluster })).toMatchObject({ rcode: 'REFUSED' });
});

describe('parseCorefile', () => {
  it.each([
    ['.:53 {\n  nonsense\n}\n', "Corefile:2 - Error during parsing: Unknown directive 'nonsense'"],
    ['.:53 {\n  errors\n', 'Corefile:2 - Error during parsing: Unexpected EOF'],
  ])('%j', (text, message) => expect(() => parseCorefile(text)).toThrow(new CorefileError(message)));
});

import { describe, expect, it } from 'vitest';
import { formatImageReference, parseImageReference } from '../../../apimachinery/image-reference.ts';
import { basePrograms } from '../../../shell/base-files.ts';
import { programNamed, resolveImage } from './registry.ts';
import { TestHost } from './testing.ts';

/** Upstream: distribution/reference normalize_test.go, in part. */
describe('parseImageReference', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.25', 'docker.io/library/nginx:1.25'],
    ['docker.io/redis:6.0.5', 'docker.io/library/redis:6.0.5'],
    ['bitnami/redis', 'docker.io/bitnami/redis:latest'],
    ['localhost:5000/a/b:x', 'localhost:5000/a/b:x'],
    ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
    ['Nginx', undefined],
    ['nginx:', undefined],
    ['ng inx', undefined],
    ['', undefined],
  ])('%s', (text, expected) => {
    const reference = parseImageReference(text);
    expect(reference && formatImageReference(reference)).toBe(expected);
  });
});

describe('resolveImage', () => {
  const resolve = (text: string) => {
    const reference = parseImageReference(text);
    if (!reference) throw new Error(text);
    return resolveImage(reference);
  };
  it('knows an image under any registry, and marks the unknown', () => {
    expect(resolve('nginx:1.14.2').env.NGINX_VERSION).toBe('1.14.2');
    expect(resolve('registry.k8s.io/e2e-test-images/agnhost:2.59').entrypoint).toEqual(['/agnhost']);
    expect([resolve('foo/bar').simplified, resolve('redis').simplified]).toEqual([true, false]);
  });
});

describe('agnhost', () => {
  it('has bash, and a user with a group of its own', () => {
    const host = new TestHost();
    const image = 'registry.k8s.io/e2e-test-images/agnhost:2.63.0';
    const container = host.start(image, 'server', { command: ['/agnhost', 'pause'] });
    expect(container.sh('/bin/bash -c "id -G user-defined-in-image; id -G; id nobody; groups root"').stdout).toBe(
      '1000 50000\n0\nuid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)\nroot\n',
    );
    expect(container.sh('id stranger').stderr).toBe('id: unknown user stranger\n');
  });
  it('serves one client of port-forward-tester, and is seen to listen', () => {
    const host = new TestHost();
    const env = {
      BIND_ADDRESS: '0.0.0.0',
      BIND_PORT: '80',
      EXPECTED_CLIENT_DATA: 'abc',
      CHUNKS: '2',
      CHUNK_SIZE: '3',
      CHUNK_INTERVAL: '10',
    };
    const image = 'registry.k8s.io/e2e-test-images/agnhost:2.63.0';
    const server = host.start(image, 'server', { command: ['/agnhost', 'port-forward-tester'], env });
    const client = host.start('busybox', 'client', { command: ['sleep', '3600'] });
    host.advance(100);
    expect(server.sh('netstat -lnt | grep -c "0.0.0.0:80 .*LISTEN"; netstat -n | grep -c LISTEN').stdout).toBe(
      '1\n0\n',
    );
    expect(client.sh('printf abc | nc server 80').stdout).toBe('xxxxxx');
    host.advance(1000);
    expect(server.stdout.text()).toContain('Received expected client data\nShutting down connection\nDone\n');
    expect(host.clock.run(server.main.wait())).toEqual({ code: 0 });
  });
});

describe("Bitnami's images", () => {
  it.each([
    ['bitnami/redis:8.2', false],
    ['bitnamilegacy/postgresql:17', false],
    ['bitnami/mysql:9.4', true],
    ['bitnami/kafka:4.0', true],
    ['mysql:8', false],
  ])('%s: simplified %s', (image, simplified) => {
    const reference = parseImageReference(image);
    expect(reference && resolveImage(reference).simplified).toBe(simplified);
  });

  it("those that are known have what charts' scripts source", () => {
    const host = new TestHost();
    const script = '. /opt/bitnami/scripts/liblog.sh; . /opt/bitnami/scripts/libos.sh; retry_while true && info done';
    const container = host.start('bitnami/redis', 'init', { command: ['bash', '-ec', script] });
    host.clock.run(container.main.wait());
    expect(container.stderr.text()).toBe('INFO  ==> done\n');
  });
});

describe('nginx', () => {
  it('serves its page, logs, honours a mounted configuration and ends in order', () => {
    const host = new TestHost();
    const web = host.start('nginx', 'web');
    const client = host.start('curlimages/curl', 'client', { command: ['sleep', '3600'] });
    host.advance(100);
    expect(client.sh('curl -s web | grep title; curl -s -o /dev/null -w "%{http_code}" web/no').stdout).toBe(
      '<title>Welcome to nginx!</title>\n404',
    );
    expect(web.stdout.text()).toContain('"GET /no HTTP/1.1" 404 153 "-" "curl/8.16.0" "-"\n');
    const bound = (to: string) => client.sh(`curl -sS -o /dev/null -w "%{http_code}" --interface ${to} web`);
    expect([bound('eth0').stdout, bound('192.0.2.1').stderr]).toEqual([
      '200',
      "curl: (45) Couldn't bind to '192.0.2.1'\n",
    ]);
    web.sh(
      `echo 'server { listen 8080; location = /hi { return 200 "hello $host\\n"; } location /x/ { proxy_pass http://client:1/; } }' > /etc/nginx/conf.d/default.conf; nginx -s reload`,
    );
    host.advance(100);
    expect(
      client.sh('curl -s web:8080/hi; curl -s -o /dev/null -w "%{http_code}" web:8080/x/y; curl -s web; echo " $?"')
        .stdout,
    ).toBe('hello web\n502 7\n');
    web.main.kill('SIGQUIT');
    host.advance(100);
    expect(host.clock.run(web.main.wait())).toEqual({ code: 0 });
  });
  it('refuses a configuration that it cannot read', () => {
    const host = new TestHost();
    const web = host.start('nginx', 'web', {
      files: (fs) =>
        fs.writeFile('/etc/nginx/conf.d/default.conf', new TextEncoder().encode('server {\n  lisen 80;\n}\n')),
    });
    host.advance(100);
    expect(host.clock.run(web.main.wait())).toEqual({ code: 1 });
    expect(web.stderr.text()).toContain(
      'nginx: [emerg] unknown directive "lisen" in /etc/nginx/conf.d/default.conf:2\n',
    );
  });
});

describe('redis', () => {
  it('replicates', () => {
    const host = new TestHost();
    const leader = host.start('redis', 'leader');
    const follower = host.start('redis', 'follower', { args: ['redis-server', '--replicaof', 'leader', '6379'] });
    host.advance(2000);
    expect(leader.sh('redis-cli set a 1; redis-cli incr a; redis-cli rpush l x y').stdout).toBe('OK\n2\n2\n');
    expect(follower.sh('redis-cli get a; redis-cli lrange l 0 -1; redis-cli set b 1').stdout).toBe(
      "2\nx\ny\nREADONLY You can't write against a read only replica.\n",
    );
  });
});

describe('the shop', () => {
  const registry = 'us-central1-docker.pkg.dev/online-boutique-ci/microservices-demo';
  const ports = {
    adservice: 9555,
    currencyservice: 7000,
    cartservice: 7070,
    recommendationservice: 8080,
    checkoutservice: 5050,
    emailservice: 5000,
    paymentservice: 50_051,
    shippingservice: 50_052,
    productcatalogservice: 3550,
  };
  const env = {
    PRODUCT_CATALOG_SERVICE_ADDR: 'productcatalogservice:3550',
    CURRENCY_SERVICE_ADDR: 'currencyservice:7000',
    CART_SERVICE_ADDR: 'cartservice:7070',
    RECOMMENDATION_SERVICE_ADDR: 'recommendationservice:8080',
    SHIPPING_SERVICE_ADDR: 'shippingservice:50052',
    CHECKOUT_SERVICE_ADDR: 'checkoutservice:5050',
    AD_SERVICE_ADDR: 'adservice:9555',
    PAYMENT_SERVICE_ADDR: 'paymentservice:50051',
    EMAIL_SERVICE_ADDR: 'emailservice:5000',
    REDIS_ADDR: 'redis-cart:6379',
  };
  it('sells, and its error page names the service that is down', () => {
    const host = new TestHost();
    const services = new Map(
      Object.entries(ports).map(([name, port]) => [
        name,
        host.start(`${registry}/${name}:v0.10.6`, name, { env: { ...env, PORT: String(port) } }),
      ]),
    );
    host.start('redis:alpine', 'redis-cart');
    host.start(`${registry}/frontend:v0.10.6`, 'frontend', { env: { ...env, PORT: '8080' } });
    const client = host.start('curlimages/curl', 'client', { command: ['sleep', '3600'] });
    host.advance(100);
    const page = (path: string, more = '') =>
      client.sh(`curl -s -b shop_session-id=me ${more} frontend:8080${path}`).stdout;
    expect(page('/')).toContain('<a href="/product/OLJCESPC7Z">Sunglasses</a> <span>USD 19.99</span>');
    page('/cart', '-d product_id=OLJCESPC7Z -d quantity=2');
    expect(page('/cart')).toContain('Sunglasses × 2: USD 39.98');
    expect(page('/cart/checkout', '-X POST')).toContain('Total paid USD 48.97');
    services.get('currencyservice')?.main.kill('SIGKILL');
    host.advance(10);
    expect(page('/')).toContain('could not retrieve currencies (currencyservice:7000): rpc error: code = Unavailable');
  });
});

describe('agnhost', () => {
  it('answers who it is, dials others and exits when told', () => {
    const host = new TestHost();
    const server = host.start('registry.k8s.io/e2e-test-images/agnhost:2.59', 'one', { args: ['netexec'] });
    const other = host.start('registry.k8s.io/e2e-test-images/agnhost:2.59', 'two', { args: ['netexec'] });
    host.advance(10);
    const ask = (path: string) => other.sh(`curl -s 'one:8080${path}'`).stdout;
    expect(ask('/hostname')).toBe('one');
    expect(ask('/dial?host=two&port=8081&protocol=udp&request=hostname&tries=2')).toBe('{"responses":["two","two"]}');
    expect(ask('/dial?host=two&port=81&request=hostname')).toBe(
      '{"errors":["Get \\"http://10.0.0.2:81/hostname\\": dial tcp 10.0.0.2:81: connect: connection refused"]}',
    );
    expect(ask('/shell?cmd=echo+hi;exit+3')).toBe('{"error":"exit status 3","output":"hi\\n"}');
    ask('/exit?code=5');
    host.advance(10);
    expect(host.clock.run(server.main.wait())).toEqual({ code: 5 });
  });
  it('is there under a second name, and hands on variables that a shell cannot name', () => {
    const host = new TestHost();
    const image = 'registry.k8s.io/e2e-test-images/agnhost:2.63.0';
    const tester = host.start(image, 't', { command: ['/agnhost-2'], args: ['entrypoint-tester', 'x'] });
    const env = host.start(image, 'e', { command: ['sh', '-c', 'env'], env: { 'data-1': 'value-1' } });
    host.advance(10);
    expect(tester.stdout.text()).toBe('[/agnhost-2 entrypoint-tester x]\n');
    expect(env.stdout.text().split('\n')).toContain('data-1=value-1');
  });
  it('mounttest looks through symbolic links', () => {
    const host = new TestHost();
    const run = host.start('registry.k8s.io/e2e-test-images/agnhost:2.63.0', 'm', {
      args: ['mounttest', '--file_mode=/data/x', '--file_perm=/data/x'],
      files: (fs) => {
        fs.mkdir('/data');
        fs.writeFile('/data/real', new Uint8Array(0), { mode: 0o400 });
        fs.symlink('real', '/data/x');
      },
    });
    host.advance(10);
    expect(run.stdout.text()).toBe('mode of file "/data/x": -r--------\nperms of file "/data/x": -r--------\n');
  });
  it('mounttest keeps its order and its words', () => {
    const host = new TestHost();
    const run = host.start('registry.k8s.io/e2e-test-images/agnhost:2.59', 'm', {
      args: ['mounttest', '--file_content=/tmp/x', '--new_file_0660=/tmp/x', '--file_perm=/tmp/x', '--file_mode=/tmp'],
    });
    host.advance(10);
    expect(run.stdout.text()).toBe(
      'content of file "/tmp/x": mount-tester new file\n\nmode of file "/tmp": dtrwxrwxrwx\nperms of file "/tmp/x": -rw-rw----\ncontent of file "/tmp/x": mount-tester new file\n\n',
    );
  });
});

it.each(['whoami', 'ps', 'httpd', 'sh'])('no image of another kind stands in the way of %s', (name) => {
  const own = basePrograms.get(name);
  if (own) expect(programNamed(name)).toBe(own);
});

it('ps tells what the distribution has', () => {
  const host = new TestHost();
  const head = (image: string) => {
    const container = host.start(image, 'ps', { command: ['ps', 'aux'] });
    host.clock.run(container.main.wait());
    return container.stdout.text().split(/\s+/).slice(0, 3);
  };
  expect(['busybox', 'ubuntu'].map(head)).toEqual([
    ['PID', 'USER', 'TIME'],
    ['USER', 'PID', '%CPU'],
  ]);
});

describe('programs of the documentation', () => {
  it('perl prints pi and ends, as the Job example expects', () => {
    const host = new TestHost();
    const job = host.start('perl:5.34.0', 'pi', { command: ['perl', '-Mbignum=bpi', '-wle', 'print bpi(50)'] });
    host.advance(10_000);
    expect(host.clock.run(job.main.wait())).toEqual({ code: 0 });
    expect(job.stdout.text()).toBe('3.1415926535897932384626433832795028841971693993751\n');
  });
  it.each([
    [
      'polinux/stress',
      ['stress', '--vm', '1', '--vm-bytes', '150M', '--vm-hang', '1'],
      { cpuMilli: 0, memoryBytes: 1_000_000 + 150 * 2 ** 20 },
    ],
    ['vish/stress', ['/stress', '-cpus', '2'], { cpuMilli: 2000, memoryBytes: 2_000_000 }],
  ])('%s uses what it is told', (image, command, usage) => {
    const host = new TestHost();
    const hog = host.start(image, 'hog', { command });
    host.advance(1000);
    expect(hog.processes.usage()).toEqual(usage);
  });
});

describe('small servers', () => {
  it('podinfo starts by the name that its manifests use, and is probed by its own client', () => {
    const host = new TestHost();
    const server = host.start('ghcr.io/stefanprodan/podinfo:6.14.1', 'pod', { command: ['./podinfo', '--port=9898'] });
    host.advance(1000);
    expect(server.sh('podcli check http localhost:9898/healthz && podcli check tcp localhost:9898').code).toBe(0);
    expect(server.sh('podcli check http localhost:9898/status/500').code).toBe(1);
  });
  it('a gRPC server of the shop is probed by what its image brings', () => {
    const host = new TestHost();
    const server = host.start('gcr.io/google-samples/microservices-demo/adservice:v0.4.1', 'ads', {
      env: { PORT: '9555' },
    });
    host.advance(1000);
    expect(server.exec(['/bin/grpc_health_probe', '-addr=:9555'])).toEqual({
      stdout: 'status: SERVING\n',
      stderr: '',
      code: 0,
    });
    expect(server.exec(['/bin/grpc_health_probe', '-addr=:1']).code).toBe(2);
  });
});

import { grpcHealthProbe } from './grpc-health-probe.ts';
import { TimeoutError } from '../../../process/combinators.ts';
import { type Process, sleep } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { HttpError } from '../../../shell/http.ts';
import { httpRequest } from '../../../shell/http-client.ts';
import { NetworkError } from '../../../shell/network-stack.ts';
import { runService } from '../../../shell/service.ts';
import { writeText } from '../../../shell/streams.ts';
import { boutiqueFrontend } from './boutique-frontend.ts';
import { products } from './boutique-catalog.ts';
import { boutiqueBackends } from './boutique-services.ts';
import { debianBase, distrolessBase } from './bases.ts';
import type { Image, ImageDefinition } from './image.ts';

/** Acts like a number of shoppers: looks around, fills carts, pays; says what failed. */
function* loadGenerator(context: ProgramContext): Process<number> {
  const users = Number(context.env.get('USERS') ?? 10);
  const parts = Array.from({ length: users }, (_, index) => shopper(context, index));
  yield* writeText(context.stderr, `All users spawned: {"WebsiteUser": ${users}} (${users} total users)\n`);
  return yield* runService(context, { parts });
}

const steps = [
  'index',
  'setCurrency',
  'browse',
  'browse',
  'browse',
  'addToCart',
  'viewCart',
  'viewCart',
  'checkout',
] as const;

function* shopper(context: ProgramContext, index: number): Process<void> {
  const address = context.env.get('FRONTEND_ADDR') ?? 'frontend:80';
  const session = `load-${index}-${Math.floor(context.random() * 1e9)}`;
  const pick = <T>(items: readonly T[]) => items[Math.floor(context.random() * items.length)] as T;
  const visit = function* (method: string, path: string, form?: Readonly<Record<string, string>>): Process<void> {
    const problem = yield* request(context, address, session, method, path, form);
    if (problem !== undefined) yield* writeText(context.stderr, `${method} ${path}: ${problem}\n`);
  };
  yield* sleep(1000 * (1 + index));
  for (;;) {
    const { id } = pick(products);
    switch (pick(steps)) {
      case 'index':
        yield* visit('GET', '/');
        break;
      case 'setCurrency':
        yield* visit('POST', '/setCurrency', { currency_code: pick(['EUR', 'USD', 'JPY', 'CAD']) });
        break;
      case 'addToCart':
        yield* visit('POST', '/cart', { product_id: id, quantity: String(pick([1, 2, 3, 4, 5, 10])) });
        break;
      case 'viewCart':
        yield* visit('GET', '/cart');
        break;
      case 'checkout':
        yield* visit('POST', '/cart', { product_id: id, quantity: '1' });
        yield* visit('POST', '/cart/checkout', {
          email: 'someone@example.com',
          credit_card_number: '4432-8015-6152-0454',
        });
        break;
      default:
        yield* visit('GET', `/product/${id}`);
    }
    yield* sleep(1000 + context.random() * 9000);
  }
}

/** Makes a request; gives what went wrong. */
function* request(
  context: ProgramContext,
  address: string,
  session: string,
  method: string,
  path: string,
  form: Readonly<Record<string, string>> | undefined,
): Process<string | undefined> {
  try {
    if (!context.network) return 'no network';
    const result = yield* httpRequest(context.network, {
      url: `http://${address}${path}`,
      method,
      headers: {
        Cookie: `shop_session-id=${session}`,
        'User-Agent': 'python-requests/2.32.4',
        ...(form ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(form ? { body: new URLSearchParams(form).toString() } : {}),
      timeoutMs: 30_000,
    });
    return result.status >= 400
      ? `HTTPError('${result.status} Server Error: ${result.reason} for url: ${path}')`
      : undefined;
  } catch (error) {
    if (error instanceof NetworkError)
      return `ConnectionError(${error.code === 'ENOTFOUND' ? 'Name or service not known' : error.code === 'ECONNREFUSED' ? 'Connection refused' : error.message})`;
    if (error instanceof TimeoutError || error instanceof HttpError) return `RequestException(${error.message})`;
    throw error;
  }
}

/** Names that images of the shop have, under several registries. */
const repositories = (name: string) => [
  `*/microservices-demo/${name}`,
  `*/online-boutique/${name}`,
  `gcr.io/google-samples/${name}`,
];

const image = (name: string, port: number, layers: Image['layers'], sizeBytes: number): Partial<Image> => ({
  entrypoint: ['/src/server'],
  workingDir: '/src',
  exposedPorts: port === 0 ? [] : [`${port}/tcp`],
  layers: [...layers, { '/src/server': { program: name }, '/bin/grpc_health_probe': { program: 'grpc_health_probe' } }],
  sizeBytes,
});

/** Backends written in interpreted languages bring a system with them. */
const withSystem = new Set(['currencyservice', 'paymentservice', 'emailservice', 'recommendationservice', 'adservice']);

export const boutiqueImages: readonly ImageDefinition[] = [
  {
    matches: [...repositories('frontend')],
    programs: { 'boutique-frontend': boutiqueFrontend, grpc_health_probe: grpcHealthProbe },
    build: () => image('boutique-frontend', 8080, distrolessBase, 20_000_000),
  },
  {
    matches: repositories('loadgenerator'),
    programs: { 'boutique-loadgenerator': loadGenerator },
    build: () => image('boutique-loadgenerator', 0, debianBase(), 90_000_000),
  },
  ...Object.entries(boutiqueBackends).map(
    ([name, { program, port }]): ImageDefinition => ({
      matches: repositories(name),
      programs: { [name]: program },
      build: () =>
        image(
          name,
          port,
          withSystem.has(name) ? debianBase() : distrolessBase,
          withSystem.has(name) ? 75_000_000 : 15_000_000,
        ),
    }),
  ),
];

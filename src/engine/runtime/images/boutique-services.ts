/** Online Boutique's backends: gRPC services that call each other by the addresses in their environment. */
import type { Process } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { GrpcError, grpcCall, grpcHandler, type GrpcMethod } from '../../../shell/grpc.ts';
import { serveHttp } from '../../../shell/http-server.ts';
import type { NetworkStack } from '../../../shell/network-stack.ts';
import { NetworkError } from '../../../shell/network-stack.ts';
import { runService } from '../../../shell/service.ts';
import { writeText } from '../../../shell/streams.ts';
import { ads, products, ratesPerEuro } from './boutique-catalog.ts';
import { CpuMeter } from './cpu-meter.ts';
import { redisCommand } from './redis-client.ts';

export interface CartItem {
  readonly productId: string;
  readonly quantity: number;
}

type Message = Readonly<Record<string, unknown>>;

/** What a backend needs: its surroundings and a way to call others. */
interface Backend {
  readonly context: ProgramContext;
  readonly network: NetworkStack;
  log(message: string): Process<void>;
  /** Calls the service whose address the variable holds. @throws GrpcError */
  call(variable: string, method: string, message: Message): Process<Message>;
}

interface BackendDefinition {
  readonly port: number;
  readonly methods: (backend: Backend) => Readonly<Record<string, GrpcMethod>>;
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly greeting?: string;
}

/** Runs a backend until SIGTERM; health is served beside its methods. */
const runBackend = (name: string, definition: BackendDefinition) =>
  function* (context: ProgramContext): Process<number> {
    const { network } = context;
    if (!network) return 1;
    const meter = new CpuMeter(context, 3);
    context.use?.({ memoryBytes: definition.memoryBytes });
    const backend: Backend = {
      context,
      network,
      log: (message) =>
        writeText(
          context.stdout,
          `${JSON.stringify({ message, severity: 'info', timestamp: new Date(context.now()).toISOString(), name })}\n`,
        ),
      *call(variable, method, message) {
        const address = context.env.get(variable);
        if (address === undefined) throw new GrpcError(13, `environment variable "${variable}" not set`);
        return (yield* grpcCall(network, address, `/hipstershop.${method}`, message)) as Message;
      },
    };
    const port = Number(context.env.get('PORT') ?? definition.port);
    const methods = Object.fromEntries(
      Object.entries(definition.methods(backend)).map(([method, run]): [string, GrpcMethod] => [
        `/hipstershop.${method}`,
        function* (message) {
          yield* meter.work(definition.cpuMs);
          return yield* run(message);
        },
      ]),
    );
    yield* backend.log(definition.greeting ?? `starting grpc server at :${port}`);
    return yield* runService(context, {
      parts: [serveHttp({ network, port, handler: grpcHandler(methods, () => 'SERVING') })],
    });
  };

/** The cart's store: redis when an address is given, the process's memory otherwise. */
function cartStore(backend: Backend) {
  const address = backend.context.env.get('REDIS_ADDR');
  const memory = new Map<string, string>();
  const command = function* (words: readonly string[]): Process<string | null> {
    const [host = '', port = '6379'] = (address ?? '').split(':');
    try {
      const answer = yield* redisCommand(backend.network, host, Number(port), words);
      return typeof answer === 'string' ? answer : null;
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      throw new GrpcError(
        9,
        `Can't access cart storage. StackExchange.Redis.RedisConnectionException: It was not possible to connect to the redis server(s) ${address}`,
      );
    }
  };
  return {
    *read(user: string): Process<CartItem[]> {
      const text = address === undefined ? (memory.get(user) ?? null) : yield* command(['GET', `cart:${user}`]);
      return text === null ? [] : (JSON.parse(text) as CartItem[]);
    },
    *write(user: string, items: readonly CartItem[]): Process<void> {
      const text = JSON.stringify(items);
      if (address === undefined) memory.set(user, text);
      else yield* command(['SET', `cart:${user}`, text]);
    },
  };
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');

const definitions: Readonly<Record<string, BackendDefinition>> = {
  productcatalogservice: {
    port: 3550,
    cpuMs: 0.6,
    memoryBytes: 14_000_000,
    methods: () => ({
      *'ProductCatalogService/ListProducts'() {
        return { products };
      },
      *'ProductCatalogService/GetProduct'(message) {
        const found = products.find((each) => each.id === message.id);
        if (!found) throw new GrpcError(5, `no product with ID ${text(message.id)}`);
        return found;
      },
      *'ProductCatalogService/SearchProducts'(message) {
        const query = text(message.query).toLowerCase();
        return { results: products.filter((each) => `${each.name} ${each.description}`.toLowerCase().includes(query)) };
      },
    }),
  },
  currencyservice: {
    port: 7000,
    cpuMs: 1.5,
    memoryBytes: 60_000_000,
    methods: () => ({
      *'CurrencyService/GetSupportedCurrencies'() {
        return { currencyCodes: Object.keys(ratesPerEuro) };
      },
      *'CurrencyService/Convert'(message) {
        const [from, to] = [ratesPerEuro[text(message.from)], ratesPerEuro[text(message.to)]];
        if (from === undefined || to === undefined) throw new GrpcError(3, `unsupported currency ${text(message.to)}`);
        return { amount: Math.round((Number(message.amount) / from) * to * 100) / 100 };
      },
    }),
  },
  cartservice: {
    port: 7070,
    cpuMs: 1,
    memoryBytes: 55_000_000,
    methods: (backend) => {
      const store = cartStore(backend);
      return {
        *'CartService/GetCart'(message) {
          return { items: yield* store.read(text(message.userId)) };
        },
        *'CartService/AddItem'(message) {
          const user = text(message.userId);
          const productId = text(message.productId);
          const items = yield* store.read(user);
          const before = items.find((item) => item.productId === productId)?.quantity ?? 0;
          const others = items.filter((item) => item.productId !== productId);
          yield* backend.log(
            `AddItemAsync called with userId=${user}, productId=${productId}, quantity=${Number(message.quantity)}`,
          );
          yield* store.write(user, [...others, { productId, quantity: before + Number(message.quantity) }]);
          return {};
        },
        *'CartService/EmptyCart'(message) {
          yield* store.write(text(message.userId), []);
          return {};
        },
      };
    },
  },
  recommendationservice: {
    port: 8080,
    cpuMs: 3,
    memoryBytes: 40_000_000,
    methods: (backend) => ({
      *'RecommendationService/ListRecommendations'(message) {
        const all = yield* backend.call('PRODUCT_CATALOG_SERVICE_ADDR', 'ProductCatalogService/ListProducts', {});
        const seen = new Set(Array.isArray(message.productIds) ? message.productIds : []);
        const ids = (all.products as readonly { readonly id: string }[])
          .map((each) => each.id)
          .filter((each) => !seen.has(each));
        for (let at = ids.length - 1; at > 0; at--) {
          const other = Math.floor(backend.context.random() * (at + 1));
          [ids[at], ids[other]] = [ids[other] ?? '', ids[at] ?? ''];
        }
        yield* backend.log(`[Recv ListRecommendations] product_ids=${JSON.stringify(ids.slice(0, 5))}`);
        return { productIds: ids.slice(0, 5) };
      },
    }),
  },
  shippingservice: {
    port: 50_051,
    cpuMs: 0.5,
    memoryBytes: 12_000_000,
    methods: (backend) => ({
      *'ShippingService/GetQuote'(message) {
        const count = (message.items as readonly CartItem[]).reduce((sum, item) => sum + item.quantity, 0);
        return { costUsd: count === 0 ? 0 : 8.99 };
      },
      *'ShippingService/ShipOrder'() {
        const digits = Array.from({ length: 9 }, () => Math.floor(backend.context.random() * 10)).join('');
        return { trackingId: `GC-${digits.slice(0, 5)}-${digits}` };
      },
    }),
  },
  paymentservice: {
    port: 50_051,
    cpuMs: 1,
    memoryBytes: 60_000_000,
    methods: (backend) => ({
      *'PaymentService/Charge'(message) {
        const number = text(message.creditCardNumber).replace(/\D/g, '');
        if (!/^[45]\d{15}$/.test(number)) throw new GrpcError(3, 'Credit card info is invalid');
        yield* backend.log(
          `Transaction processed: ${number.startsWith('4') ? 'visa' : 'mastercard'} ending ${number.slice(-4)}     Amount: ${text(message.currency)}${Number(message.amount)}`,
        );
        const hex = Array.from({ length: 32 }, () => Math.floor(backend.context.random() * 16).toString(16)).join('');
        return {
          transactionId: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`,
        };
      },
    }),
  },
  emailservice: {
    port: 8080,
    cpuMs: 2,
    memoryBytes: 50_000_000,
    methods: (backend) => ({
      *'EmailService/SendOrderConfirmation'(message) {
        yield* backend.log(`A request to send order confirmation email to ${text(message.email)} has been received.`);
        return {};
      },
    }),
  },
  adservice: {
    port: 9555,
    cpuMs: 1.5,
    memoryBytes: 110_000_000,
    methods: (backend) => ({
      *'AdService/GetAds'(message) {
        const keys = Array.isArray(message.contextKeys) ? message.contextKeys.map(String) : [];
        const fitting = keys.flatMap((key) => (Object.hasOwn(ads, key) && ads[key] ? [ads[key]] : []));
        const all = Object.values(ads);
        yield* backend.log(`received ad request (context_words=${JSON.stringify(keys)})`);
        return { ads: fitting.length > 0 ? fitting : [all[Math.floor(backend.context.random() * all.length)]] };
      },
    }),
  },
  checkoutservice: {
    port: 5050,
    cpuMs: 2,
    memoryBytes: 15_000_000,
    methods: (backend) => ({
      'CheckoutService/PlaceOrder': (message) => placeOrder(backend, message),
    }),
  },
};

/** Calls everybody in turn; the first who fails is named in the error. */
function* placeOrder(backend: Backend, message: Message): Process<unknown> {
  const [userId, currency] = [text(message.userId), text(message.currency)];
  yield* backend.log(`[PlaceOrder] user_id="${userId}" user_currency="${currency}"`);
  const step = function* (what: string, variable: string, method: string, body: Message): Process<Message> {
    try {
      return yield* backend.call(variable, method, body);
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      throw new GrpcError(13, `${what}: ${error.message}`);
    }
  };
  const cart = yield* step('failed to get user cart during checkout', 'CART_SERVICE_ADDR', 'CartService/GetCart', {
    userId,
  });
  const items = (cart.items ?? []) as readonly CartItem[];
  let total = 0;
  for (const item of items) {
    const found = yield* step(
      `failed to get product #"${item.productId}"`,
      'PRODUCT_CATALOG_SERVICE_ADDR',
      'ProductCatalogService/GetProduct',
      { id: item.productId },
    );
    const price = yield* step(
      `failed to convert price of "${item.productId}" to ${currency}`,
      'CURRENCY_SERVICE_ADDR',
      'CurrencyService/Convert',
      { from: 'USD', to: currency, amount: found.priceUsd },
    );
    total += Number(price.amount) * item.quantity;
  }
  const quote = yield* step('shipping quote failure', 'SHIPPING_SERVICE_ADDR', 'ShippingService/GetQuote', { items });
  const shipping = yield* step(
    'failed to convert shipping cost to currency',
    'CURRENCY_SERVICE_ADDR',
    'CurrencyService/Convert',
    { from: 'USD', to: currency, amount: quote.costUsd },
  );
  total = Math.round((total + Number(shipping.amount)) * 100) / 100;
  const charge = yield* step('failed to charge card', 'PAYMENT_SERVICE_ADDR', 'PaymentService/Charge', {
    amount: total,
    currency,
    creditCardNumber: message.creditCardNumber,
  });
  yield* backend.log(`payment went through (transaction_id: ${text(charge.transactionId)})`);
  const shipped = yield* step('shipping error', 'SHIPPING_SERVICE_ADDR', 'ShippingService/ShipOrder', { items });
  yield* step('failed to empty user cart during checkout', 'CART_SERVICE_ADDR', 'CartService/EmptyCart', { userId });
  const email = text(message.email);
  try {
    yield* backend.call('EMAIL_SERVICE_ADDR', 'EmailService/SendOrderConfirmation', { email });
    yield* backend.log(`order confirmation email sent to "${email}"`);
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error;
    yield* backend.log(`failed to send order confirmation to "${email}": ${error.message}`);
  }
  return { orderId: text(charge.transactionId), trackingId: shipped.trackingId, total, currency, items };
}

/** The program of each backend by its name. */
export const boutiqueBackends = Object.fromEntries(
  Object.entries(definitions).map(([name, definition]) => [
    name,
    { program: runBackend(name, definition), port: definition.port },
  ]),
);

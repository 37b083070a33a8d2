/** Online Boutique's frontend: pages made by calling the backends; an error page names the backend that failed. */
import type { Process } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { GrpcError, grpcCall } from '../../../shell/grpc.ts';
import type { HttpRequest, HttpResponse } from '../../../shell/http.ts';
import { serveHttp } from '../../../shell/http-server.ts';
import type { NetworkStack } from '../../../shell/network-stack.ts';
import { runService } from '../../../shell/service.ts';
import { writeText } from '../../../shell/streams.ts';
import { decode } from '../../../shell/text.ts';
import type { Product } from './boutique-catalog.ts';
import type { CartItem } from './boutique-services.ts';
import { CpuMeter } from './cpu-meter.ts';
import { plain } from './go-program.ts';

type Message = Readonly<Record<string, unknown>>;

/** What a page could not get, and why. */
class PageError extends Error {
  override readonly name = 'PageError';
}

const escape = (text: string) =>
  text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char);

class Frontend {
  readonly #context: ProgramContext;
  readonly #network: NetworkStack;
  readonly #meter: CpuMeter;
  constructor(context: ProgramContext, network: NetworkStack) {
    this.#context = context;
    this.#network = network;
    this.#meter = new CpuMeter(context, 3);
    context.use?.({ memoryBytes: 18_000_000 });
  }

  *handle(request: HttpRequest): Process<HttpResponse> {
    if (request.path === '/_healthz') return plain('ok');
    if (request.path === '/robots.txt') return plain('User-agent: *\nDisallow: /');
    yield* this.#meter.work(4);
    const session = cookie(request, 'shop_session-id') ?? this.#newSession();
    const currency = cookie(request, 'shop_currency') ?? 'USD';
    const startedAt = this.#context.now();
    let response: HttpResponse;
    try {
      response = yield* this.#route(request, session, currency);
    } catch (error) {
      if (!(error instanceof PageError)) throw error;
      yield* this.#log('error', 'request error', { error: error.message, 'http.req.path': request.path });
      response = page(
        'Error',
        500,
        `<h1>Uh, oh!</h1>\n<p>Something has failed. Below are some details for debugging.</p>\n<p><strong>HTTP Status:</strong> 500 Internal Server Error</p>\n<pre>${escape(error.message)}</pre>`,
      );
    }
    yield* this.#log('debug', 'request complete', {
      'http.req.method': request.method,
      'http.req.path': request.path,
      'http.resp.status': response.status,
      'http.resp.took_ms': Math.round(this.#context.now() - startedAt),
      session,
    });
    return {
      ...response,
      headers: { ...response.headers, 'Set-Cookie': `shop_session-id=${session}; Max-Age=172800` },
    };
  }
  #newSession(): string {
    return Array.from({ length: 32 }, () => Math.floor(this.#context.random() * 16).toString(16))
      .join('')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }
  #log(severity: string, message: string, more: Message): Process<void> {
    return writeText(
      this.#context.stdout,
      `${JSON.stringify({ ...more, message, severity, timestamp: new Date(this.#context.now()).toISOString() })}\n`,
    );
  }
  /** Calls a backend. @throws PageError that says what was wanted */
  *#call(what: string, variable: string, method: string, message: Message): Process<Message> {
    const address = this.#context.env.get(variable) ?? '';
    try {
      return (yield* grpcCall(this.#network, address, `/hipstershop.${method}`, message, 3000)) as Message;
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      throw new PageError(`${what} (${address}): ${error.message}`);
    }
  }

  *#route(request: HttpRequest, session: string, currency: string): Process<HttpResponse> {
    const form = new URLSearchParams(decode(request.body));
    const productId = /^\/product\/(\w+)$/.exec(request.path)?.[1];
    if (request.path === '/') return yield* this.#home(session, currency);
    if (productId !== undefined) return yield* this.#product(productId, session, currency);
    if (request.path === '/setCurrency')
      return {
        status: 302,
        headers: {
          Location: request.headers.get('referer') ?? '/',
          'Set-Cookie': `shop_currency=${form.get('currency_code') ?? 'USD'}; Max-Age=172800`,
        },
      };
    if (request.path === '/cart/empty') {
      yield* this.#call('failed to empty cart', 'CART_SERVICE_ADDR', 'CartService/EmptyCart', { userId: session });
      return { status: 302, headers: { Location: '/' } };
    }
    if (request.path === '/cart/checkout') return yield* this.#checkout(session, currency, form);
    if (request.path === '/cart' && request.method === 'POST') {
      const product = form.get('product_id') ?? '';
      yield* this.#call(
        'could not retrieve product',
        'PRODUCT_CATALOG_SERVICE_ADDR',
        'ProductCatalogService/GetProduct',
        { id: product },
      );
      yield* this.#call('failed to add to cart', 'CART_SERVICE_ADDR', 'CartService/AddItem', {
        userId: session,
        productId: product,
        quantity: Number(form.get('quantity') ?? 1),
      });
      return { status: 302, headers: { Location: '/cart' } };
    }
    if (request.path === '/cart') return yield* this.#cart(session, currency);
    return plain('404 page not found\n', 404);
  }

  *#convert(amount: number, currency: string): Process<string> {
    const { amount: converted } = yield* this.#call(
      'failed to convert currency',
      'CURRENCY_SERVICE_ADDR',
      'CurrencyService/Convert',
      { from: 'USD', to: currency, amount },
    );
    return `${currency} ${Number(converted).toFixed(2)}`;
  }
  *#items(session: string): Process<readonly CartItem[]> {
    const cart = yield* this.#call('could not retrieve cart', 'CART_SERVICE_ADDR', 'CartService/GetCart', {
      userId: session,
    });
    return (cart.items ?? []) as readonly CartItem[];
  }
  *#header(currency: string, items: readonly CartItem[]): Process<string> {
    const supported = yield* this.#call(
      'could not retrieve currencies',
      'CURRENCY_SERVICE_ADDR',
      'CurrencyService/GetSupportedCurrencies',
      {},
    );
    const options = (supported.currencyCodes as readonly string[])
      .map((code) => `<option${code === currency ? ' selected' : ''}>${code}</option>`)
      .join('');
    const count = items.reduce((sum, item) => sum + item.quantity, 0);
    return `<header><a href="/">Online Boutique</a> <form method="POST" action="/setCurrency"><select name="currency_code">${options}</select></form> <a href="/cart">Cart (${count})</a></header>`;
  }
  /** Ads and recommendations: a page does without those that fail. */
  *#extras(session: string, keys: readonly string[], productIds: readonly string[]): Process<string> {
    let html = '';
    try {
      const answer = yield* this.#call('failed to retrieve ads', 'AD_SERVICE_ADDR', 'AdService/GetAds', {
        contextKeys: keys,
      });
      const [ad] = answer.ads as readonly { readonly productId: string; readonly text: string }[];
      if (ad) html += `<aside><strong>Ad</strong> <a href="/product/${ad.productId}">${escape(ad.text)}</a></aside>`;
    } catch (error) {
      if (!(error instanceof PageError)) throw error;
      yield* this.#log('warning', 'failed to retrieve ads', { error: error.message });
    }
    if (productIds.length === 0) return html;
    const answer = yield* this.#call(
      'failed to get product recommendations',
      'RECOMMENDATION_SERVICE_ADDR',
      'RecommendationService/ListRecommendations',
      { userId: session, productIds },
    );
    return `${html}<section><h2>You May Also Like</h2>${(answer.productIds as readonly string[])
      .slice(0, 4)
      .map((id) => `<a href="/product/${id}">${id}</a>`)
      .join(' ')}</section>`;
  }

  *#home(session: string, currency: string): Process<HttpResponse> {
    const listed = yield* this.#call(
      'could not retrieve products',
      'PRODUCT_CATALOG_SERVICE_ADDR',
      'ProductCatalogService/ListProducts',
      {},
    );
    const header = yield* this.#header(currency, yield* this.#items(session));
    let tiles = '';
    for (const product of listed.products as readonly Product[]) {
      tiles += `<div class="product"><a href="/product/${product.id}">${escape(product.name)}</a> <span>${yield* this.#convert(product.priceUsd, currency)}</span></div>\n`;
    }
    return page(
      'Online Boutique',
      200,
      `${header}\n<h3>Hot Products</h3>\n${tiles}${yield* this.#extras(session, [], [])}`,
    );
  }
  *#product(id: string, session: string, currency: string): Process<HttpResponse> {
    const product = (yield* this.#call(
      'could not retrieve product',
      'PRODUCT_CATALOG_SERVICE_ADDR',
      'ProductCatalogService/GetProduct',
      { id },
    )) as unknown as Product;
    const header = yield* this.#header(currency, yield* this.#items(session));
    const price = yield* this.#convert(product.priceUsd, currency);
    const extras = yield* this.#extras(session, product.categories, [id]);
    return page(
      product.name,
      200,
      `${header}\n<h2>${escape(product.name)}</h2>\n<p>${price}</p>\n<p>${escape(product.description)}</p>\n<form method="POST" action="/cart"><input type="hidden" name="product_id" value="${id}"><select name="quantity"><option>1</option><option>2</option><option>5</option></select><button>Add To Cart</button></form>\n${extras}`,
    );
  }
  *#cart(session: string, currency: string): Process<HttpResponse> {
    const items = yield* this.#items(session);
    const header = yield* this.#header(currency, items);
    let rows = '';
    for (const item of items) {
      const product = (yield* this.#call(
        `could not retrieve product #${item.productId}`,
        'PRODUCT_CATALOG_SERVICE_ADDR',
        'ProductCatalogService/GetProduct',
        { id: item.productId },
      )) as unknown as Product;
      rows += `<div>${escape(product.name)} × ${item.quantity}: ${yield* this.#convert(product.priceUsd * item.quantity, currency)}</div>\n`;
    }
    const quote = yield* this.#call(
      'failed to get shipping quote',
      'SHIPPING_SERVICE_ADDR',
      'ShippingService/GetQuote',
      { items },
    );
    const shipping = yield* this.#convert(Number(quote.costUsd), currency);
    const extras = yield* this.#extras(
      session,
      [],
      items.map((item) => item.productId),
    );
    return page(
      'Cart',
      200,
      `${header}\n<h3>${items.length === 0 ? 'Your shopping cart is empty!' : `Cart (${items.length})`}</h3>\n${rows}<div>Shipping: ${shipping}</div>\n<form method="POST" action="/cart/checkout"><button>Place Order</button></form>\n${extras}`,
    );
  }
  *#checkout(session: string, currency: string, form: URLSearchParams): Process<HttpResponse> {
    const order = yield* this.#call(
      'failed to complete the order',
      'CHECKOUT_SERVICE_ADDR',
      'CheckoutService/PlaceOrder',
      {
        userId: session,
        currency,
        email: form.get('email') ?? 'someone@example.com',
        creditCardNumber: form.get('credit_card_number') ?? '4432-8015-6152-0454',
      },
    );
    yield* this.#log('info', 'order placed', { order: order.orderId });
    return page(
      'Order',
      200,
      `<h3>Your order is complete!</h3>\n<p>Confirmation # ${escape(String(order.orderId))}</p>\n<p>Tracking # ${escape(String(order.trackingId))}</p>\n<p>Total paid ${escape(String(order.currency))} ${Number(order.total).toFixed(2)}</p>`,
    );
  }
}

function cookie(request: HttpRequest, name: string): string | undefined {
  return (request.headers.get('cookie') ?? '')
    .split(/;\s*/)
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

function page(title: string, status: number, body: string): HttpResponse {
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
    body: `<!DOCTYPE html>\n<html lang="en">\n<head><title>${escape(title)}</title></head>\n<body>\n${body}\n</body>\n</html>\n`,
  };
}

export function* boutiqueFrontend(context: ProgramContext): Process<number> {
  const { network } = context;
  if (!network) return 1;
  for (const variable of [
    'PRODUCT_CATALOG_SERVICE_ADDR',
    'CURRENCY_SERVICE_ADDR',
    'CART_SERVICE_ADDR',
    'RECOMMENDATION_SERVICE_ADDR',
    'CHECKOUT_SERVICE_ADDR',
    'SHIPPING_SERVICE_ADDR',
    'AD_SERVICE_ADDR',
  ]) {
    if (context.env.has(variable)) continue;
    yield* writeText(
      context.stderr,
      `panic: environment variable "${variable}" not set\n\ngoroutine 1 [running]:\nmain.mustMapEnv(...)\n`,
    );
    return 2;
  }
  const port = Number(context.env.get('PORT') ?? 8080);
  const frontend = new Frontend(context, network);
  yield* writeText(
    context.stdout,
    `${JSON.stringify({ message: `starting server on :${port}`, severity: 'info', timestamp: new Date(context.now()).toISOString() })}\n`,
  );
  return yield* runService(context, {
    parts: [serveHttp({ network, port, handler: (request) => frontend.handle(request) })],
  });
}

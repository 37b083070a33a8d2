/**
 * Links in what a proxied server answers are made to lead through the proxy again.
 * Upstream: apimachinery/pkg/util/proxy/transport.go (v1.36)
 */

const attributesOf: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
};

const startTag = /<([a-zA-Z][a-zA-Z0-9]*)(\s[^<>]*)>/g;
const attribute = /([a-zA-Z-]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/g;

/** How a server is reached, and what its paths stand behind. */
export interface ProxiedPlace {
  /** `host:port` of the server, as its own absolute links may name it. */
  readonly host: string;
  /** The path of the proxy itself, without a slash at its end. */
  readonly prefix: string;
}

/** A URL as clients of the proxy must ask for it. */
export function rewriteUrl(text: string, { host, prefix }: ProxiedPlace): string {
  const match = /^(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?(?:\/\/([^/?#]*))?([^?#]*)(.*)$/.exec(text);
  const [, named = '', path = '', rest = ''] = match ?? [];
  if ((named !== '' && named !== host) || !path.startsWith('/')) return text;
  return path.startsWith(prefix) ? `${path}${rest}` : `${prefix}${path}${rest}`;
}

/** Rewrites the links of an HTML page. */
export function rewriteHtml(page: string, place: ProxiedPlace): string {
  return page.replace(startTag, (whole: string, tag: string, attributes: string) => {
    const names = attributesOf[tag.toLowerCase()];
    if (!names) return whole;
    const rewritten = attributes.replace(attribute, (pair: string, name: string, equals: string, value: string) => {
      if (!names.includes(name.toLowerCase())) return pair;
      const quote = value.startsWith('"') || value.startsWith("'") ? (value[0] ?? '') : '';
      const plain = quote === '' ? value : value.slice(1, -1);
      return `${name}${equals}${quote}${rewriteUrl(plain, place)}${quote}`;
    });
    return `<${tag}${rewritten}>`;
  });
}

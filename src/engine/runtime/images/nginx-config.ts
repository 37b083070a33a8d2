/** Reads the parts of nginx's configuration that the simulation honours. */
import type { FileSystem } from '../../../shell/file-system.ts';
import { glob } from '../../../shell/interpreter/glob.ts';
import { dirName, resolvePath } from '../../../shell/path.ts';
import { decode } from '../../../shell/text.ts';

/** A directive: `name arguments;` or `name arguments { … }`. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block?: readonly Directive[];
}

/** A configuration that cannot be used; the text is what nginx says after `[emerg]`. */
export class NginxConfigError extends Error {
  override readonly name = 'NginxConfigError';
}

export interface NginxServer {
  readonly ports: readonly { readonly port: number; readonly tls: boolean }[];
  readonly names: readonly string[];
  readonly directives: readonly Directive[];
}

/** The servers of a configuration file and what it includes. @throws NginxConfigError */
export function readNginxConfig(
  fs: FileSystem,
  file: string,
): { readonly servers: readonly NginxServer[]; readonly upstreams: ReadonlyMap<string, string> } {
  const top = parse(fs, file);
  const http = top.filter((each) => each.name === 'http').flatMap((each) => each.block ?? []);
  if (!top.some((each) => each.name === 'events')) throw new NginxConfigError('no "events" section in configuration');
  const servers = http.filter((each) => each.name === 'server').map((each) => toServer(each.block ?? []));
  const upstreams = new Map(
    http
      .filter((each) => each.name === 'upstream')
      .map(
        (each) => [each.args[0] ?? '', each.block?.find((inner) => inner.name === 'server')?.args[0] ?? ''] as const,
      ),
  );
  return { servers, upstreams };
}

function toServer(directives: readonly Directive[]): NginxServer {
  const listens = directives.filter((each) => each.name === 'listen' && !each.args[0]?.startsWith('['));
  const ports = listens.map((each) => ({
    port: Number(/(\d+)$/.exec(each.args[0] ?? '')?.[1] ?? 80),
    tls: each.args.includes('ssl'),
  }));
  const names = directives.filter((each) => each.name === 'server_name').flatMap((each) => each.args);
  return { ports: ports.length === 0 ? [{ port: 80, tls: false }] : ports, names, directives };
}

const known = new Set(
  (
    'user worker_processes error_log pid events http include default_type log_format access_log sendfile tcp_nopush tcp_nodelay keepalive_timeout keepalive_requests types types_hash_max_size gzip gzip_types gzip_vary gzip_min_length gzip_proxied gzip_comp_level ' +
    'server listen server_name location root index return error_page proxy_pass proxy_set_header proxy_http_version proxy_redirect proxy_read_timeout proxy_connect_timeout proxy_send_timeout proxy_buffering proxy_cache_bypass proxy_pass_request_body proxy_buffers proxy_buffer_size upstream ' +
    'worker_connections try_files alias add_header autoindex stub_status deny allow rewrite set if resolver client_max_body_size client_body_buffer_size ssl_certificate ssl_certificate_key ssl_protocols ssl_ciphers ssl_session_cache ssl_session_timeout ssl_prefer_server_ciphers ssl_password_file ' +
    'expires charset daemon load_module worker_rlimit_nofile multi_accept use map geo limit_req limit_req_zone limit_conn server_tokens underscores_in_headers large_client_header_buffers client_header_buffer_size auth_basic auth_basic_user_file fastcgi_pass fastcgi_param fastcgi_index internal env stream least_conn ip_hash keepalive zone ' +
    'proxy_temp_path client_body_temp_path fastcgi_temp_path uwsgi_temp_path scgi_temp_path log_not_found proxy_ssl_server_name proxy_ssl_verify proxy_intercept_errors proxy_next_upstream mirror sub_filter sub_filter_once etag if_modified_since open_file_cache reset_timedout_connection send_timeout client_body_timeout client_header_timeout resolver_timeout worker_shutdown_timeout ssl_trusted_certificate ssl_client_certificate ssl_verify_client absolute_redirect port_in_redirect'
  ).split(' '),
);

function parse(fs: FileSystem, file: string): Directive[] {
  const text = decode(fs.readFile(file));
  const tokens = tokenize(text);
  let at = 0;
  const block = (nested: boolean, inTable: boolean): Directive[] => {
    const out: Directive[] = [];
    for (;;) {
      const token = tokens[at];
      if (!token) {
        if (nested)
          throw new NginxConfigError(
            `unexpected end of file, expecting "}" in ${file}:${text.split('\n').length - (text.endsWith('\n') ? 1 : 0)}`,
          );
        return out;
      }
      if (token.text === '}') {
        if (!nested) throw new NginxConfigError(`unexpected "}" in ${file}:${token.line}`);
        at++;
        return out;
      }
      out.push(...directive(inTable));
    }
  };
  const directive = (inTable: boolean): Directive[] => {
    const words: string[] = [];
    const { line } = tokens[at] ?? { line: 1 };
    for (;;) {
      const token = tokens[at++];
      const name = words[0] ?? '';
      if (!token) throw new NginxConfigError(`unexpected end of file, expecting ";" or "}" in ${file}:${line}`);
      if (token.text === '}') throw new NginxConfigError(`unexpected "}" in ${file}:${token.line}`);
      if (token.text !== ';' && token.text !== '{') {
        words.push(token.text);
        continue;
      }
      if (!inTable && !known.has(name)) throw new NginxConfigError(`unknown directive "${name}" in ${file}:${line}`);
      if (token.text === '{')
        return [{ name, args: words.slice(1), block: block(true, ['types', 'map', 'geo'].includes(name)) }];
      if (name === 'include') return include(fs, file, words[1] ?? '');
      return [{ name, args: words.slice(1) }];
    }
  };
  return block(false, false);
}

function include(fs: FileSystem, from: string, pattern: string): Directive[] {
  const path = resolvePath(dirName(from).startsWith('/etc/nginx') ? '/etc/nginx' : dirName(from), pattern);
  const files = glob(fs, '/', path);
  if (files.length === 0 && !/[*?[]/.test(pattern)) {
    throw new NginxConfigError(`open() "${path}" failed (2: No such file or directory) in ${from}:1`);
  }
  return files.flatMap((file) => parse(fs, file));
}

function tokenize(text: string): { readonly text: string; readonly line: number }[] {
  const tokens: { text: string; line: number }[] = [];
  const pattern = /#[^\n]*|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|[{};]|(?:\$\{\w+\}|[^\s{};"'#]|(?<=\S)#)+|\n/g;
  let line = 1;
  for (const match of text.matchAll(pattern)) {
    const [whole, double, single] = match;
    if (whole === '\n') line++;
    else if (!whole.startsWith('#')) {
      tokens.push({ text: (double ?? single)?.replace(/\\(["'\\])/g, '$1') ?? whole, line });
      line += (whole.match(/\n/g) ?? []).length;
    }
  }
  return tokens;
}

/** What a location is for: its last argument. */
export const locationPath = (location: Directive | undefined) => location?.args[location.args.length - 1] ?? '/';

/** nginx's choice: exact, then the longest prefix (unless a regular expression matches first). */
export function matchLocation(directives: readonly Directive[], path: string): Directive | undefined {
  let best: Directive | undefined;
  let bestLength = -1;
  for (const each of directives) {
    if (each.name !== 'location') continue;
    const [first = '', second = ''] = each.args;
    if (first === '=' && second === path) return each;
    const prefix = first === '^~' ? second : each.args.length === 1 ? first : undefined;
    if (prefix !== undefined && path.startsWith(prefix) && prefix.length > bestLength) {
      best = each;
      bestLength = prefix.length;
    }
  }
  if (best?.args[0] === '^~') return best;
  const expression = directives.find(
    (each) =>
      each.name === 'location' &&
      (each.args[0] === '~' || each.args[0] === '~*') &&
      new RegExp(each.args[1] ?? '', each.args[0] === '~*' ? 'i' : '').test(path),
  );
  return expression ?? best;
}

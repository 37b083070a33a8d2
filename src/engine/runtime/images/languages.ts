/** Images of programming languages: what documentation runs in them, not the languages. */
import { type Process, sleep } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { httpDate } from '../../../shell/http.ts';
import { serveHttp } from '../../../shell/http-server.ts';
import { runService } from '../../../shell/service.ts';
import { unescapeText } from '../../../shell/coreutils/escapes.ts';
import { writeText } from '../../../shell/streams.ts';
import { formatTime } from '../../../shell/coreutils/dates.ts';
import { debianBase } from './bases.ts';
import type { ImageDefinition } from './image.ts';
import { contentType, findStatic } from './static-site.ts';

/** So many digits of pi, by Machin's formula. */
export function digitsOfPi(digits: number): string {
  const guard = 10n;
  const unit = 10n ** (BigInt(digits) + guard);
  const arctangent = (inverse: bigint) => {
    let power = unit / inverse;
    let sum = power;
    for (let n = 3n, sign = -1n; power !== 0n; n += 2n, sign = -sign) {
      power /= inverse * inverse;
      sum += (sign * power) / n;
    }
    return sum;
  };
  const pi = (4n * (4n * arctangent(5n) - arctangent(239n))) / 10n ** guard;
  const text = String(pi).slice(0, digits);
  return `${text.slice(0, 1)}.${text.slice(1)}`;
}

const stringLiteral = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')$/;

/** The text that a literal of Perl or Python stands for. */
function literalOf(text: string): string | undefined {
  const match = stringLiteral.exec(text.trim());
  return match ? unescapeText(match[1] ?? match[2] ?? '').text : undefined;
}

/** perl -e: `print bpi(2000)`, `print "text"`, `sleep 5`, `exit 1`; other statements do nothing. */
function* perl(context: ProgramContext): Process<number> {
  const words = context.argv.slice(1);
  const flagAt = words.findIndex((word) => /^-\w*e$/.test(word));
  if (words.includes('-v') || words.includes('--version')) {
    yield* writeText(
      context.stdout,
      '\nThis is perl 5, version 40, subversion 0 (v5.40.0) built for x86_64-linux-gnu\n',
    );
    return 0;
  }
  const newline = flagAt >= 0 && words[flagAt]?.includes('l') ? '\n' : '';
  for (const statement of (words[flagAt + 1] ?? '').split(/;\s*/)) {
    const pi = /^print\s+bpi\((\d+)\)/.exec(statement.trim());
    const printed = /^(?:print|say)\s*\(?(.*?)\)?$/.exec(statement.trim());
    const wait = /^sleep\s*\(?(\d+)\)?/.exec(statement.trim());
    const exit = /^exit\s*\(?(\d+)\)?/.exec(statement.trim());
    if (pi) {
      // Perl takes some seconds for two thousand digits.
      context.use?.({ cpuMilli: 1000, memoryBytes: 12_000_000 });
      yield* sleep(Math.round((Number(pi[1]) / 2000) ** 2 * 3000));
      yield* writeText(context.stdout, `${digitsOfPi(Math.min(Number(pi[1]), 20_000))}${newline}`);
    } else if (wait) yield* sleep(Number(wait[1]) * 1000);
    else if (exit) return Number(exit[1]);
    else if (printed) yield* writeText(context.stdout, `${literalOf(printed[1] ?? '') ?? ''}${newline}`);
  }
  return 0;
}

/** python: `-m http.server`, and of `-c` the statements print, time.sleep and exit. */
function* python(context: ProgramContext): Process<number> {
  const words = context.argv.slice(1);
  if (words.includes('--version') || words.includes('-V')) {
    yield* writeText(context.stdout, 'Python 3.13.7\n');
    return 0;
  }
  const module = words[words.indexOf('-m') + 1];
  if (words.includes('-m') && (module === 'http.server' || module === 'SimpleHTTPServer'))
    return yield* pythonServer(context, Number(words.find((word) => /^\d+$/.test(word)) ?? 8000));
  const code = words[words.indexOf('-c') + 1];
  if (!words.includes('-c') || code === undefined) return yield* runService(context, { parts: [] });
  for (const line of code.split(/[;\n]/)) {
    const printed = /^\s*print\((.*?)(?:,\s*flush=True)?\)\s*$/.exec(line);
    const wait = /^\s*(?:time\.)?sleep\(([\d.]+)\)/.exec(line);
    const exit = /^\s*(?:sys\.|os\._)?exit\((\d*)\)/.exec(line);
    if (printed) yield* writeText(context.stdout, `${literalOf(printed[1] ?? '') ?? printed[1] ?? ''}\n`);
    else if (wait) yield* sleep(Number(wait[1]) * 1000);
    else if (exit) return Number(exit[1] || 0);
  }
  return 0;
}

function* pythonServer(context: ProgramContext, port: number): Process<number> {
  const { network, fs, cwd } = context;
  if (!network) return 1;
  yield* writeText(context.stdout, `Serving HTTP on 0.0.0.0 port ${port} (http://0.0.0.0:${port}/) ...\n`);
  return yield* runService(context, {
    parts: [
      serveHttp({
        network,
        port,
        headers: () => ({ Server: 'SimpleHTTP/0.6 Python/3.13.7', Date: httpDate(context.now()) }),
        *handler(request) {
          const found = findStatic(fs, cwd, request.path, ['index.html', 'index.htm']);
          if (found.kind === 'file')
            return { status: 200, headers: { 'Content-Type': contentType(found.path) }, body: found.content };
          if (found.kind === 'redirect') return { status: 301, headers: { Location: found.location } };
          if (found.kind !== 'directory')
            return {
              status: 404,
              headers: { 'Content-Type': 'text/html;charset=utf-8' },
              body: '<!DOCTYPE HTML>\n<html lang="en"><body><h1>Error response</h1><p>Error code: 404</p></body></html>\n',
            };
          const rows = found.names.map((name) => `<li><a href="${name}">${name}</a></li>\n`).join('');
          return {
            status: 200,
            headers: { 'Content-Type': 'text/html; charset=utf-8' },
            body: `<!DOCTYPE HTML>\n<html lang="en">\n<head><title>Directory listing for ${request.path}</title></head>\n<body>\n<h1>Directory listing for ${request.path}</h1>\n<hr>\n<ul>\n${rows}</ul>\n<hr>\n</body>\n</html>\n`,
          };
        },
        *onAnswer(request, response) {
          yield* writeText(
            context.stderr,
            `${request.remote.ip} - - [${formatTime('%d/%b/%Y %H:%M:%S', context.now())}] "${request.method} ${request.target} HTTP/1.1" ${response.status} -\n`,
          );
        },
      }),
    ],
  });
}

export const perlImage: ImageDefinition = {
  matches: ['docker.io/library/perl', '*/perl'],
  programs: { perl },
  build: () => ({
    cmd: ['perl', '-de0'],
    layers: [...debianBase('curl'), { '/usr/local/bin/perl': { program: 'perl' } }],
    sizeBytes: 340_000_000,
  }),
};

export const pythonImage: ImageDefinition = {
  matches: ['docker.io/library/python', '*/library/python'],
  programs: { python },
  build: (reference) => ({
    cmd: ['python3'],
    layers: [
      ...debianBase('curl'),
      { '/usr/local/bin/python': { program: 'python' }, '/usr/local/bin/python3': { program: 'python' } },
    ],
    sizeBytes: /slim|alpine/.test(reference.tag ?? '') ? 45_000_000 : 370_000_000,
  }),
};

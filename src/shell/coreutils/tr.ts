import { decode } from '../text.ts';
import { type Utility, UtilityError } from './utility.ts';
import { unescapeText } from './escapes.ts';

const classes: Readonly<Record<string, string>> = {
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digit: '0123456789',
  space: ' \t\n\r\v\f',
  blank: ' \t',
  alpha: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  alnum: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  xdigit: '0123456789ABCDEFabcdef',
  punct: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  cntrl: Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join(''),
  print: Array.from({ length: 95 }, (_, code) => String.fromCharCode(code + 32)).join(''),
};

/** The characters of a set such as `a-z\n[:digit:]`. */
function expandSet(text: string): string[] {
  const out: string[] = [];
  const source = unescapeText(text).text;
  for (let i = 0; i < source.length; i++) {
    const named = /^\[:(\w+):\]/.exec(source.slice(i));
    if (named?.[1]) {
      out.push(...(classes[named[1]] ?? ''));
      i += named[0].length - 1;
    } else if (source[i + 1] === '-' && i + 2 < source.length) {
      const [from, to] = [source.charCodeAt(i), source.charCodeAt(i + 2)];
      for (let code = from; code <= to; code++) out.push(String.fromCharCode(code));
      i += 2;
    } else out.push(source.charAt(i));
  }
  return out;
}

export const tr: Utility = {
  names: ['tr'],
  summary: 'Translate, squeeze, or delete characters from stdin, writing to stdout',
  usage: '[-cds] STRING1 [STRING2]',
  options: 'cCdst',
  stopAtOperand: true,
  long: { delete: 'd', 'squeeze-repeats': 's', complement: 'c' },
  *run(call) {
    const [first, second] = call.args;
    if (first === undefined || (second === undefined && !call.has('d') && !call.has('s')))
      throw new UtilityError('missing operand');
    const from = expandSet(first);
    const to = second === undefined ? [] : expandSet(second);
    const inFirst = new Set(from);
    const complement = call.has('c') || call.has('C');
    const selected = (char: string) => inFirst.has(char) !== complement;
    const last = to.at(-1) ?? '';
    const map = new Map(from.map((char, index) => [char, to[index] ?? last]));
    const squeezed = call.has('s')
      ? second === undefined || (call.has('d') && second === undefined)
        ? selected
        : (char: string) => new Set(to).has(char)
      : () => false;
    const { stdin } = call.context;
    let previous = '';
    for (let bytes = yield* stdin.read(); bytes; bytes = yield* stdin.read()) {
      let out = '';
      for (const char of decode(bytes)) {
        if (call.has('d') && selected(char)) continue;
        const changed =
          call.has('d') || second === undefined || !selected(char) ? char : complement ? last : (map.get(char) ?? char);
        if (changed === previous && squeezed(changed)) continue;
        previous = changed;
        out += changed;
      }
      yield* call.out(out);
    }
    return 0;
  },
};

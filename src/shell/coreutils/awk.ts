import { AwkMachine } from './awk-machine.ts';
import { AwkState } from './awk-state.ts';
import { parseAwk } from './awk-syntax.ts';
import { type Utility, UtilityError } from './utility.ts';

/** `awk`: the command line; what programs do stands in awk-machine.ts. */
export const awk: Utility = {
  names: ['awk', 'gawk', 'mawk'],
  summary: 'Pattern scanning and processing language',
  usage: '[OPTIONS] [AWK_PROGRAM] [FILE]...',
  *run(call) {
    const words = [...call.args];
    const state = new AwkState(call.context.env);
    let source: string | undefined;
    while (words[0] !== undefined && /^-./.test(words[0])) {
      const word = words.shift() ?? '';
      if (word === '--') break;
      const value = () => word.slice(2) || (words.shift() ?? '');
      if (word.startsWith('-F')) state.set('FS', unescapeSeparator(value()));
      else if (word.startsWith('-v')) state.assignText(value());
      else if (word.startsWith('-f'))
        source = (source === undefined ? '' : `${source}\n`) + (yield* call.text([value()]));
      else throw new UtilityError(`unrecognized option: ${word.slice(1, 2)}`);
    }
    source ??= words.shift();
    if (source === undefined) throw new UtilityError('no program given');
    state.setArray(
      'ARGV',
      ['awk', ...words].map((word, index) => [String(index), word]),
    );
    state.set('ARGC', words.length + 1);
    return yield* new AwkMachine(call, state, parseAwk(source), words).run();
  },
};

const unescapeSeparator = (text: string) => (text === 't' ? '\t' : text.replace(/\\t/g, '\t').replace(/\\n/g, '\n'));

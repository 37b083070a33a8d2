import type { Writer } from '../../process/pipe.ts';
import { openWriter } from '../files.ts';
import type { Utility } from './utility.ts';

export const tee: Utility = {
  names: ['tee'],
  summary: 'Copy stdin to each FILE, and also to stdout',
  usage: '[-ai] [FILE]...',
  options: 'ai',
  long: { append: 'a' },
  *run(call) {
    const writers: Writer[] = [];
    for (const name of call.args) {
      try {
        writers.push(openWriter(call.context, name, { append: call.has('a') }));
      } catch (error) {
        yield* call.fileError(name, error);
      }
    }
    const { stdin } = call.context;
    for (let bytes = yield* stdin.read(); bytes; bytes = yield* stdin.read()) {
      yield* call.write(bytes);
      for (const writer of writers) yield* writer.write(bytes);
    }
    return 0;
  },
};

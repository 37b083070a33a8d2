import type { Command } from '../../command.ts';
import { setEnv } from './env.ts';
import { setImage } from './image.ts';
import { setResources } from './resources.ts';
import { setSelector } from './selector.ts';
import { setServiceAccount } from './serviceaccount.ts';
import { setSubject } from './subject.ts';

export const set: Command = {
  use: 'set SUBCOMMAND',
  group: 'beginner',
  short: 'Set specific features on objects',
  long: 'Change parts of objects that are changed often.',
  plainUseLine: true,
  commands: [setEnv, setImage, setResources, setSelector, setServiceAccount, setSubject],
};

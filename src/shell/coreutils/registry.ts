/** All utilities. To add one: write its file and put it into `utilities`. */
import type { Program } from '../context.ts';
import { chmod, chown, stat, touch } from './attributes.ts';
import { cat } from './cat.ts';
import { cp } from './cp.ts';
import { curl } from './curl.ts';
import { mkdir, rmdir } from './directories.ts';
import { echo } from './echo.ts';
import { head, tail } from './head-tail.ts';
import { groups, id, whoami } from './identity.ts';
import { kill } from './kill.ts';
import { basename, dirname, readlink, realpath } from './links.ts';
import { ln } from './ln.ts';
import { ls } from './ls.ts';
import { mv } from './mv.ts';
import { printf } from './printf.ts';
import { rm } from './rm.ts';
import { sleep } from './sleep.ts';
import {
  arch,
  clear,
  date,
  env,
  falseUtility,
  hostname,
  nproc,
  printenv,
  seq,
  sync,
  trueUtility,
  tty,
  uname,
  yes,
} from './small.ts';
import { tee } from './tee.ts';
import { test } from './test.ts';
import { type Utility, utilityProgram } from './utility.ts';
import { wc } from './wc.ts';
import { wget } from './wget.ts';

/** Every utility, in no order. */
export const utilities: readonly Utility[] = [
  arch,
  basename,
  cat,
  chmod,
  chown,
  clear,
  cp,
  curl,
  date,
  dirname,
  echo,
  env,
  falseUtility,
  groups,
  head,
  hostname,
  id,
  kill,
  ln,
  ls,
  mkdir,
  mv,
  nproc,
  printenv,
  printf,
  readlink,
  realpath,
  rm,
  rmdir,
  seq,
  sleep,
  stat,
  sync,
  tail,
  tee,
  test,
  touch,
  trueUtility,
  tty,
  uname,
  wc,
  wget,
  whoami,
  yes,
];

/** Programs by name: each utility under all its names. */
export const utilityPrograms: ReadonlyMap<string, Program> = new Map(
  utilities.flatMap((utility) => {
    const program = utilityProgram(utility);
    return utility.names.map((name) => [name, program] as const);
  }),
);

/** All utilities. To add one: write its file and put it into `utilities`. */
import type { Program } from '../context.ts';
import { chmod, chown, touch, truncate, stat } from './attributes.ts';
import { awk } from './awk.ts';
import { bc } from './bc.ts';
import { cat } from './cat.ts';
import { cut, paste, column, join, fold, nl, rev, tac, comm, split } from './columns.ts';
import { cp } from './cp.ts';
import { curl } from './curl.ts';
import { diff, cmp } from './diff.ts';
import { mkdir, rmdir } from './directories.ts';
import { df, du, dd } from './disks.ts';
import { chroot, mount, nsenter, umount } from './namespaces.ts';
import { mkfifo, mknod } from './special-files.ts';
import { echo } from './echo.ts';
import { vi, nano } from './editors.ts';
import { base64, md5sum, sha1sum, sha256sum, sha512sum, cksum, hexdump, xxd, od, strings } from './encodings.ts';
import { expr } from './expr.ts';
import { find } from './find.ts';
import { grep } from './grep.ts';
import { gzip } from './gzip.ts';
import { head, tail } from './head-tail.ts';
import { id, whoami, groups } from './identity.ts';
import { ip, ifconfig, route, netstat, ss } from './interfaces.ts';
import { jq } from './jq.ts';
import { kill } from './kill.ts';
import { readlink, realpath, basename, dirname } from './links.ts';
import { ln } from './ln.ts';
import { ls } from './ls.ts';
import { mv } from './mv.ts';
import { nslookup, nslookupClassic, host, dig } from './names.ts';
import { nc, telnet, ping, traceroute, getent } from './network.ts';
import { less } from './pager.ts';
import { printf } from './printf.ts';
import { ps, procpsPs, pidof, pgrep, killall, free, uptime, top } from './processes.ts';
import { rm } from './rm.ts';
import { timeout, nohup, nice, watch, which, mktemp, history, envsubst, sysctl, su, time, busybox } from './running.ts';
import { sed } from './sed.ts';
import { sleep, usleep } from './sleep.ts';
import {
  trueUtility,
  falseUtility,
  sync,
  yes,
  seq,
  date,
  env,
  printenv,
  uname,
  arch,
  hostname,
  nproc,
  clear,
  tty,
} from './small.ts';
import { sort, uniq, shuf } from './sorting.ts';
import { tar } from './tar.ts';
import { tee } from './tee.ts';
import { test } from './test.ts';
import { tr } from './tr.ts';
import { wc } from './wc.ts';
import { wget } from './wget.ts';
import { xargs } from './xargs.ts';
import { type Utility, utilityProgram } from './utility.ts';

/** Every utility, in no order. */
export const utilities: readonly Utility[] = [
  arch,
  awk,
  base64,
  basename,
  bc,
  cat,
  chmod,
  chown,
  cksum,
  clear,
  cmp,
  column,
  comm,
  cp,
  curl,
  cut,
  date,
  dd,
  df,
  diff,
  dig,
  dirname,
  du,
  echo,
  env,
  envsubst,
  expr,
  falseUtility,
  find,
  fold,
  free,
  getent,
  grep,
  gzip,
  groups,
  head,
  hexdump,
  history,
  host,
  hostname,
  id,
  ifconfig,
  ip,
  join,
  jq,
  kill,
  killall,
  less,
  ln,
  ls,
  md5sum,
  mkdir,
  mktemp,
  busybox,
  chroot,
  mkfifo,
  mknod,
  mount,
  nsenter,
  mv,
  nano,
  nc,
  netstat,
  nice,
  nl,
  nohup,
  nproc,
  nslookup,
  nslookupClassic,
  od,
  paste,
  pgrep,
  pidof,
  ping,
  printenv,
  printf,
  ps,
  procpsPs,
  readlink,
  realpath,
  rev,
  rm,
  rmdir,
  route,
  sed,
  seq,
  sha1sum,
  sha256sum,
  sha512sum,
  shuf,
  sleep,
  sort,
  split,
  ss,
  stat,
  strings,
  su,
  sync,
  sysctl,
  tac,
  tail,
  tar,
  tee,
  telnet,
  test,
  time,
  timeout,
  top,
  touch,
  tr,
  traceroute,
  truncate,
  trueUtility,
  tty,
  umount,
  uname,
  uniq,
  uptime,
  usleep,
  vi,
  watch,
  wc,
  wget,
  which,
  whoami,
  xargs,
  xxd,
  yes,
];

/** Programs by name: each utility under all its names. */
export const utilityPrograms: ReadonlyMap<string, Program> = new Map(
  utilities.flatMap((utility) => {
    const program = utilityProgram(utility);
    return utility.names.map((name) => [name, program] as const);
  }),
);

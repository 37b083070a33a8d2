import { describe, expect, it } from 'vitest';
import { TestMachine } from '../testing.ts';

interface Case {
  readonly script: string;
  readonly stdout: string;
  readonly code?: number;
}

/** What dash and bash answer too. */
const shCases: readonly Case[] = [
  {
    script: 'echo hi',
    stdout: `hi
`,
  },
  {
    script: 'x=5; echo $((x*2+1)) "${x}a" \'$x\' \\$x',
    stdout: `11 5a $x $x
`,
  },
  {
    script: 'for i in 1 2 3; do echo $i; done | while read a; do echo "got $a"; done',
    stdout: `got 1
got 2
got 3
`,
  },
  {
    script: 'echo $(echo nested $(echo deep))',
    stdout: `nested deep
`,
  },
  {
    script: 'a="one two  three"; set -- $a; echo $# "$1" "$3"; echo "$@" | tr o 0',
    stdout: `3 one three
0ne tw0 three
`,
  },
  {
    script: 'f() { local y=3; echo "in f $1 $y"; return 4; }; f arg; echo $?',
    stdout: `in f arg 3
4
`,
  },
  {
    script: "cat <<E\nhello $HOME $(echo x) \\$y\nE\ncat <<'E'\nraw $HOME\nE\ncat <<-E\n\ttabbed\n\tE",
    stdout: `hello /root x $y
raw $HOME
tabbed
`,
  },
  {
    script: 'x=abcdef.tar.gz; echo ${x#*.} ${x##*.} ${x%.*} ${x%%.*} ${#x} ${y:-def} ${y:=set} $y ${x:+alt}',
    stdout: `tar.gz gz abcdef.tar abcdef 13 def set set alt
`,
  },
  {
    script: 'case foo in f*) echo yes;; *) echo no;; esac',
    stdout: `yes
`,
  },
  {
    script: 'if [ 1 -eq 1 ] && [ -n "x" ]; then echo t; else echo f; fi',
    stdout: `t
`,
  },
  {
    script: 'set -e; false || echo caught; false; echo never',
    stdout: `caught
`,
    code: 1,
  },
  { script: 'set -u; echo $nope; echo after', stdout: '', code: 2 },
  {
    script: 'foo; echo $?',
    stdout: `127
`,
  },
  {
    script: '(exit 3); echo $?; ! true; echo $?',
    stdout: `3
1
`,
  },
  {
    script: "trap 'echo bye' EXIT; echo hi",
    stdout: `hi
bye
`,
  },
  {
    script: 'sleep 0.1 & wait $!; echo $?',
    stdout: `0
`,
  },
  {
    script: 'i=0; while [ $i -lt 5 ]; do i=$((i+1)); [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done',
    stdout: `1
3
`,
  },
  {
    script: 'echo a b c | { read x y; echo "$y-$x"; }',
    stdout: `b c-a
`,
  },
  {
    script: 'IFS=:; v=a:b::c; set -- $v; echo $#; for p in $v; do echo "[$p]"; done',
    stdout: `4
[a]
[b]
[]
[c]
`,
  },
  {
    script: 'echo "a\'b" \'c"d\' a\\ b "x\\"y"',
    stdout: `a'b c"d a b x"y
`,
  },
  {
    script: "printf '%s-%d|%5s|%-5s|%05d|%x\\n' abc 42 r l 7 255",
    stdout: `abc-42|    r|l    |00007|ff
`,
  },
  {
    script: "printf '%s\\n' a b c",
    stdout: `a
b
c
`,
  },
  {
    script: "eval 'echo $((1+2))'",
    stdout: `3
`,
  },
  {
    script: 'x=1; { x=2; }; (x=3); echo $x',
    stdout: `2
`,
  },
  {
    script: 'echo *; echo "/e*c/passwd"; echo /etc/passw[d]',
    stdout: `*
/e*c/passwd
/etc/passwd
`,
  },
  {
    script: '(exec nosuchcmd) 2>/dev/null; echo $?; x=$(exec sh -c "exit 5"); echo $?',
    stdout: `127
5
`,
  },
  {
    script: 'true && false || echo or',
    stdout: `or
`,
  },
  {
    script: 'exec 3>&1; echo via3 >&3',
    stdout: `via3
`,
  },
  {
    script: 'echo err >&2 2>/dev/null; { echo e1 >&2; } 2>&1',
    stdout: `e1
`,
  },
  {
    script: 'yes | head -3',
    stdout: `y
y
y
`,
  },
  {
    script: 'set -- a b c; shift; echo "$*" $#',
    stdout: `b c 2
`,
  },
  { script: 'while getopts "ab:c" o; do echo "$o $OPTARG"; done', stdout: '' },
  {
    script:
      'set -- -a -b val -c rest; while getopts "ab:c" o; do echo "$o $OPTARG"; done; shift $((OPTIND-1)); echo $1',
    stdout: `a 
b val
c 
rest
`,
  },
  { script: 'echo "${undefined?msg}"; echo not', stdout: '', code: 2 },
  {
    script: 'a() { echo fn; }; a; unset -f a; a',
    stdout: `fn
`,
    code: 127,
  },
  { script: 'echo $((5/0))', stdout: '', code: 2 },
  {
    script: 'for i in; do echo x; done; echo done',
    stdout: `done
`,
  },
  { script: 'echo one; fi', stdout: '', code: 2 },
  { script: 'echo "unterminated', stdout: '', code: 2 },
  {
    script: 'x=$(false); echo $?',
    stdout: `1
`,
  },
  {
    script: "kill -l 15 >/dev/null; sh -c 'kill -TERM $$'; echo $?",
    stdout: `143
`,
  },
  {
    script: 'echo `echo back \\`echo tick\\``',
    stdout: `back tick
`,
  },
  {
    script: 'n=$(seq 1 3); echo $n; echo "$n"',
    stdout: `1 2 3
1
2
3
`,
  },
  { script: 'readonly r=1; r=2; echo no', stdout: '', code: 2 },
  {
    script: "export A=1; sh -c 'echo $A'; A=2 sh -c 'echo $A'; echo $A",
    stdout: `1
2
1
`,
  },
  {
    script: 'echo ${x-unset} ${x:-empty}; x=; echo ${x-unset} ${x:-empty}',
    stdout: `unset empty
empty
`,
  },
  {
    script: 'set -x; echo hi; x=5',
    stdout: `hi
`,
  },
  {
    script: 'umask; umask 022; umask',
    stdout: `0022
0022
`,
  },
  {
    script: 'echo a; exit 7; echo b',
    stdout: `a
`,
    code: 7,
  },
  {
    script: 'test -d / && echo dir; test -f /etc/passwd; echo $?; [ a = b ]; echo $?',
    stdout: `dir
0
1
`,
  },
  {
    script: 'x=\'a*b\'; echo "$x"; case "$x" in \'a*b\') echo lit;; esac',
    stdout: `a*b
lit
`,
  },
  {
    script: 'echo "$(printf \'a\\n\\n\\n\')" end',
    stdout: `a end
`,
  },
  {
    script: "printf '%b' 'a\\tb\\n' ; printf \"%%\\n\"; printf '%c\\n' hello",
    stdout: `a	b
%
h
`,
  },
  {
    script: 'f() { for i in 1 2 3; do for j in a b; do [ $j = b ] && continue 2; echo $i$j; done; done; }; f',
    stdout: `1a
2a
3a
`,
  },
  {
    script: 'wait; jobs; echo $?',
    stdout: `0
`,
  },
  { script: '. /nonexistent; echo x', stdout: '', code: 2 },
  {
    script: 'echo x | cat -n; echo ab | wc -c',
    stdout: `     1	x
3
`,
  },
  {
    script: '(echo sub; exit 2) | cat; echo $?',
    stdout: `sub
0
`,
  },
  {
    script: "trap 'echo T' TERM; kill -TERM $$; echo after",
    stdout: `T
after
`,
  },
];

/** What dash and bash answer too. */
const bashCases: readonly Case[] = [
  {
    script: 'printf "a\\nb\\n" > /tmp/f; f=/tmp/f; export X="$(< "${f}")"; echo "[$X]" $(</tmp/f)',
    stdout: '[a\nb] a b\n',
  },
  {
    script: 'echo {a,b}{1,2} {1..5} {a..e..2} x{1,2,3}y',
    stdout: `a1 a2 b1 b2 1 2 3 4 5 a c e x1y x2y x3y
`,
  },
  {
    script:
      'a=(one two "three four"); echo ${a[1]} ${#a[@]} "${a[@]}"; a+=(five); echo ${a[3]}; for x in "${a[@]}"; do echo "<$x>"; done',
    stdout: `two 3 one two three four
five
<one>
<two>
<three four>
<five>
`,
  },
  {
    script: '[[ "hello" == h* && 5 -gt 3 ]] && echo yes; [[ abc =~ ^a(b)c$ ]] && echo ${BASH_REMATCH[1]}',
    stdout: `yes
b
`,
  },
  {
    script: '(( x = 5, x > 3 )) && echo $x; for ((i=0;i<3;i++)); do echo -n $i; done; echo',
    stdout: `5
012
`,
  },
  {
    script: 's="Hello World"; echo ${s:0:5} ${s: -5} ${s/World/There} ${s//o/0} ${s,,} ${s^^} ${s#* }',
    stdout: `Hello World Hello There Hell0 W0rld hello world HELLO WORLD World
`,
  },
  {
    script: 'cat <<< "here string"; echo $\'a\\tb\\n\'; read -r a b <<< "x y z"; echo $b',
    stdout: `here string
a	b

y z
`,
  },
  {
    script: 'foo 2>&1; echo $?',
    stdout: `bash: line 1: foo: command not found
127
`,
  },
  {
    script: 'set -o pipefail; false | true; echo $?; echo ${PIPESTATUS[0]}',
    stdout: `1
0
`,
  },
  {
    script: 'f() { local v=in; echo $v $#; return 3; }; v=out; f 1 2; echo $? $v',
    stdout: `in 2
3 out
`,
  },
  {
    script: 'x=abc; echo "${x@Q}" ${!x} ; y=x; echo ${!y}',
    stdout: `'abc'
abc
`,
  },
  {
    script: 'case abc in a*) echo 1;;& *c) echo 2;; *) echo 3;; esac',
    stdout: `1
2
`,
  },
  {
    script: 'echo $((16#ff)) $((2**10)) $((7/2)) $((-7%3)) $((1<<4)); let z=3*4; echo $z',
    stdout: `255 1024 3 -1 16
12
`,
  },
  {
    script: 'printf -v out \'%03d\' 7; echo $out; echo "${out:-x}"; unset out; echo "${out:-x}"',
    stdout: `007
007
x
`,
  },
  {
    script: "trap 'echo exit $?' EXIT; exit 3",
    stdout: `exit 3
`,
    code: 3,
  },
  {
    script: 'cd /nonexistent; echo $?; cat /nonexistent; source /nope; echo $?',
    stdout: `1
1
`,
  },
  {
    script: 'time -p true 2>/dev/null; echo ok',
    stdout: `ok
`,
  },
  { script: 'echo a; if; then', stdout: '', code: 2 },
];

describe('sh', () => {
  it.each(shCases)('$script', ({ script, stdout, code = 0 }) => {
    const result = new TestMachine().sh(script);
    expect({ stdout: result.stdout, code: result.code }).toEqual({ stdout, code });
  });
});

describe('bash', () => {
  it.each(bashCases)('$script', ({ script, stdout, code = 0 }) => {
    const result = new TestMachine().sh(script, '', 'bash');
    expect({ stdout: result.stdout, code: result.code }).toEqual({ stdout, code });
  });
});

describe('error texts of busybox', () => {
  it.each([
    { script: 'foo', stderr: 'sh: foo: not found\n', code: 127 },
    { script: 'echo x > /no/file', stderr: "sh: can't create /no/file: nonexistent directory\n", code: 1 },
    { script: 'cat < /no', stderr: "sh: can't open /no: no such file\n", code: 1 },
    { script: 'cd /no', stderr: "sh: cd: can't cd to /no: No such file or directory\n", code: 1 },
    { script: 'echo; fi', stderr: 'sh: syntax error: unexpected "fi"\n', code: 2 },
    { script: 'set -u; echo $x', stderr: 'sh: x: parameter not set\n', code: 2 },
    { script: '/etc', stderr: 'sh: /etc: Permission denied\n', code: 126 },
    { script: 'ls /no', stderr: 'ls: /no: No such file or directory\n', code: 1 },
    { script: 'cat /no', stderr: "cat: can't open '/no': No such file or directory\n", code: 1 },
    { script: 'rm /no', stderr: "rm: can't remove '/no': No such file or directory\n", code: 1 },
  ])('$script', ({ script, stderr, code }) => {
    const result = new TestMachine().sh(script);
    expect({ stderr: result.stderr, code: result.code }).toEqual({ stderr, code });
  });
});

describe('processes of a script', () => {
  it.each(['ash', 'bash', 'dash'])('runs what comes through a pipe as it comes: %s', (shell) => {
    const machine = new TestMachine();
    const pieces = [
      'date +%s; for i in 1 2',
      '; do echo $i\\ndone\\ncat <<E\\n$i\\n',
      'E\\necho a \\\\\\n',
      'b\\ndate +%s; sh -c "read line; echo got \\$line"\\n',
      'taken\\nexit 3\\n',
      'echo never',
    ];
    const writer = pieces.map((piece) => `printf %b '${piece}'; sleep 1`).join('; ');
    const start = machine.clock.now() / 1000;
    const times = [1, 3, 4].map((seconds) => Math.floor(start + seconds));
    expect(machine.sh(`(${writer}) | (${shell}; echo "ended $?"; date +%s)`).stdout).toBe(
      `${times[0]}\n1\n2\n2\na b\n${times[1]}\ngot taken\nended 3\n${times[2]}\n`,
    );
  });
  it('runs the commands of a pipeline side by side', () => {
    const machine = new TestMachine();
    const before = machine.clock.now();
    machine.sh('sleep 3 | sleep 3 | sleep 3');
    expect(machine.clock.now() - before).toBe(3000);
  });
  it('ends a writer whose reader is gone', () => {
    const machine = new TestMachine();
    expect(machine.sh('yes | head -n 2; echo done').stdout).toBe('y\ny\ndone\n');
    expect(machine.processes.list()).toHaveLength(1);
  });
  it('lets time pass in an endless loop', () => {
    const machine = new TestMachine();
    const result = machine.sh('timeout 2 sh -c "while true; do :; done"; echo $?');
    expect(result.stdout).toBe('124\n');
  });
  it('takes the process over for the last command', () => {
    const machine = new TestMachine();
    machine.processes.start({ argv: ['sh', '-c', 'echo hi; sleep 60'] });
    machine.clock.runUntil(
      () => machine.processes.list().some((each) => each.argv[0] === 'sleep' && each.pid > 1),
      1000,
    );
    expect(machine.processes.list().map((each) => each.argv.join(' '))).toEqual(['sleep infinity', 'sleep 60']);
  });
  it('interrupts wait, but not a command in the foreground, for a trap', () => {
    const machine = new TestMachine();
    const started = machine.clock.now();
    const result = machine.sh("trap 'echo term; exit 7' TERM; (sleep 1; kill $$) & sleep 60 & wait $!; echo never");
    expect(result).toEqual({ stdout: 'term\n', stderr: '', code: 7 });
    expect(machine.clock.now() - started).toBeLessThan(2000);
  });
});

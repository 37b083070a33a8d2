import { describe, expect, it } from 'vitest';
import { TestMachine } from '../testing.ts';

interface Case {
  readonly script: string;
  readonly stdout: string;
  readonly code?: number;
}

/** What dash and bash answer too. */
const cases: readonly Case[] = [
  {
    script: "printf 'b\\na\\nc\\na\\n' | sort | uniq -c | sort -rn | awk1 2>/dev/null; echo done",
    stdout: `done
`,
  },
  {
    script: "printf 'a:b:c\\nd:e:f\\n' | cut -d: -f2,3",
    stdout: `b:c
e:f
`,
  },
  {
    script: "echo hello | sed 's/l/L/g; s/\\(h\\)\\(e\\)/\\2\\1/'",
    stdout: `ehLLo
`,
  },
  {
    script: "printf 'a\\nb' | sed s/b/c/; echo .; printf a | sed p; echo .; printf a | sed '$a\\z'",
    stdout: `a
c.
a
a.
a
z
`,
  },
  {
    script: "printf '1\\n2\\n3\\n4\\n5\\n' | sed -n '2,4p;$='",
    stdout: `2
3
4
5
`,
  },
  {
    script: "printf 'x=1\\ny=2\\n' | sed -E 's/^(\\w+)=(.*)$/\\2=\\1/' | grep -n 'y$'",
    stdout: `2:2=y
`,
  },
  {
    script:
      "printf 'foo\\nbar\\nbaz\\n' | grep -c ba; printf 'foo\\nbar\\n' | grep -v foo; printf 'Foo\\n' | grep -io foo; echo x | grep y; echo $?",
    stdout: `2
bar
Foo
1
`,
  },
  {
    script: 'seq 1 10 | head -3; seq 1 10 | tail -2; seq 5 | tac | paste -sd, -',
    stdout: `1
2
3
9
10
5,4,3,2,1
`,
  },
  {
    script: 'echo \'a b c\' | xargs -n1 echo item; echo 1 2 | xargs -I{} echo "<{}>"',
    stdout: `item a
item b
item c
<1 2>
`,
  },
  {
    script:
      "mkdir -p /tmp/zz/a/b; touch /tmp/zz/a/b/f.txt /tmp/zz/g.sh; find /tmp/zz -name '*.txt' -o -type d | sort; rm -r /tmp/zz",
    stdout: `/tmp/zz
/tmp/zz/a
/tmp/zz/a/b
/tmp/zz/a/b/f.txt
`,
  },
  {
    script: 'echo hi | base64; echo aGkK | base64 -d; echo -n abc | md5sum; echo -n abc | sha256sum',
    stdout: `aGkK
hi
900150983cd24fb0d6963f7d28e17f72  -
ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  -
`,
  },
  {
    script: "expr 3 + 4 \\* 2; expr abc : 'a\\(.\\)c'; expr length hello; expr 5 % 2",
    stdout: `11
b
5
1
`,
  },
  {
    script:
      "printf 'hello world\\n' | tr a-z A-Z; echo aabbcc | tr -s ab; echo hello | tr -d l; echo a1b2 | tr -cd 0-9; echo",
    stdout: `HELLO WORLD
abcc
heo
12
`,
  },
  {
    script: "printf 'b 2\\na 10\\nc 1\\n' | sort -k2 -n; printf '3\\n10\\n2\\n' | sort -rn",
    stdout: `c 1
b 2
a 10
10
3
2
`,
  },
  {
    script: 'echo abc | od -c; echo abcdef | od -An -tx1',
    stdout: '0000000   a   b   c  \\n\n0000004\n 61 62 63 64 65 66 0a\n',
  },
  {
    script: "echo \"2026-01-01\" | sed 's#-#/#g'; printf 'a\\nb\\n' | sed '1!G;h;$!d'",
    stdout: `2026/01/01
b
a
`,
  },
  {
    script:
      "printf 'one\\ntwo\\nthree\\n' | sed '/two/d'; printf 'one\\ntwo\\n' | sed '/one/a\\after'; printf 'one\\n' | sed 's/o\\|e/X/g'",
    stdout: `one
three
one
after
two
XnX
`,
  },
  {
    script: 'basename /a/b/c.txt .txt; dirname /a/b/c; basename /a/b/',
    stdout: `c
/a/b
b
`,
  },
  {
    script: "date -u -d @1700000000 -Iseconds; date -u -d @1700000000 -I; printf 'b\\0a\\0' | sort -z | tr '\\0' ,",
    stdout: '2023-11-14T22:13:20+00:00\n2023-11-14\na,b,',
  },
  {
    script:
      'echo data > d; gzip d; ls d*; gunzip d.gz; cat d; gzip -c d | zcat; echo H4sIAAAAAAACA8tIzcnJVyjPL8pJ4QIALTsIrwwAAAA= | base64 -d | gunzip 2>&1',
    stdout: 'd.gz\ndata\ndata\nhello world\n',
  },
  {
    script:
      "printf '#!/bin/sh\\necho $0\\n' > t.sh; chmod +x t.sh; ./t.sh; kill -l 9; kill -l TERM; grep -s x none; echo $?",
    stdout: './t.sh\nKILL\n15\n2\n',
  },
  {
    script: 'busybox echo applet; truncate -s 5 f; wc -c < f; trap "echo x" TERM HUP INT; trap',
    stdout: "applet\n5\ntrap -- 'echo x' HUP\ntrap -- 'echo x' INT\ntrap -- 'echo x' TERM\n",
  },
  {
    script: 'timeout 0.1 sleep 5; echo $?',
    stdout: `124
`,
  },
  {
    script: 'seq 3 | while read n; do echo "line $n"; done; seq 1 2 9',
    stdout: `line 1
line 2
line 3
1
3
5
7
9
`,
  },
  {
    script: "nl=$(printf 'a\\nb\\n' | wc -l); echo $nl; printf 'a b\\nc\\n' | wc -w",
    stdout: `2
3
`,
  },
  {
    script: "printf 'gr\\303\\274n  und\\tblau\\nx' | wc -l -w -c -m -L",
    stdout: '        1         4        16        17        20\n',
  },
  {
    script: "printf '\\377\\342\\234\\223' | od -An -tx1; echo -e '\\xe2\\x9c\\x93 \\u2713'",
    stdout: ' ff e2 9c 93\n✓ ✓\n',
  },
  {
    script: "printf 'a,b\\n1,2\\n' | cut -d, -f1 | rev; fold -w 3 <<E\nabcdefgh\nE",
    stdout: `a
1
abc
def
gh
`,
  },
  {
    script: `cat > /tmp/zzz.sh <<'E'
#!/bin/sh
echo "script $0 $# $1"
exit 5
E
chmod +x /tmp/zzz.sh; /tmp/zzz.sh x y; echo $?; rm /tmp/zzz.sh`,
    stdout: `script /tmp/zzz.sh 2 x
5
`,
  },
  {
    script:
      "printf 'x\\ny\\n' > /tmp/q1; printf 'x\\nz\\n' > /tmp/q2; cmp -s /tmp/q1 /tmp/q2; echo $?; diff -u /tmp/q1 /tmp/q2 | tail -n +3; rm /tmp/q1 /tmp/q2",
    stdout: `1
@@ -1,2 +1,2 @@
 x
-y
+z
`,
  },
  {
    script: "echo 'a.b.c' | sed 's/\\./-/2'; echo abc | sed 'y/abc/xyz/'; echo foo | sed -n 's/foo/bar/p'",
    stdout: `a.b-c
xyz
bar
`,
  },
  {
    script:
      'test 1 -lt 2 -a 3 -gt 2 && echo y; test ! -e /nope && echo n; [ "" ] || echo empty; [ -z "" -o x = y ] && echo z',
    stdout: `y
n
empty
z
`,
  },
  {
    script:
      "printf 'a 1\\nb 2\\nc 3\\n' | awk '{print $2, $1}'; printf 'a 1\\nb 2\\n' | awk '{s+=$2} END {print s, NR}'",
    stdout: `1 a
2 b
3 c
3 2
`,
  },
  {
    script: "printf 'a:b:c\\n' | awk -F: '{print $NF; print NF; $2=\"X\"; print}'; echo \"5 foo\" | awk {'print $1'}",
    stdout: `c
3
a X c
5
`,
  },
  {
    script:
      'printf \'x 10\\ny 5\\n\' | awk \'$2 > 6 {print $1}; /y/ {print "m:" $0}\'; awk \'BEGIN {printf "%5.2f|%-5s|%d\\n", 3.14159, "ab", "42x"; print length("hello"), substr("hello",2,3), index("abc","c"), toupper("a")}\'',
    stdout: `x
m:y 5
 3.14|ab   |42
5 ell 3 A
`,
  },
  {
    script:
      'printf \'a b a\\n\' | awk \'{for(i=1;i<=NF;i++) c[$i]++} END {for (k in c) print k, c[k]}\' | sort; awk \'BEGIN { n=split("a,b,c", p, ","); print n, p[2]; s="aaa"; gsub(/a/,"b",s); print s; if ("x" in p) print 1; else print 0 }\'',
    stdout: `a 2
b 1
3 b
bbb
0
`,
  },
  {
    script:
      "printf '1\\n2\\n3\\n4\\n' | awk 'NR==2,NR==3'; printf '1\\n2\\n' | awk -v x=5 '{print $1*x, $1 x}'; awk 'BEGIN{while(i<3){i++; if(i==2)continue; print i}; do {j++} while (j<5); print j; exit 3}'; echo $?",
    stdout: `2
3
5 15
10 25
1
3
5
3
`,
  },
  {
    script:
      "printf 'name ready\\nweb 1/1\\ndb 0/1\\n' | awk 'NR>1 && $2 !~ /^1/ {print $1}'; echo 'k=v' | awk -F= '{print $2}'; printf 'l1\\nl2\\n' | awk 'END{print $0}'; echo a b c | awk '{$1=\"\"; print $0}'; awk 'BEGIN{\"echo hi\" | getline x; print x; print \"z\\na\" | \"sort\"}'",
    stdout: `db
v
l2
 b c
hi
a
z
`,
  },
  {
    script: 'echo \'{"a":1,"b":[1,2,{"c":"x"}]}\' | jq .',
    stdout: `{
  "a": 1,
  "b": [
    1,
    2,
    {
      "c": "x"
    }
  ]
}
`,
  },
  {
    script: 'echo \'{"a":1,"b":[1,2,{"c":"x"}]}\' | jq -c \'.b[2].c, .b[0:2], (.b|length), .missing, .a?\'',
    stdout: `"x"
[1,2]
3
null
1
`,
  },
  {
    script:
      'echo \'{"items":[{"metadata":{"name":"x","labels":{"app":"w"}},"spec":{"n":2}},{"metadata":{"name":"y"},"spec":{"n":3}}]}\' | jq -r \'.items[] | select(.spec.n > 2) | "\\(.metadata.name)=\\(.spec.n)"\'',
    stdout: `y=3
`,
  },
  {
    script:
      'echo \'{"items":[{"n":"x","v":3},{"n":"y","v":1}]}\' | jq -c \'[.items[] | {name: .n, v}] | sort_by(.v), map(.v)|add\'',
    stdout: `{"name":"x","v":3}
4
`,
  },
  {
    script: "echo 'aGVsbG8=' | jq -Rr '@base64d'; echo '\"hi\"' | jq -r '@base64'",
    stdout: `hello
aGk=
`,
  },
  {
    script:
      'echo \'{"a":{"b":1}}\' | jq -c \'to_entries, keys, has("a"), (.a.b |= .+1), del(.a.b), (.x = 5), with_entries(.value = 1)\'',
    stdout: `[{"key":"a","value":{"b":1}}]
["a"]
true
{"a":{"b":2}}
{"a":{}}
{"a":{"b":1},"x":5}
{"a":1}
`,
  },
  {
    script: "jq -n --arg x 1 --argjson y '{\"z\":2}' -c '{$x, y: $y.z}'",
    stdout: `{"x":"1","y":2}
`,
  },
  {
    script:
      "echo '[3,1,2]' | jq -c 'sort, max, min, unique, reverse, (.[0] // 9), index(1), any(. > 2), first, last, [limit(2; .[])], [range(3)]'",
    stdout: `[1,2,3]
3
1
[1,2,3]
[2,1,3]
3
1
true
3
2
[3,1]
[0,1,2]
`,
  },
  {
    script:
      'echo \'{"a":"x-y"}\' | jq -c \'.a | split("-"), test("x"), sub("x";"z"), ascii_upcase, ltrimstr("x"), length, (tostring|tojson)\'',
    stdout: '["x","y"]\ntrue\n"z-y"\n"X-Y"\n"-y"\n3\n"\\"x-y\\""\n',
  },
  {
    script:
      'echo \'[{"k":"a","v":1},{"k":"b","v":2},{"k":"a","v":3}]\' | jq -c \'group_by(.k) | map({k: .[0].k, s: (map(.v)|add)})\'',
    stdout: `[{"k":"a","s":4},{"k":"b","s":2}]
`,
  },
  {
    script: "echo '{\"a\":null}' | jq -e .a; echo $?; echo '1 2 3' | jq -s add; echo '{\"a\":1}' | jq '.a.b'; echo $?",
    stdout: `null
1
6
5
`,
  },
  {
    script:
      'echo \'{}\' | jq \'if .a then 1 elif .b then 2 else 3 end, (.a // "def"), ([1,[2]]|flatten), (reduce (1,2,3) as $x (0; .+$x)), (try error("x") catch .)\' -c',
    stdout: `3
"def"
[1,2]
6
"x"
`,
  },
  {
    script: "echo '{\"a\":[1,2]}' | jq -c '.. | numbers'; echo '{\"a\":1}' | jq '.['; echo $?",
    stdout: `1
2
3
`,
  },
  {
    script:
      'echo \'["a","b"]\' | jq -r \'join(","), @csv, @tsv, (.[] | @sh)\'; echo \'{"a":[{"b":1},{"b":2}]}\' | jq -c \'[.a[].b], .a[1:], (.a | map(select(.b==1))), [paths]\'',
    stdout: `a,b
"a","b"
a	b
'a'
'b'
[1,2]
[{"b":2}]
[{"b":1}]
[["a"],["a",0],["a",0,"b"],["a",1],["a",1,"b"]]
`,
  },
  {
    script:
      "echo '[1,2]' | jq -c 'def f(x): x*2; map(f(.)), . as [$a,$b] | $a+$b, (map(tostring)|join(\"-\")), contains([1]), (.[0]|not), length'",
    stdout: `[2,4]
3
"1-2"
true
false
2
`,
  },
];

describe('utilities', () => {
  it.each(cases)('$script', ({ script, stdout, code = 0 }) => {
    const result = new TestMachine().sh(script);
    expect({ stdout: result.stdout, code: result.code }).toEqual({ stdout, code });
  });
});

import type { UserInfo } from '../protocol/rest.ts';

/**
 * Reads a static token file: lines of `token,user,uid,"group1,group2"`.
 * @throws Error naming the line that has fewer than three columns
 * Upstream: apiserver/pkg/authentication/token/tokenfile NewCSV (v1.36)
 */
export function parseTokenFile(text: string): Map<string, UserInfo> {
  const tokens = new Map<string, UserInfo>();
  text.split('\n').forEach((line, i) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    const [token, username, uid, groups] = columnsOf(line);
    if (!token || !username || uid === undefined)
      throw new Error(`token file, line ${i + 1}: at least 3 columns (token, user name, user uid) are needed`);
    tokens.set(token, { username, uid, groups: groups ? groups.split(',').map((group) => group.trim()) : [] });
  });
  return tokens;
}

function columnsOf(line: string): string[] {
  const columns: string[] = [];
  const pattern = /\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/y;
  while (pattern.lastIndex < line.length) {
    const match = pattern.exec(line);
    if (!match) break;
    columns.push(match[1]?.replaceAll('""', '"') ?? (match[2] ?? '').trim());
  }
  return columns;
}

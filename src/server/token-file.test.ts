import { describe, expect, it } from 'vitest';
import { parseTokenFile } from './token-file.ts';

describe('a token file', () => {
  it('gives users with their groups', () => {
    expect([...parseTokenFile('# people\na-token,alice,a1,"developers, testers"\nb-token,bob,b1\n')]).toEqual([
      ['a-token', { username: 'alice', uid: 'a1', groups: ['developers', 'testers'] }],
      ['b-token', { username: 'bob', uid: 'b1', groups: [] }],
    ]);
  });
  it('names the line that is broken', () => {
    expect(() => parseTokenFile('a,b,c\njust-a-token')).toThrow('line 2');
  });
});

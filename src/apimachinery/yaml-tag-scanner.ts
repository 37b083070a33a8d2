// Directives, anchors and tags of YAML. Upstream: go-yaml v2 scannerc.go

import type { Token } from './yaml-token.ts';
import { isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, type Mark, type YamlReader } from './yaml-reader.ts';

/** `%YAML` or `%TAG`, up to the end of its line. @throws YamlError */
export function scanDirective(reader: YamlReader): Token {
  const mark = reader.mark();
  reader.skip();
  const name = reader.readWord();
  if (name === '') throw reader.error('could not find expected directive name', mark);
  if (!isBlankOrEnd(reader.at(0))) throw reader.error('found unexpected non-alphabetical character', mark);
  if (name !== 'YAML' && name !== 'TAG') throw reader.error('found unknown directive name', mark);
  reader.skipBlanks();
  let value: string;
  let suffix = '';
  if (name === 'YAML') {
    const major = readVersionNumber(reader);
    if (reader.at(0) !== '.') throw reader.error("did not find expected digit or '.' character", mark);
    reader.skip();
    value = `${major}.${readVersionNumber(reader)}`;
  } else {
    value = readTagHandle(reader, mark);
    if (!isBlank(reader.at(0))) throw reader.error('did not find expected whitespace', mark);
    reader.skipBlanks();
    suffix = readTagUri(reader, mark);
    if (!isBlankOrEnd(reader.at(0))) throw reader.error('did not find expected whitespace or line break', mark);
  }
  reader.skipBlanks();
  reader.skipComment();
  if (!isBreakOrEnd(reader.at(0))) throw reader.error('did not find expected comment or line break', mark);
  if (isBreak(reader.at(0))) reader.readLine();
  const kind = name === 'YAML' ? 'version-directive' : 'tag-directive';
  return { kind, mark, value, suffix, plain: false };
}

/** The handle a %TAG directive defines: `!`, `!!` or `!word!`. */
function readTagHandle(reader: YamlReader, mark: Mark): string {
  if (reader.at(0) !== '!') throw reader.error("did not find expected '!'", mark);
  reader.skip();
  const word = reader.readWord();
  if (reader.at(0) === '!') {
    reader.skip();
    return `!${word}!`;
  }
  if (word !== '') throw reader.error("did not find expected '!'", mark);
  return '!';
}

function readVersionNumber(reader: YamlReader): number {
  const digits = reader.readUntil((c) => !/^[0-9]$/.test(c));
  if (digits === '') throw reader.error('did not find expected version number');
  return Number(digits);
}

/** `&name` or `*name`. @throws YamlError */
export function scanAnchor(reader: YamlReader, kind: 'alias' | 'anchor'): Token {
  const mark = reader.mark();
  reader.skip();
  const value = reader.readWord();
  const next = reader.at(0);
  if (value === '' || !(isBlankOrEnd(next) || '?:,]}%@`'.includes(next))) {
    throw reader.error('did not find expected alphabetic or numeric character', mark);
  }
  return { kind, mark, value, suffix: '', plain: false };
}

/** `!<uri>`, `!suffix` or `!handle!suffix`. @throws YamlError */
export function scanTag(reader: YamlReader, inFlow: boolean): Token {
  const mark = reader.mark();
  let value = '';
  let suffix: string;
  if (reader.at(1) === '<') {
    reader.skip();
    reader.skip();
    suffix = readTagUri(reader, mark);
    if (reader.at(0) !== '>') throw reader.error("did not find the expected '>'", mark);
    reader.skip();
  } else {
    reader.skip();
    const word = reader.readWord();
    if (reader.at(0) === '!') {
      reader.skip();
      value = `!${word}!`;
      suffix = readTagUri(reader, mark);
    } else {
      value = '!';
      suffix = word + readTagUri(reader, mark, false);
      if (suffix === '') [value, suffix] = ['', '!'];
    }
  }
  if (!isBlankOrEnd(reader.at(0)) && !(inFlow && reader.at(0) === ',')) {
    throw reader.error('did not find expected whitespace or line break', mark);
  }
  return { kind: 'tag', mark, value, suffix, plain: false };
}

function readTagUri(reader: YamlReader, mark: Mark, required = true): string {
  const uri = reader.readUntil((c) => !/^[0-9A-Za-z_;/?:@&=+$,.!~*'()[\]%-]$/.test(c));
  if (/%(?![0-9a-fA-F]{2})/.test(uri)) throw reader.error('did not find URI escaped octet', mark);
  if (uri === '' && required) throw reader.error('did not find expected tag URI', mark);
  return uri.replace(/(?:%[0-9a-fA-F]{2})+/g, (escaped) => decodeURIComponent(escaped));
}

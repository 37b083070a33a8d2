/** Why a text is no IP address, in Go's words. Upstream: Go net/netip (ParseAddr) */
import { quote } from '../../../../apimachinery/go-format.ts';

interface Complaint {
  readonly message: string;
  /** The rest of the text that the complaint is about. */
  readonly at?: string;
}

/** The text of `netip.ParseAddr`'s error. */
export function addressError(text: string): string {
  const { message, at } = complaint(text) ?? { message: 'unable to parse IP' };
  return `ParseAddr(${quote(text)}): ${message}${at ? ` (at ${quote(at)})` : ''}`;
}

function complaint(text: string): Complaint | undefined {
  const [first] = /[.:%]/.exec(text) ?? [];
  if (first === '.') return complaintOfV4(text);
  if (first === ':') return complaintOfV6(text);
  return first === undefined ? undefined : { message: 'missing IPv6 address' };
}

function complaintOfV4(text: string): Complaint | undefined {
  let [value, position, digits] = [0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? '';
    const at = text.slice(i);
    if (/[0-9]/.test(character)) {
      if (digits === 1 && value === 0) return { message: 'IPv4 field has octet with leading zero' };
      value = value * 10 + Number(character);
      digits++;
      if (value > 255) return { message: 'IPv4 field has value >255' };
    } else if (character !== '.') return { message: 'unexpected character', at };
    else if (i === 0 || i === text.length - 1 || text[i - 1] === '.') {
      return { message: 'IPv4 field must have at least one digit', at };
    } else {
      if (position === 3) return { message: 'IPv4 address too long' };
      position++;
      [value, digits] = [0, 0];
    }
  }
  return position < 3 ? { message: 'IPv4 address too short' } : undefined;
}

function complaintOfV6(text: string): Complaint | undefined {
  const [whole = '', zone] = text.split(/%(.*)/s);
  if (zone === '') return { message: 'zone must be a non-empty string' };
  let rest = whole;
  let ellipsis = rest.startsWith('::') ? 0 : -1;
  if (ellipsis === 0) rest = rest.slice(2);
  if (ellipsis === 0 && rest === '') return undefined;
  let read = 0;
  while (read < 16) {
    const [group = ''] = /^[0-9a-fA-F]*/.exec(rest) ?? [];
    if (group.length > 4) return { message: 'each group must have 4 or less digits', at: rest };
    if (group === '') return { message: 'each colon-separated field must have at least one digit', at: rest };
    if (rest[group.length] === '.') {
      if (ellipsis < 0 && read !== 12) {
        return { message: 'embedded IPv4 address must replace the final 2 fields of the address', at: rest };
      }
      if (read > 12) {
        return { message: 'too many hex fields to fit an embedded IPv4 at the end of the address', at: rest };
      }
      const wrong = complaintOfV4(rest);
      if (wrong) return wrong;
      read += 4;
      rest = '';
      break;
    }
    read += 2;
    rest = rest.slice(group.length);
    if (rest === '') break;
    if (rest[0] !== ':') return { message: 'unexpected character, want colon', at: rest };
    if (rest.length === 1) return { message: 'colon must be followed by more characters', at: rest };
    rest = rest.slice(1);
    if (rest[0] !== ':') continue;
    if (ellipsis >= 0) return { message: 'multiple :: in address', at: rest };
    ellipsis = read;
    rest = rest.slice(1);
    if (rest === '') break;
  }
  if (rest !== '') return { message: 'trailing garbage after address', at: rest };
  if (read < 16) return ellipsis < 0 ? { message: 'address string too short' } : undefined;
  return ellipsis < 0 ? undefined : { message: 'the :: must expand to at least one field of zeros' };
}

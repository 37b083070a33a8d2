/** Breaks lines between words so that none is longer than the limit. Upstream: github.com/mitchellh/go-wordwrap WrapString */
export function wordWrap(text: string, limit: number): string {
  let out = '';
  let current = 0;
  let word = '';
  let space = '';
  const flush = () => {
    current += space.length + word.length;
    out += space + word;
    word = '';
    space = '';
  };
  for (const character of text) {
    if (character === '\n') {
      if (word !== '') flush();
      else {
        if (current + space.length <= limit) out += space;
        space = '';
      }
      out += character;
      current = 0;
    } else if (/\s/.test(character) && character !== '\u00a0') {
      if (space === '' || word !== '') flush();
      space += character;
    } else {
      word += character;
      if (current + word.length + space.length > limit && word.length < limit) {
        out += '\n';
        current = 0;
        space = '';
      }
    }
  }
  if (word !== '') return out + space + word;
  return current + space.length <= limit ? out + space : out;
}

/** The characters of random and hashed parts of names: no vowels, so no bad words. */
export const safeCharacters = 'bcdfghjklmnpqrstvwxz2456789';

const maxNameLength = 63;
const randomLength = 5;
const maxGeneratedNameLength = maxNameLength - randomLength;

/**
 * A name made of a base, cut so that the whole has at most 63 characters, and a suffix of five characters that
 * `randomSuffix` gives.
 *
 * Upstream: apiserver/pkg/storage/names/generate.go simpleNameGenerator.GenerateName (v1.36)
 */
export function generateName(base: string, randomSuffix: (length: number) => string): string {
  return base.slice(0, maxGeneratedNameLength) + randomSuffix(randomLength);
}

/**
 * The text in the characters names are made of, one for one.
 *
 * Upstream: apimachinery/pkg/util/rand/rand.go SafeEncodeString (v1.36)
 */
export function safeEncodeString(text: string): string {
  return Array.from(text, (c) => safeCharacters[(c.codePointAt(0) ?? 0) % safeCharacters.length]).join('');
}

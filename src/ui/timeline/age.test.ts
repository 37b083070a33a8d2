import { expect, it } from 'vitest';
import { ageText, elapsedText } from './age.ts';

it.each([
  [0, '0s'],
  [119_000, '119s'],
  [120_000, '2m'],
  [130_000, '2m10s'],
  [600_000, '10m'],
  [3 * 3_600_000, '3h'],
  [4 * 3_600_000 + 60_000, '4h1m'],
  [50 * 3_600_000, '2d2h'],
  [9 * 86_400_000, '9d'],
])('%i ms is %s', (ms, text) => expect(ageText(ms)).toBe(text));

it.each([
  [0, '00:00:00'],
  [3_725_000, '01:02:05'],
  [90_000_000, '1d 01:00:00'],
])('%i ms have run %s', (ms, text) => expect(elapsedText(ms)).toBe(text));

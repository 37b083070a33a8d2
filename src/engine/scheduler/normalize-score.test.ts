import { expect, it } from 'vitest';
import { defaultNormalizeScore } from './normalize-score.ts';

// Upstream: plugins/helper/normalize_score_test.go TestDefaultNormalizeScore names its cases by their place.
it.each([
  { name: 'case_0', scores: [1, 2, 3, 4], expected: [25, 50, 75, 100] },
  { name: 'case_1', reverse: true, scores: [1, 2, 3, 4], expected: [75, 50, 25, 0] },
  { name: 'case_2', scores: [1000, 10, 20, 30], expected: [100, 1, 2, 3] },
  { name: 'case_3', reverse: true, scores: [1000, 10, 20, 30], expected: [0, 99, 98, 97] },
  { name: 'case_4', scores: [1, 1, 1, 1], expected: [100, 100, 100, 100] },
  { name: 'case_5', scores: [1000, 1, 1, 1], expected: [100, 0, 0, 0] },
  { name: 'case_6', reverse: true, scores: [0, 1, 1, 1], expected: [100, 0, 0, 0] },
  { name: 'nothing stays nothing', scores: [0, 0], expected: [0, 0] },
  { name: 'nothing is best when the lowest is best', reverse: true, scores: [0, 0], expected: [100, 100] },
  { name: 'parts are cut off', scores: [3, 2], expected: [100, 66] },
  { name: 'parts are cut off before the turn', reverse: true, scores: [3, 2], expected: [0, 34] },
])('$name', ({ scores, reverse = false, expected }) => {
  const given = Float64Array.from(scores);
  defaultNormalizeScore(given, reverse);
  expect([...given]).toEqual(expected);
});

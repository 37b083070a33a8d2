import { maxNodeScore } from './framework.ts';

/** Scales so that the highest becomes 100; reversed, the lowest is best. Upstream: plugins/helper/normalize_score.go (v1.36) */
export function defaultNormalizeScore(scores: Float64Array, reverse: boolean): void {
  let most = 0;
  for (const score of scores) if (score > most) most = score;
  for (let i = 0; i < scores.length; i++) {
    if (most === 0) {
      if (reverse) scores[i] = maxNodeScore;
      continue;
    }
    const score = Math.trunc((maxNodeScore * (scores[i] as number)) / most);
    scores[i] = reverse ? maxNodeScore - score : score;
  }
}

/**
 * Who gets which part of a rate: max-min fairness. Nobody gets less than an even part because another one asks for more,
 * and what one cannot use the others get. Pure.
 */
import type { Demand } from './report.js';

/** @returns requests/s by ID; together they are the rate, also if nobody asks for so much: demands grow */
export function sharesOf(rate: number, demands: readonly Demand[]): Record<string, number> {
  const shares: Record<string, number> = {};
  let left = rate;
  let open = demands.length;
  for (const { id, rate: wanted } of [...demands].sort((a, b) => a.rate - b.rate)) {
    const share = Math.min(wanted, left / open);
    shares[id] = share;
    left -= share;
    open -= 1;
  }
  const spare = Math.max(0, left) / Math.max(1, demands.length);
  for (const { id } of demands) shares[id] = (shares[id] ?? 0) + spare;
  return shares;
}

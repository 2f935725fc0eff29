/** ms that the permits of one lease cover: Bottleneck starts at most about 440 jobs a second, whatever its settings. */
export const LEASE = 20;

/** Permits in one lease at `rate` permits/s. */
export const permitsOf = (rate: number): number => Math.max(1, Math.floor((rate * LEASE) / 1000));

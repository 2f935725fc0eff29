/**
 * How long a proof is. `npm test` runs every test in its short form. `npm run test:long` runs the long form of the
 * tests that have one: those whose file imports this one. `LONG=3` there tries three times as many cases.
 */
const factor = Number(process.env.LONG ?? 0);
if (!(factor >= 0)) throw new Error(`LONG has to be a number, not ${process.env.LONG}`);

/** Whether this is the long run. */
export const isLong = factor > 0;

/** How many cases a test tries: seeds, crashes. */
export const cases = (short: number, long: number): number => (isLong ? Math.ceil(long * factor) : short);

/** The first few of a list of cases that each take a while; all of them in the long run. */
export const firstOf = <const T>(short: number, all: readonly T[]): readonly T[] =>
  isLong ? all : all.slice(0, short);

/** How large one case is: rows, users, bytes. `LONG` does not multiply it. */
export const size = (short: number, long: number): number => (isLong ? long : short);

/** How many random cases fast-check tries. The short run tries the same ones each time, the long run always others. */
export const randomCases = (short: number, long: number): { numRuns: number; seed?: number } =>
  isLong ? { numRuns: cases(short, long) } : { numRuns: short, seed: 13 };

/**
 * Epoch ms of a clock that nobody sets: this machine's as it was when the process started, and the time since. Durations
 * and the order of times stay right whatever is done to the machine's clock.
 */
export const steadyNow = (): number => Math.round(performance.timeOrigin + performance.now());

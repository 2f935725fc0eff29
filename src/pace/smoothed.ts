/** The part of the latest value: as TCP smooths its round trip (RFC 6298). */
export const LATEST = 1 / 8;

/** A mean that follows the latest values. @param before undefined if there was no value before */
export const smoothed = (before: number | undefined, value: number): number =>
  before === undefined ? value : before + LATEST * (value - before);

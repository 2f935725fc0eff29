const numbers = new Intl.NumberFormat('en-US');

/** A number as people read it: 1,234,567. */
export const count = (value: number): string => numbers.format(value);

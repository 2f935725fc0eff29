/** Text and numbers as a terminal shows them. */
import { printable } from '../text/printable.js';

/** Text of several lines for a terminal: without control, bidi or other invisible characters except line ends. */
export const plain = (text: string): string =>
  text
    .split('\n')
    .map((line) => printable(line))
    .join('\n');

/** A value as one line of JSON, with escapes also for the invisible characters that JSON.stringify leaves as they are. */
export const plainJson = (value: unknown): string => printable(JSON.stringify(value), jsonEscape);

const jsonEscape = (character: string): string =>
  character.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Seconds as people read them: 45 s, 3 min 05 s, 2 h 07 min. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

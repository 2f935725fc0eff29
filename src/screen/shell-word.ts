/** Words for a shell's command line. */
import { printable } from '../text/printable.js';

/** A word quoted for a shell. If it has invisible characters they are escaped, as bash and zsh understand it. */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (printable(text) === text) return `'${text.replaceAll("'", `'\\''`)}'`;
  return `$'${printable(text.replace(/['\\]/g, '\\$&'), shellEscape)}'`;
}

const shellEscape = (character: string): string =>
  Buffer.from(character).reduce((text, byte) => `${text}\\x${byte.toString(16).padStart(2, '0')}`, '');

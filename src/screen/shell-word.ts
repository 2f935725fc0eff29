/** A word of a command line as the shell of the system at hand takes it. */
import { platform } from 'node:os';
import { printable } from '../text/printable.js';

/** Quoted if it has to be. Characters that do not show on a screen are escaped. */
export const shellWord = (text: string, system: NodeJS.Platform = platform()): string =>
  system === 'win32' ? windowsWord(text) : posixWord(text);

/** Escapes as bash and zsh understand them. */
function posixWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (printable(text) === text) return `'${text.replaceAll("'", `'\\''`)}'`;
  return `$'${printable(text.replace(/['\\]/g, '\\$&'), bytes)}'`;
}

const bytes = (character: string): string =>
  Buffer.from(character).reduce((text, byte) => `${text}\\x${byte.toString(16).padStart(2, '0')}`, '');

/**
 * In double quotes, as cmd and PowerShell both have them, and Git Bash for a path of a drive. No name of a file has a `"`.
 * For what means something to PowerShell within them, and for what does not show, there are escapes of PowerShell: cmd
 * has none. It takes the typographic quotes for plain ones.
 */
function windowsWord(text: string): string {
  if (/^[\w+=:./-]+$/.test(text)) return text;
  const escaped = printable(text.replace(/[$`"“”„]/g, '`$&'), codePoint);
  // Before a quote a program takes a backslash for an escape.
  return `"${escaped.replace(/\\+$/, '$&$&')}"`;
}

const codePoint = (character: string): string => `$([char]::ConvertFromUtf32(${character.codePointAt(0)}))`;

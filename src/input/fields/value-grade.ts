/**
 * What a value looks like: as if it had been damaged, as if it may have been, or fine. The one place that decides it, for
 * every format and for `set`: pure, and it changes nothing.
 */
import { characterAt, isUnseen } from '../../text/unseen.js';
import type { ColumnName } from '../columns/column-names.js';
import { maybeMisread, misreadAt } from './misread.js';

/** What is odd about a value. */
export interface ValueFault {
  /** An error makes the row invalid; a warning does so only if the caller is strict. */
  readonly grade: 'error' | 'warning';
  /** The end of a sentence about the column; free of the value. */
  readonly reason: string;
}

/** What the values of a column are for. */
type Use = 'name' | 'login' | 'lookup';

const uses: Readonly<Partial<Record<ColumnName, Use>>> = {
  firstName: 'name',
  lastName: 'name',
  securityGroupNames: 'name',
  username: 'login',
  inviteCode: 'login',
  securityGroupIds: 'login',
  lookupUsername: 'lookup',
};

/**
 * The grade of a value that is not blank; undefined if it is fine.
 *
 * @param accepted columns in which words such as `Null` are meant
 */
export function gradeOf(
  column: ColumnName,
  text: string,
  accepted: ReadonlySet<ColumnName> = NONE,
): ValueFault | undefined {
  const use = uses[column];
  if (use === undefined || isPlain(text, use)) return undefined;
  const damage = damageOf(text);
  if (damage !== undefined) return { grade: 'error', reason: damage };
  const misfit = use === 'name' ? undefined : misfitOf(text);
  if (misfit !== undefined) return { grade: use === 'login' ? 'error' : 'warning', reason: misfit };
  const doubt = doubtOf(text, accepted.has(column));
  return doubt === undefined ? undefined : { grade: 'warning', reason: doubt };
}

const NONE: ReadonlySet<ColumnName> = new Set();

/** Most values: nothing of what follows can be true of them, and to know that takes one or two looks. */
const isPlain = (text: string, use: Use): boolean =>
  PLAIN.test(text)
    ? (use === 'name' || !text.includes(' ')) && !WORD.test(text) && !NAMESPACE.test(text)
    : use === 'name' && LETTERS.test(text) && !FILLER.test(text) && !WORD.test(text) && !maybeMisread(text);

const PLAIN = /^[A-Za-z0-9@_'-][A-Za-z0-9.@_'-]*(?: [A-Za-z0-9.'-]+)*$/;
const LETTERS = /^\p{L}[\p{L}\p{M}'’-]*(?:,? \p{L}[\p{L}\p{M}.'’-]*)*$/u;
/** Letters by their category that nobody sees. */
const FILLER = /[\u115f\u1160\u3164\uffa0]/;
const NAMESPACE = /^(?:System|Microsoft|javax?)\./;

/** What no value that is meant has in it. */
function damageOf(text: string): string | undefined {
  if (isUnseen(text))
    return 'has nothing but characters that are not seen: leave the cell empty, or fill it in';
  const lost = characterAt(text, /\ufffd/u);
  if (lost !== undefined) return `has ${lost}: a letter was lost when the file was converted`;
  const control = characterAt(text.trim(), /(?![\n\r])\p{Cc}/u);
  if (control !== undefined) return `has a control character, ${control}: take it out`;
  const bare = text.trim();
  if (SPREADSHEET_ERROR.test(bare))
    return 'is an error value of a spreadsheet: correct the formula, or empty the cell';
  if (bare === '\\N') return "is \\N, a database's word for no value: leave the cell empty";
  return OBJECT.test(bare) ? 'is the name of an object, not its text: correct the export' : undefined;
}

/** In English and other languages: `#N/A`, `#REF!`, `#NOM?`, `#¡VALOR!`; a column that is too narrow; LibreOffice's codes. */
const SPREADSHEET_ERROR =
  /^#(?:[¡¿]?\p{L}[\p{L}\p{N}_/]*[!?]|N\/[ADBV]|N\.A\.|NV|DIV\/0|GETTING_DATA|#+)$|^Err:\d{3}$/iu;

/** What .NET, PowerShell, JavaScript, Java and Python call an object whose text nobody has asked for. */
const OBJECT = new RegExp(
  [
    '^System\\.(?:(?:[\\w`]+\\.)*[\\w`]+\\[\\]',
    '(?:Collections|Management\\.Automation|Xml|DirectoryServices)\\.[\\w.`]+(?:\\[.*\\])?',
    '(?:Object|String|Byte|Char|Int32|Guid|DateTime|DBNull|__ComObject|Data\\.DataRow|Nullable`1.*))$',
    '^Microsoft\\.\\w+(?:\\.\\w+)+(?:\\[\\])?$',
    '^\\[object [A-Z]\\w*\\]$',
    '^(?:\\[L)?javax?\\.[\\w.$]+;?@[0-9a-f]{1,8}$',
    "^<(?:class '.*'|.* at 0x[0-9a-fA-F]+)>$",
    '^@\\{.*=.*\\}$',
  ].join('|'),
  's',
);

/** What a name may have, and a username or a code never. */
function misfitOf(text: string): string | undefined {
  if (/^mailto:/i.test(text)) return 'begins with "mailto:": take that off';
  if (/^[^<]*<[^<>]+@[^<>]+>\s*$/.test(text))
    return 'is a name with an address in <>: give what is in them alone';
  if (/^[+-]?\d+(?:[.,]\d*)?e[+-]\d+$/i.test(text.trim()))
    return 'is a number in scientific notation: the spreadsheet has lost digits; format the column as text, and export again';
  const space = characterAt(text, /[\p{Z}\s]/u);
  if (space !== undefined) return `has white space in it, ${space}`;
  const mark = characterAt(text, /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/u);
  return mark && `has a character that is not seen, ${mark}: take it out`;
}

/** What is likely not meant. */
function doubtOf(text: string, areWordsMeant: boolean): string | undefined {
  const bare = text.trim();
  if (/[\n\r\u2028\u2029]/.test(bare)) return 'has a line break in it: is a quote missing or misplaced?';
  if (bare !== text) {
    const blank = characterAt(text, text.trimStart() === text ? /\s+$/u : /^\s/u);
    return `has white space around it, ${blank?.replace(/^U\+0020 \(blank\)/, 'a blank')}`;
  }
  if (!areWordsMeant && WORD.test(bare))
    return 'is a word that programs write for no value: leave the cell empty, or say with `accept` that the column has such names';
  if (/^=".*"$/s.test(bare))
    return 'is written as ="…", a spreadsheet\'s trick: give what is in the quotes alone';
  if (/&(?:[a-z][a-z0-9]{1,31}|#\d{1,7}|#x[0-9a-f]{1,6});/i.test(bare))
    return 'has an HTML entity in it, such as &eacute; for é: export the text as it is';
  const misread = misreadAt(bare);
  if (misread !== undefined)
    return `has letters at character ${misread} that look like UTF-8 read as Windows-1252, such as Ã© for é: export it as UTF-8`;
  const mark = characterAt(bare, UNEXPECTED);
  return mark && `has a character that is not seen, ${mark}`;
}

/** Letter by letter: `Nan`, `Na` and `Nil` are names, `NAN` is one in capitals. */
const WORD =
  /^(?:null|\(null\)|<null>|\[null\]|nan|NaN|none|undefined|nil|NA|n\/a|n\.a\.|<NA>|NaT|Null|NULL|None|NONE|N\/A|N\.A\.)$/;

/**
 * Unseen characters that no script and no emoji needs where they stand: joiners are fine inside words, marks of text
 * direction and of variation everywhere, tags behind a flag.
 */
const UNEXPECTED =
  /[\u00ad\u200b\u202a-\u202e\u2060-\u206f\ufeff\u{fff9}-\u{fffb}\u2800]|^[\u200c\u200d]|[\u200c\u200d]$/u;

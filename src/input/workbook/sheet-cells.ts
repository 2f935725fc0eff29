/** The cells of a sheet, row by row, as text. */
import { type Doubt, unsureCell } from '../../text/unsure-cell.js';
import type { CellFormats } from './cell-formats.js';
import { addressOf, columnNumber, rowNumber, unescaped } from './cell-text.js';
import { type NumberFormat, shownNumber } from './number-format.js';
import { RichText, type SharedStrings } from './shared-strings.js';
import { damagedWorkbook, rowTooLong, tooLargePart } from './workbook-errors.js';
import { isTrue } from './workbook-parts.js';
import type { XmlEvents } from './xml.js';

/** Excel's own limits. */
const MOST_ROWS = 1_048_576;
const MOST_COLUMNS = 16_384;
const MOST_CHARACTERS = 32_767;
/** Characters of a row. */
const LONGEST = 1024 ** 2;

/** What the cells of a sheet refer to. */
export interface CellContext {
  readonly strings: SharedStrings;
  readonly formats: CellFormats;
  readonly is1904: boolean;
  readonly isUncalculated: boolean;
}

export interface SheetEvents {
  /** @param cells from column A on; those without a value are empty */
  row(line: number, cells: readonly string[], isHidden: boolean): void;
  /** Told behind the rows. @param range such as `A2:A5` */
  merged(range: string): void;
}

interface Cell {
  readonly column: number;
  readonly type: string;
  readonly format: NumberFormat;
  value: string | undefined;
  hasFormula: boolean;
}

/** Takes the events of a sheet's part. */
export class SheetCells implements XmlEvents {
  readonly #context: CellContext;
  readonly #events: SheetEvents;
  readonly #text = new RichText();
  #depth = 0;
  #inData = false;
  #line = 0;
  #isHidden = false;
  /** Characters in its cells so far. */
  #characters = 0;
  #cells: string[] = [];
  #cell: Cell | undefined;
  #inValue = false;

  constructor(context: CellContext, events: SheetEvents) {
    this.#context = context;
    this.#events = events;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#depth += 1;
    const depth = this.#depth;
    if (!this.#inData) {
      if (name === 'sheetData' && depth === 2) this.#inData = true;
      else if (name === 'mergeCell') this.#events.merged(attributes.ref ?? '');
    } else if (depth === 3 && name === 'row') this.#openRow(attributes);
    else if (depth === 4 && name === 'c') this.#openCell(attributes);
    else if (this.#cell !== undefined) this.#openPart(this.#cell, name, depth);
  }

  text(text: string): void {
    if (this.#inValue && this.#cell) this.#cell.value += text;
    else this.#text.add(text);
  }

  close(name: string): void {
    const depth = this.#depth;
    this.#depth -= 1;
    if (!this.#inData) return;
    if (depth === 2) this.#inData = false;
    else if (depth === 3 && name === 'row') this.#events.row(this.#line, this.#cells, this.#isHidden);
    else if (depth === 4 && this.#cell) {
      this.#cells[this.#cell.column - 1] = this.#shown(this.#cell);
      this.#cell = undefined;
    } else if (depth === 5) this.#inValue = false;
    else this.#text.close(name);
  }

  #openRow({ r, hidden }: Readonly<Record<string, string>>): void {
    const line = r === undefined ? this.#line + 1 : Number(r);
    if (!(Number.isInteger(line) && line > this.#line)) throw damagedWorkbook('its rows are out of order');
    if (line > MOST_ROWS) throw tooLargePart('more than 1,048,576 rows');
    this.#line = line;
    this.#isHidden = isTrue(hidden);
    this.#cells = [];
    this.#characters = 0;
  }

  #openCell({ r, t: type = 'n', s = '0' }: Readonly<Record<string, string>>): void {
    const before = this.#cells.length;
    const column = r === undefined ? before + 1 : columnNumber(r);
    if (column === undefined || column <= before || (r !== undefined && rowNumber(r) !== this.#line))
      throw damagedWorkbook('its cells are out of order');
    if (column > MOST_COLUMNS) throw tooLargePart('more than 16,384 columns');
    while (this.#cells.length < column - 1) this.#cells.push('');
    const format = this.#context.formats[Number(s)];
    if (format === undefined) throw damagedWorkbook('a cell has a style that is not there');
    this.#cell = { column, type, format, value: undefined, hasFormula: false };
    this.#text.clear();
  }

  #openPart(cell: Cell, name: string, depth: number): void {
    if (depth === 5 && name === 'f') cell.hasFormula = true;
    else if (depth === 5 && name === 'v') {
      if (cell.value !== undefined) throw damagedWorkbook('a cell has two values');
      cell.value = '';
      this.#inValue = true;
    } else if (depth > 5) this.#text.open(name);
  }

  #shown(cell: Cell): string {
    const text = this.#textOf(cell);
    if (text.length > MOST_CHARACTERS) throw tooLargePart('a cell of more than 32,767 characters');
    // A text is in the file once, however many cells have it.
    this.#characters += text.length;
    if (this.#characters > LONGEST) throw rowTooLong(this.#line);
    return text;
  }

  #textOf(cell: Cell): string {
    const { type, value, hasFormula } = cell;
    if (hasFormula && (value === undefined || this.#context.isUncalculated))
      return this.#unsure(cell, 'formula');
    if (type === 'inlineStr') return unescaped(this.#text.value);
    if (value === undefined) return '';
    switch (type) {
      case 's':
        return this.#shared(value);
      case 'str':
        return unescaped(value);
      case 'e':
        return value;
      case 'b':
        return isTrue(value) ? 'TRUE' : 'FALSE';
      case 'd':
        return this.#dated(cell, value);
      case 'n':
        return value === '' ? '' : this.#number(cell, value);
      default:
        throw damagedWorkbook('a cell is of a kind that is not known');
    }
  }

  #shared(value: string): string {
    const text = /^\d{1,8}$/.test(value) ? this.#context.strings.at(Number(value)) : undefined;
    if (text === undefined) throw damagedWorkbook('a cell has a text that is not there');
    return text;
  }

  #number(cell: Cell, value: string): string {
    if (cell.format.kind === 'general' && PLAIN.test(value)) return value;
    if (!NUMBER.test(value)) throw damagedWorkbook('a cell has a number that is none');
    const shown = shownNumber(Number(value), cell.format, this.#context.is1904);
    return typeof shown === 'string' ? shown : this.#unsure(cell, shown.doubt);
  }

  /** A date that stands there as ISO 8601 has it. */
  #dated(cell: Cell, value: string): string {
    const [, date = '', time = ''] = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.0+)?)?$/.exec(value) ?? [];
    if (cell.format.kind !== 'date' || date === '') return this.#unsure(cell, 'format');
    return cell.format.hasTime ? `${date}T${time || '00:00:00'}` : date;
  }

  #unsure({ column }: Cell, doubt: Doubt): string {
    return unsureCell(doubt, addressOf(column, this.#line));
  }
}

/** Most numbers: shown as they stand. */
const PLAIN = /^(?:0|[1-9]\d{0,14})$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

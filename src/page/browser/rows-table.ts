/**
 * The table of rows: searched, sorted and scrolled. Only the rows that are seen have nodes. All of them are of one
 * height, a long text is cut off there, and the whole row opens as a card.
 */
import { count } from '../../text/count.js';
import { el, plainEl, type View } from '../view/element.js';
import type { PageRow } from '../view/row-chunk.js';
import { chosenRows, isThrough, NOT_THROUGH, type SortKey, type TableChoice } from '../view/row-order.js';
import { find, toNode } from './dom.js';

export interface Column {
  readonly key: SortKey;
  readonly title: string;
  readonly text: (row: PageRow) => string;
  /** Whether a narrow page leaves it out; the card has it. */
  readonly isWide?: boolean;
}

/** px; the style says the same. */
const ROW = 44;
const OVERSCAN = 8;
/** Rows that are printed: paper does not scroll. */
const MOST_PRINTED = 200;

export class RowsTable {
  #rows: PageRow[] = [];
  #shown: PageRow[] = [];
  #choice: TableChoice = { search: '', status: '', key: 'line', descending: false };
  #first = -1;
  #last = -1;
  #isPaper = false;
  #statuses = '';
  #due = 0;
  #isChosen = false;
  readonly #columns: readonly Column[];
  readonly #card: (row: PageRow) => View;
  readonly #scroll: HTMLElement;
  readonly #body: HTMLElement;

  /** @param card what a row's card shows */
  constructor(place: HTMLElement, columns: readonly Column[], card: (row: PageRow) => View) {
    this.#columns = columns;
    this.#card = card;
    place.replaceChildren(toNode(frame(columns)));
    this.#scroll = find('.rows', place);
    this.#body = find('tbody', place);
    this.#scroll.addEventListener('scroll', () => this.#render(), { passive: true });
    new ResizeObserver(() => this.#render(true)).observe(this.#scroll);
    find<HTMLInputElement>('#search').addEventListener('input', ({ target }) => {
      this.#choose({ search: (target as HTMLInputElement).value });
    });
    find<HTMLSelectElement>('#status').addEventListener('change', ({ target }) => {
      this.#isChosen = true;
      this.#choose({ status: (target as HTMLSelectElement).value });
    });
    for (const button of place.querySelectorAll<HTMLButtonElement>('th button'))
      button.addEventListener('click', () => this.#sortBy(button.dataset.key as SortKey));
    this.#body.addEventListener('click', ({ target }) => this.#open(target as Element));
    find('dialog', place).addEventListener('click', ({ target, currentTarget }) => {
      const isOutside = target === currentTarget || (target as Element).matches('button');
      if (isOutside) (currentTarget as HTMLDialogElement).close();
    });
    const print = (isPaper: boolean) => {
      this.#isPaper = isPaper;
      this.#render(true);
    };
    matchMedia('print').addEventListener('change', ({ matches }) => print(matches));
    addEventListener('beforeprint', () => print(true));
    addEventListener('afterprint', () => print(false));
  }

  /** Takes more rows. */
  add(rows: readonly PageRow[]): void {
    for (const row of rows) this.#rows.push(row);
    this.#soon();
  }

  /** Forgets all rows. */
  clear(): void {
    this.#rows = [];
    this.#soon();
  }

  /** Rows come in many parts: they are ordered once. */
  #soon(): void {
    this.#due ||= requestAnimationFrame(() => {
      this.#due = 0;
      this.#offerStatuses();
      this.#apply();
    });
  }

  #choose(change: Partial<TableChoice>): void {
    this.#choice = { ...this.#choice, ...change };
    this.#scroll.scrollTop = 0;
    this.#apply();
  }

  #sortBy(key: SortKey): void {
    const descending = this.#choice.key === key && !this.#choice.descending;
    this.#choose({ key, descending });
  }

  #apply(): void {
    this.#shown = chosenRows(this.#rows, this.#choice);
    const { key, descending } = this.#choice;
    for (const button of document.querySelectorAll<HTMLButtonElement>('#table th button')) {
      const isKey = button.dataset.key === key;
      const order = descending ? 'descending' : 'ascending';
      button.closest('th')?.setAttribute('aria-sort', isKey ? order : 'none');
    }
    const all = count(this.#rows.length);
    find('#found').textContent =
      this.#shown.length === this.#rows.length
        ? `${all} ${this.#rows.length === 1 ? 'row' : 'rows'}`
        : `${count(this.#shown.length)} of ${all} rows`;
    find('#table table').setAttribute('aria-rowcount', String(this.#shown.length + 1));
    find('#table').classList.toggle('none', this.#rows.length === 0);
    this.#render(true);
  }

  /** The statuses that there are, to choose from. What did not go through is shown first, until somebody has chosen. */
  #offerStatuses(): void {
    const kinds = new Map(this.#rows.map(({ kind }) => [kind.status, kind]));
    const statuses = [...kinds.keys()].sort();
    if (statuses.join() === this.#statuses) return;
    this.#statuses = statuses.join();
    const failed = [...kinds.values()].filter((kind) => !isThrough(kind)).length;
    const isMixed = failed > 0 && failed < statuses.length;
    const { status } = this.#choice;
    // What was chosen may be no row's any more, once a run was resumed.
    const isThere = status === NOT_THROUGH ? isMixed : ['', ...statuses].includes(status);
    const standard = isMixed ? NOT_THROUGH : '';
    this.#choice = { ...this.#choice, status: this.#isChosen && isThere ? status : standard };
    const select = find<HTMLSelectElement>('#status');
    const texts = ['', ...(isMixed ? [NOT_THROUGH] : []), ...statuses];
    select.replaceChildren(...texts.map((text) => new Option(text || 'any status', text)));
    select.value = this.#choice.status;
    find('#statuses').hidden = statuses.length < 2;
  }

  #render(isNew = false): void {
    const { scrollTop, clientHeight } = this.#scroll;
    const total = this.#shown.length;
    const first = this.#isPaper ? 0 : Math.max(0, Math.floor(scrollTop / ROW) - OVERSCAN);
    const last = this.#isPaper
      ? Math.min(total, MOST_PRINTED)
      : Math.min(total, Math.ceil((scrollTop + clientHeight) / ROW) + OVERSCAN);
    if (!isNew && first === this.#first && last === this.#last) return;
    this.#first = first;
    this.#last = last;
    const focused = (document.activeElement as HTMLElement | null)?.dataset?.index;
    const nodes = this.#shown.slice(first, last).map((row, index) => this.#node(row, first + index));
    const below = this.#isPaper ? 0 : total - last;
    this.#body.replaceChildren(...spacer(first), ...nodes, ...spacer(below));
    find('#unprinted').textContent =
      this.#isPaper && total > last ? `The other ${count(total - last)} rows are not printed.` : '';
    // The row that has the focus is another node now.
    if (focused !== undefined) this.#body.querySelector<HTMLElement>(`[data-index="${focused}"]`)?.focus();
  }

  #node(row: PageRow, index: number): Node {
    const [head, ...others] = this.#columns;
    const button = el('button', { 'data-index': String(index) }, head?.text(row) ?? '');
    return toNode(
      el(
        'tr',
        { 'aria-rowindex': String(index + 2), 'data-status': row.kind.status },
        el('th', { scope: 'row', class: 'c-line' }, button),
        ...others.map((column) =>
          el(
            'td',
            { class: `c-${column.key}${column.isWide ? ' wide' : ''}` },
            plainEl('div', plainEl('bdi', column.text(row))),
          ),
        ),
      ),
    );
  }

  #open(target: Element): void {
    const index = target.closest('tr')?.querySelector<HTMLElement>('button')?.dataset.index;
    const row = this.#shown[Number(index)];
    if (index === undefined || !row) return;
    find('#card').replaceChildren(toNode(this.#card(row)));
    find<HTMLDialogElement>('#table dialog').showModal();
  }
}

/** Room for rows that are not there. */
function spacer(rows: number): Node[] {
  if (rows <= 0) return [];
  const row = document.createElement('tr');
  row.setAttribute('aria-hidden', 'true');
  const cell = document.createElement('td');
  cell.className = 'spacer';
  cell.style.height = `${rows * ROW}px`;
  row.append(cell);
  return [row];
}

const frame = (columns: readonly Column[]): View =>
  plainEl(
    'div',
    el(
      'div',
      { class: 'tools' },
      plainEl('div', el('label', { for: 'search' }, 'Search'), el('input', { id: 'search' })),
      el('div', { id: 'statuses' }, el('label', { for: 'status' }, 'Status'), el('select', { id: 'status' })),
      el('output', { id: 'found', for: 'search status' }),
    ),
    el(
      'div',
      { class: 'rows scroll', role: 'region', 'aria-labelledby': 'rows-title', tabindex: '0' },
      el(
        'table',
        { 'aria-labelledby': 'rows-title' },
        plainEl(
          'thead',
          el(
            'tr',
            { 'aria-rowindex': '1' },
            ...columns.map(({ key, title, isWide }) =>
              el(
                'th',
                { scope: 'col', class: `c-${key}${isWide ? ' wide' : ''}`, 'aria-sort': 'none' },
                el('button', { 'data-key': key }, title),
              ),
            ),
          ),
        ),
        plainEl('tbody'),
      ),
    ),
    el('p', { id: 'unprinted' }),
    el(
      'dialog',
      { 'aria-label': 'One row' },
      el('div', { id: 'card' }),
      el('button', { class: 'close' }, 'Close'),
    ),
  );

/** The page of a plan: who would change, and how. */
import { count } from '../../text/count.js';
import { el, plainEl, type View } from './element.js';
import type { PlanPage } from './page-data.js';
import { factList, header, rowsSection, type Section, section } from './sections.js';

/** All sections, from top to bottom. */
export function planSections(page: PlanPage): Section[] {
  const { changes, networkId, hasValues, table } = page;
  const users = `${count(changes)} ${changes === 1 ? 'user' : 'users'}`;
  const left = `${count(table.leftOut)} more have no room here: ${table.file} has them.`;
  return [
    {
      id: 'top',
      view: header({
        kicker: `${page.title} · network ${networkId}`,
        tone: 'busy',
        answer: changes === 0 ? 'Nobody would change.' : `${users} would change.`,
        line: 'A plan: nothing was sent yet. A user who has changed since then is left alone.',
        notes: [],
        next: page.next,
      }),
    },
    { id: 'counts', view: counts(page) },
    { id: 'leavers', view: leavers(page) },
    { ...rowsSection('Who would change'), kept: true },
    { id: 'table-note', view: plainEl('div', table.leftOut > 0 && plainEl('p', left)) },
    { id: 'asked', view: section('What the plan is of', factList(page.asked)) },
    {
      id: 'foot',
      view: el(
        'footer',
        {},
        `wickr-bulk ${page.version}. ${
          hasValues
            ? 'This page holds names and other values of users: it is for who may see them.'
            : 'This page holds user IDs and the names of groups, and no values of users.'
        }`,
      ),
    },
  ];
}

const counts = ({ counts: numbers }: PlanPage): View =>
  el(
    'section',
    { 'aria-label': 'In numbers' },
    el(
      'dl',
      { class: 'tiles' },
      ...numbers.map(([what, users]) => plainEl('div', plainEl('dt', what), plainEl('dd', count(users)))),
    ),
  );

/** The caps of a reconciliation look at these numbers. */
function leavers({ leavers: groups }: PlanPage): View {
  if (groups.length === 0) return plainEl('div');
  return section(
    'Who would leave a security group',
    el(
      'table',
      { class: 'small' },
      plainEl(
        'thead',
        plainEl('tr', el('th', { scope: 'col' }, 'group'), el('th', { scope: 'col' }, 'users')),
      ),
      plainEl(
        'tbody',
        ...groups.map(([group, users]) =>
          plainEl('tr', el('th', { scope: 'row' }, plainEl('bdi', group)), plainEl('td', count(users))),
        ),
      ),
    ),
  );
}

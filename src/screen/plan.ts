/** A plan as people read it: each user with the values before and after, then the numbers. */
import { styleText } from 'node:util';
import type { RunStart } from '../run/options/table/run-events.js';
import { printable } from '../text/printable.js';
import type { FieldValue, PlannedChange, PlanSummary } from '../verbs/plan.js';
import { count, duration, plainJson } from './plain.js';
import { shellWord } from './shell-word.js';

export interface PlanLook {
  readonly colour: boolean;
  /** Values are not shown. */
  readonly redact: boolean;
}

const HIDDEN = '‹hidden›';

/** A user who would change. */
export function renderChange(
  { line, userId, username, fields, temporarily }: PlannedChange,
  look: PlanLook,
): string {
  const paint = (style: 'red' | 'green' | 'yellow', text: string) =>
    look.colour ? styleText(style, text, { validateStream: false }) : text;
  const value = (shown: FieldValue | null) =>
    shown === null ? '(not told)' : look.redact ? HIDDEN : quoted(shown);
  const who = username === undefined || look.redact ? '' : ` ${printable(username)}`;
  const lines = [`${paint('yellow', '~')} ${userId}${who} (line ${line})`];
  for (const [field, { before, after }] of Object.entries(fields))
    lines.push(`    ${field}: ${paint('red', value(before))} → ${paint('green', value(after))}`);
  if (temporarily) lines.push('    (has a temporary username in between)');
  return `${lines.join('\n')}\n`;
}

/** What the plan comes to, and what to do next. */
export function renderPlanned(planned: PlanSummary): string {
  const { networkId, rows, changed, warnings, plan } = planned;
  const others = [...othersOf(planned), [warnings, warnings === 1 ? 'warning' : 'warnings'] as const];
  const of = [
    `${count(changed)} of ${count(rows)} users of network ${networkId} would change`,
    listed(others),
  ];
  const lines = [of.filter(Boolean).join('; ')];
  if (planned.unlisted)
    lines.push(
      `  ${count(planned.unlisted)} ${planned.unlisted === 1 ? 'user of the network is' : 'users of the network are'} in no row`,
    );
  if (changed > 0) lines.push(`  ${listed(kindsOf(planned))}`);
  lines.push(
    `${count(planned.updates)} updates, ${timeOf(planned)}; ${count(planned.requests)} requests read the network`,
  );
  lines.push('nothing was sent that changes anybody');
  if (plan) lines.push(`plan: ${plan.path}`, `  carry it out: wickr-bulk apply ${shellWord(plan.path)}`);
  return lines.map((line) => `${printable(line)}\n`).join('');
}

/** What a run is about to do, just before it does it. */
export function renderStart(start: RunStart): string {
  const { networkId, rows, changes, canBeUndone } = start;
  const undo = canBeUndone ? 'undo can put it back' : 'undo cannot put it back';
  const lines =
    changes === undefined
      ? [
          `${count(rows)} ${rows === 1 ? 'row' : 'rows'} will go to network ${networkId} without a look at the users`,
        ]
      : [
          [
            `${count(changes.changed)} of ${count(rows)} users of network ${networkId} will change`,
            listed(othersOf(changes)),
          ]
            .filter(Boolean)
            .join('; '),
          ...(changes.changed > 0 ? [`  ${listed(kindsOf(changes))}`] : []),
        ];
  if (changes === undefined || changes.changed > 0) lines.push(`  ${timeOf(start)}; ${undo}`);
  return lines.map((line) => `${printable(line)}\n`).join('');
}

const listed = (parts: readonly (readonly [number, string])[]): string =>
  parts.flatMap(([number, what]) => (number > 0 ? [`${count(number)} ${what}`] : [])).join(', ');

type Counts = NonNullable<RunStart['changes']>;

const kindsOf = ({ names, usernames, groups, invites }: Counts) =>
  [
    [names, 'first or last name'],
    [usernames, 'username'],
    [groups, 'security group'],
    [invites, 'invite'],
  ] as const;

const othersOf = ({ unchanged, conflicts, invalid, skipped, missing }: Counts) =>
  [
    [unchanged, 'unchanged'],
    [conflicts, 'in conflict'],
    [invalid, 'invalid'],
    [skipped - missing, 'skipped'],
    [missing, 'not in the network'],
  ] as const;

const timeOf = ({ seconds }: Pick<RunStart, 'seconds'>): string =>
  seconds === undefined
    ? 'how fast the service takes them is not known yet'
    : `about ${duration(seconds)} at the rate that is known`;

/** The plan as one JSON object, without the values. */
export const plannedJson = (planned: PlanSummary): string => `${plainJson(planned)}\n`;

/** As it is, but for what cannot be seen: two values that look alike are told apart by it. */
const quoted = (value: FieldValue): string =>
  Array.isArray(value)
    ? `[${value.map((item: string) => printable(item)).join(', ')}]`
    : typeof value === 'string'
      ? `"${printable(value)}"`
      : String(value);

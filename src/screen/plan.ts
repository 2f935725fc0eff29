/** A plan as people read it: each user with the values before and after, then the numbers. */
import type { FieldValue, PlannedChange } from '../plan/user-change.js';
import { count } from '../text/count.js';
import type { Paint } from '../text/paint.js';
import { printable } from '../text/printable.js';
import type { PlanSummary } from '../verbs/plan.js';
import { changeKinds, listed, otherRows, timeText } from './change-counts.js';
import { plainJson } from './plain.js';
import { shellWord } from './shell-word.js';
import { counted } from './summary.js';

export interface PlanLook {
  readonly paint: Paint;
  /** Values are not shown. */
  readonly redact: boolean;
}

const HIDDEN = '‹hidden›';

/** A user who would change. */
export function renderChange(
  { line, userId, username, fields, temporarily }: PlannedChange,
  look: PlanLook,
): string {
  const { paint } = look;
  const value = (shown: FieldValue | null) =>
    shown === null ? '(not known)' : look.redact ? HIDDEN : quoted(shown);
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
  const others = [...otherRows(planned), [warnings, warnings === 1 ? 'warning' : 'warnings'] as const];
  const of = [
    `${count(changed)} of ${count(rows)} users of network ${networkId} would change`,
    listed(others),
  ];
  const lines = [of.filter(Boolean).join('; ')];
  if (planned.unlisted)
    lines.push(
      `  ${count(planned.unlisted)} ${planned.unlisted === 1 ? 'user of the network is' : 'users of the network are'} in no row`,
    );
  if (changed > 0) lines.push(`  ${changeKinds(planned)}`);
  lines.push(
    `${counted(planned.updates, 'update')}, ${timeText(planned)}`,
    `${counted(planned.requests, 'request')} read the network`,
  );
  lines.push('nothing was sent that changes anybody');
  if (plan) lines.push(`plan: ${plan.path}`, `  carry it out: wickr-bulk apply ${shellWord(plan.path)}`);
  return lines.map((line) => `${printable(line)}\n`).join('');
}

/** The plan as one JSON object, without the values. */
export const plannedJson = (planned: PlanSummary): string => `${plainJson(planned)}\n`;

/** As it is, but for what cannot be seen: two values that look alike are told apart by it. */
const quoted = (value: FieldValue): string =>
  Array.isArray(value)
    ? `[${value.map((item: string) => printable(item)).join(', ')}]`
    : typeof value === 'string'
      ? `"${printable(value)}"`
      : String(value);

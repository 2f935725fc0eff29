/** The page of a plan: who would change, and how. */
import { basename, resolve } from 'node:path';
import type { Field } from '../model.js';
import { checkPlan, type PlanFile, type PlannedChange, readChanges } from '../run/state/plan-file.js';
import { shellWord } from '../screen/shell-word.js';
import { printable } from '../text/printable.js';
import { fieldNames } from '../user-fields.js';
import { version } from '../version.js';
import { RowTexts } from './page-rows.js';
import type { Fact, PlanPage } from './view/page-data.js';
import type { PageRow } from './view/row-chunk.js';
import { type WrittenReport, writePage } from './write-report.js';

export interface PlanReportOptions {
  /** The file to make, which must not exist yet unless it is such a page. Default: beside the plan, such as `plan.html`. */
  readonly out?: string;
  /** Whether names, usernames and other values are in the page, which may be sent on. Default: false. */
  readonly values?: boolean;
}

/**
 * Writes a page of a plan: one HTML file (mode 0600) that needs no network, with who would change and how, and the
 * numbers that caps look at. It is at most some 3 MB; of a larger plan it has the first changes.
 *
 * @param path the file that `planUpdate` has written
 * @throws PlanError if it is none, or was altered or cut off; RunFolderError if the page cannot be written; UsageError if
 *   `out` is there already and is no such page
 */
export async function writePlanReport(
  path: string,
  { out, values = false }: PlanReportOptions = {},
): Promise<WrittenReport> {
  const plan = await checkPlan(path);
  const target = resolve(out ?? path.replace(/(\.jsonl)?$/, '.html'));
  const rows = new RowTexts();
  const counts = new PlanCounts();
  const { groupNames = {} } = plan.head;
  for await (const change of readChanges(path)) {
    counts.add(change);
    if (rows.isFull) rows.leftOut += 1;
    else rows.add(rowOf(change, values, groupNames));
  }
  rows.flush();
  await writePage(target, pageOf(path, plan, counts, rows.leftOut, values), rows.texts);
  return { path: target, leftOut: rows.leftOut };
}

/** How many users change what. */
class PlanCounts {
  readonly fields = new Map<Field, number>();
  readonly leavers = new Map<string, number>();
  renames = 0;

  add({ userDetails, before }: PlannedChange): void {
    const changed = fieldsOf({ userDetails });
    for (const field of changed) this.fields.set(field, (this.fields.get(field) ?? 0) + 1);
    if (changed.some((field) => RENAMED.has(field))) this.renames += 1;
    const after = new Set(userDetails.securityGroupIds ?? []);
    if (userDetails.securityGroupIds)
      for (const group of before.securityGroupIds ?? [])
        if (!after.has(group)) this.leavers.set(group, (this.leavers.get(group) ?? 0) + 1);
  }
}

const RENAMED: ReadonlySet<Field> = new Set(['firstName', 'lastName', 'username']);
/** What each field is in words. */
const words: Readonly<Record<Field, string>> = {
  firstName: 'first names',
  lastName: 'last names',
  username: 'usernames',
  securityGroupIds: 'security groups',
  inviteCode: 'invite codes',
  inviteCodeTtl: 'times of invite codes',
  codeValidation: 'code validations',
};

const fieldsOf = ({ userDetails }: Pick<PlannedChange, 'userDetails'>): Field[] =>
  fieldNames.filter((field) => userDetails[field] !== undefined);

function rowOf(change: PlannedChange, values: boolean, names: Readonly<Record<string, string>>): PageRow {
  const { row, line, userId, userDetails, before, person } = change;
  const shown = (value: unknown): string => {
    if (value === null || value === undefined) return '(not told)';
    if (Array.isArray(value)) return value.map((id: string) => names[id] ?? id).join(', ') || '(none)';
    return typeof value === 'string' ? `“${value}”` : String(value);
  };
  const who = values && person?.username !== undefined ? `${person.username} · ` : '';
  const what = fieldsOf(change).map((field) =>
    values ? `${field}: ${shown(before[field])} → ${shown(userDetails[field])}` : field,
  );
  const kind = {
    status: 'change',
    httpStatus: 0,
    code: '',
    fields: '',
    message: printable(who + what.join('; ')),
  };
  const unsent = { attempts: 0, throttled: 0, startedAt: 0, finishedAt: 0, requestId: '' };
  return { row, line, userId: printable(userId), kind, ...unsent };
}

function pageOf(
  path: string,
  { head, changes }: PlanFile,
  { fields, leavers, renames }: PlanCounts,
  leftOut: number,
  hasValues: boolean,
): PlanPage {
  const { groupNames = {}, networkId } = head;
  const of = (field: Field) => [words[field], fields.get(field) ?? 0] as const;
  return {
    kind: 'plan',
    version,
    madeAt: new Date().toISOString(),
    title: printable(`plan ${basename(path)}`),
    networkId: printable(networkId),
    changes,
    counts: [
      ['users would change', changes],
      ['of them another name', renames],
      ...fieldNames.filter((field) => fields.has(field)).map(of),
    ],
    leavers: [...leavers]
      .sort(([, a], [, b]) => b - a)
      .map(([id, users]) => [
        printable(groupNames[id] === undefined ? id : `${groupNames[id]} (${id})`),
        users,
      ]),
    hasValues,
    table: { leftOut, file: printable(basename(path)) },
    asked: askedOf(head),
    next: changes === 0 ? [] : [`carry it out: wickr-bulk apply ${printable(shellWord(path))}`],
  };
}

const askedOf = ({
  input,
  networkId,
  region,
  endpoint,
  account,
  readAt,
  version: by,
}: PlanFile['head']): Fact[] =>
  (
    [
      ['input', input.path === '-' ? 'standard input' : input.path],
      ['SHA-256 of the input', input.sha256],
      ['network', networkId],
      ['region', region],
      ['endpoint', endpoint],
      ['AWS account', account],
      ['the network was read', readAt],
      ['by', `wickr-bulk ${by}`],
      [
        'caps',
        'an update or a reconciliation holds to caps such as --max-changes; apply sends the whole plan, so look at the numbers above first',
      ],
    ] as const
  ).map(([name, value]) => [name, printable(value)]);

/**
 * Where the runs that share a rate meet: each leaves what it did, one of them takes that and leaves a decision, and
 * each finds that. It takes one round trip, whatever there is to say. Nothing of a user's is in it: times, counts, rates.
 */
import { createHash } from 'node:crypto';
import type { Incoming, Mailbox, Outgoing } from '../pace/shared/mailbox.js';
import type { Decision, Demand, Report } from '../pace/shared/report.js';
import { RedisConnection, type RedisSettings } from './connection.js';

/** ms without a word after which a run no longer counts, and another one decides. */
const SILENT = 1500;
/** ms for which what was found is kept when nobody is there. */
const KEPT = 3_600_000;
/** Reports that wait at the most, if nobody takes them: the oldest go first. */
const MOST_REPORTS = 1000;

/**
 * KEYS: state, runs, reports. ARGV: run, what it can use, its report, number of its term, its decision; '' for none.
 * Whoever decides holds a lease with a number. A decision of an earlier term counts no more.
 */
const EXCHANGE = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local text = string.format('%.3f', now)
local state = redis.call('HMGET', KEYS[1], 'by', 'until', 'term', 'decision')
local by, term, decision = state[1], tonumber(state[3] or '0'), state[4]
local run = ARGV[1]
-- A lease that ends later than any can was written before the clock was set back.
local left = tonumber(state[2] or '0') - now
if by ~= run and (not by or left < 0 or left > ${SILENT}) then
  by = run
  term = term + 1
  redis.call('HSET', KEYS[1], 'by', run, 'term', term)
end
if by == run then
  redis.call('HSET', KEYS[1], 'until', string.format('%.3f', now + ${SILENT}))
  if ARGV[5] ~= '' and tonumber(ARGV[4]) == term then
    decision = ARGV[5]
    redis.call('HSET', KEYS[1], 'decision', decision)
  end
end
redis.call('HSET', KEYS[2], run, text .. ' ' .. ARGV[2])
if ARGV[3] ~= '' then
  redis.call('RPUSH', KEYS[3], ARGV[3])
  redis.call('LTRIM', KEYS[3], -${MOST_REPORTS}, -1)
end
local runs, reports = {}, {}
if by == run then
  local all = redis.call('HGETALL', KEYS[2])
  for i = 1, #all, 2 do
    local seen, rate = string.match(all[i + 1], '^(%S+) (%S+)$')
    if not seen or math.abs(now - tonumber(seen)) > ${SILENT} then
      redis.call('HDEL', KEYS[2], all[i])
    else
      runs[#runs + 1] = all[i]
      runs[#runs + 1] = rate
    end
  end
  reports = redis.call('LRANGE', KEYS[3], 0, -1)
  redis.call('DEL', KEYS[3])
end
for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], ${KEPT}) end
return { text, by == run and term or 0, decision or '', runs, reports }
`;

/** KEYS: state, runs. ARGV: run. Whoever goes lets another one decide at once. */
const LEAVE = `
redis.call('HDEL', KEYS[2], ARGV[1])
if redis.call('HGET', KEYS[1], 'by') == ARGV[1] then redis.call('HDEL', KEYS[1], 'by', 'until') end
return 1
`;

/**
 * Opens the mailbox of all runs on an endpoint with an account.
 *
 * @param run an ID of this one
 * @throws RedisError if Redis cannot be reached or refuses
 */
export async function openBudget(
  settings: RedisSettings,
  { endpoint, account, run }: { readonly endpoint: URL; readonly account: string; readonly run: string },
): Promise<Mailbox> {
  const connection = await RedisConnection.open(settings);
  const of = createHash('sha256').update(`${endpoint.origin}\n${account}`).digest('hex').slice(0, 24);
  // The braces keep all keys of a budget on one machine of a cluster.
  const [state = '', runs = '', reports = ''] = ['state', 'runs', 'reports'].map(
    (key) => `{rate:${of}}:${key}`,
  );
  const exchange = connection.script('exchangeRates', EXCHANGE);
  const leave = connection.script('leaveRates', LEAVE);
  return {
    exchange: async (outgoing) =>
      incoming(await exchange([state, runs, reports], argumentsOf(run, outgoing))),
    errorOf: (cause) => connection.errorOf(cause),
    async close() {
      await leave([state, runs], [run]).catch(() => {});
      connection.close();
    },
  };
}

function argumentsOf(run: string, { demand, report, decided }: Outgoing): string[] {
  const isEmpty = report.sent.length + report.answers.length === 0;
  return [
    run,
    String(demand),
    isEmpty ? '' : textOf(report),
    String(decided?.term ?? 0),
    decided ? JSON.stringify(decided.decision) : '',
  ];
}

const RESULTS = ['accepted', 'throttled', 'failed'] as const;
/** Tenths of a ms are enough. */
const brief = (ms: number): number => Math.round(ms * 10) / 10;

type Written = [lag: number, sent: number[], answers: [number, number, number, number][]];

/** A list is half as long as objects with names. */
function textOf({ lag, sent, answers }: Report): string {
  const written: Written = [
    brief(lag),
    sent.map(brief),
    answers.map(({ at, under, result, retryAfter }) => [
      brief(at),
      brief(under),
      RESULTS.indexOf(result),
      retryAfter ?? -1,
    ]),
  ];
  return JSON.stringify(written);
}

function reportOf(text: string): Report {
  const [lag, sent, answers] = JSON.parse(text) as Written;
  return {
    lag,
    sent,
    answers: answers.map(([at, under, result, retryAfter]) => ({
      ...{ at, under, result: RESULTS[result] ?? 'failed' },
      ...(retryAfter < 0 ? {} : { retryAfter }),
    })),
  };
}

function incoming(reply: unknown): Incoming {
  const [now, term, decision, runs, reports] = reply as [string, number, string, string[], string[]];
  return {
    now: Number(now),
    term: term === 0 ? undefined : term,
    decision: decision === '' ? undefined : decisionOf(decision),
    demands: demandsOf(runs),
    reports: reports.map(reportOf),
  };
}

/** @throws Error if it is not one of ours */
function decisionOf(text: string): Decision {
  const decision = JSON.parse(text) as Decision;
  const numbers = [decision.rate, decision.madeAt, decision.holdUntil, ...Object.values(decision.shares)];
  if (!numbers.every(Number.isFinite) || decision.rate <= 0)
    throw new Error('another program writes to the keys');
  return decision;
}

function demandsOf(runs: readonly string[]): Demand[] {
  const demands: Demand[] = [];
  for (let i = 0; i < runs.length; i += 2)
    demands.push({ id: runs[i] ?? '', rate: Number(runs[i + 1]) || 0 });
  return demands;
}

/** The events of the log: the list in docs/runs.md is that of the program, and each line says which run it is of. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { logEvents, loggerOfRun } from '../../../src/run/options/table/log-events.js';
import { silentLogger } from '../../../src/run/options/table/logger.js';
import { renames, until, updateIn, useWorkplace } from '../../workplace.js';

const place = useWorkplace();
const root = fileURLToPath(new URL('../../../', import.meta.url));
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('log-events.ts'))
  .map((name) => readFileSync(join(root, 'src', name), 'utf8'));
const names = Object.keys(logEvents).sort();

/** A logger that keeps its lines. */
function keeping() {
  const lines: { level: string; event: string; fields: Record<string, unknown> }[] = [];
  const to = (level: string) => (fields: object, event: string) =>
    void lines.push({ level, event, fields: fields as Record<string, unknown> });
  const logger = {
    trace: to('trace'),
    debug: to('debug'),
    info: to('info'),
    warn: to('warn'),
    error: to('error'),
  };
  return { lines, logger };
}

describe('the list of events', () => {
  it('stands in docs/runs.md, with the level of each', () => {
    const [, section = ''] =
      /\n## The log\n([\s\S]*?)\n## /.exec(readFileSync(join(root, 'docs/runs.md'), 'utf8')) ?? [];
    const listed = [...section.matchAll(/^\| `([^`]+)` \| (\w+) \|/gm)].map(([, name, level]) => [
      name,
      level,
    ]);
    expect(Object.fromEntries(listed)).toEqual(logEvents);
    expect(listed).toHaveLength(names.length);
  });

  it('has all that is logged, and nothing else', () => {
    const logged = sources.flatMap((text) =>
      text
        .split('logEvent(')
        .slice(1)
        .flatMap((call) => names.filter((name) => call.slice(0, 160).includes(`'${name}'`))),
    );
    expect([...new Set(logged)].sort()).toEqual(names);
    const past = sources.flatMap(
      (text) => text.match(/\b(?:logger|log)\??\.(?:trace|debug|info|warn|error)\(/g) ?? [],
    );
    expect(past).toEqual([]);
  });
});

describe('each line', () => {
  it('of a run has its name, at the level of the list', async () => {
    const faults = [{ kind: 'reset-before', after: 30 }] as const;
    const emulator = await place.emulate({ users: 100, faults });
    const { lines, logger } = keeping();
    const run = updateIn(
      place,
      renames(100),
      { rate: 2000, canary: 5, outagePatienceMs: 60_000, logger },
      emulator,
    );
    await until(() => lines.some(({ event }) => event === 'service down: probing'));
    emulator.setFaults([]);
    const { statuses } = await run;
    expect(lines.filter(({ fields }) => fields.run !== 'run')).toEqual([]);
    expect(lines.filter(({ level, event }) => logEvents[event as keyof typeof logEvents] !== level)).toEqual(
      [],
    );
    const told = lines.filter(({ level }) => level === 'info' || level === 'warn').map(({ event }) => event);
    expect(told.filter((event) => !event.startsWith('rate'))).toEqual([
      'run started',
      'canary passed',
      'service down: probing',
      'service back',
      'run ended',
    ]);
    expect(lines.at(-1)?.fields).toMatchObject({ statuses });
    const rows = lines.filter(({ event }) => event === 'row').map(({ fields }) => fields);
    expect(rows).toHaveLength(100);
    expect(rows.find(({ row }) => row === 1)).toMatchObject({ line: 2, status: 'updated', attempts: 1 });
  });

  it('is nothing to write if nobody listens', () => {
    expect(loggerOfRun(silentLogger, 'run')).toBe(silentLogger);
  });
});

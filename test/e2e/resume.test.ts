import { describe, expect, it } from 'vitest';
import { firstOf, isLong } from '../length.js';
import { environmentOf, outcomes, renames, useWorkplace } from '../workplace.js';
import { run, start } from './command.js';

const place = useWorkplace();

/** A run of the command that is in its midst, and what the next command needs. */
async function underWay(rows: number, rate: number) {
  const emulator = await place.emulate({ users: rows, latency: 5 });
  const env = environmentOf(emulator, place.folder);
  const input = await place.write('users.csv', `${renames(rows)}99,No,Body\n`);
  const out = place.path('run');
  const args = ['update', input, '--network-id', '12345678', '--out', out, '--rate', String(rate)];
  const { child, ended } = start(args, { env });
  await emulator.arrival(5);
  return { emulator, env, out, child, ended };
}

describe('wickr-bulk resume', () => {
  it('goes on with the command that the interrupted run prints, then has nothing left to do', async () => {
    const { emulator, env, out, child, ended } = await underWay(200, 300);
    child.kill('SIGINT');
    const { stdout } = await ended;
    expect(stdout).toContain(`continue it: wickr-bulk resume ${out}\n`);
    const summary = JSON.parse(await place.read('run/summary.json'));
    expect(summary).toMatchObject({ exitCode: 130, stopped: { code: 'INTERRUPTED', signal: 'SIGINT' } });
    const names = Object.keys(summary);
    expect(names.slice(names.indexOf('finishedAt')).slice(0, 3)).toEqual([
      'finishedAt',
      'exitCode',
      'options',
    ]);
    expect(JSON.parse((await run(['status', out, '--json'], { env })).stdout)).toMatchObject({
      exitCode: 130,
    });
    const resumed = await run(['resume', out], { env });
    const { host } = new URL(emulator.url);
    expect(resumed.code).toBe(3);
    expect(resumed.stderr).toMatch(/^resume {4}.*run: \d+ of 201 rows are left\n/);
    expect(resumed.stderr.slice(resumed.stderr.indexOf('network')).replace(/^\d+\/201, .*\n/gm, '')).toBe(
      `network   12345678 at ${host}\n` +
        '          region us-east-1 from the run\n' +
        'account   not known, as STS was not asked (AWS_ACCESS_KEY_ID)\n',
    );
    expect(resumed.stdout).toContain('201 rows: 200 updated, 1 failed');
    expect(resumed.stdout).toContain(`wickr-bulk retry ${out}`);
    const requests = emulator.counts.UpdateUser;
    const again = await run(['resume', out, '--json'], { env });
    expect(again.code).toBe(3);
    expect(again.stderr).toContain('this run has ended already; nothing was sent');
    expect(JSON.parse(again.stdout)).toMatchObject({ rows: 201, exitCode: 3 });
    expect(`${JSON.stringify(JSON.parse(again.stdout), null, 2)}\n`).toBe(
      await place.read('run/summary.json'),
    );
    expect(JSON.parse((await run(['status', out, '--json'], { env })).stdout)).toMatchObject({ exitCode: 3 });
    expect(emulator.counts.UpdateUser).toBe(requests);
    expect(await outcomes(`${out}/report.csv`)).toHaveLength(201);
  });

  it.runIf(isLong)(
    'and a second run of the network are refused while the run goes on, with who holds it: exit 5',
    async () => {
      const { env, out, child, ended } = await underWay(400, 5);
      for (const args of [
        ['resume', out],
        ['retry', out],
        ['update', place.path('users.csv'), '--network-id', '12345678', '--out', place.path('second')],
      ]) {
        const { code, stdout, stderr } = await run(args, { env });
        expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
        if (args[0] !== 'retry') expect(stderr).toContain(`process ${child.pid} on `);
      }
      const status = await run(['status', out], { env });
      expect(status.stdout).toMatch(
        new RegExp(`^running: process ${child.pid} on .* left\n\\d+ of 401 rows`),
      );
      child.kill('SIGKILL');
      await ended;
      expect((await run(['status', out], { env })).stdout).toMatch(
        /^stopped: its process was killed.*\ncontinue it: wickr-bulk resume/,
      );
      expect((await run(['resume', out, '--rate', '2000', '--no-progress'], { env })).code).toBe(3);
      expect(JSON.parse((await run(['status', out, '--json'], { env })).stdout)).toMatchObject({
        state: 'ended',
        done: 401,
      });
    },
  );

  it.each(firstOf(1, ['resume', 'retry', 'status']))(
    '%s of what is no run: exit 2, and what to name instead',
    async (verb) => {
      const { code, stderr } = await run([verb, place.folder]);
      expect(code).toBe(2);
      expect(stderr).toContain('is not the folder of a run');
      expect(stderr).not.toMatch(/\n\s+at /);
    },
  );
});

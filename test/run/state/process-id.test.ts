import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import {
  type Evidence,
  evidenceOn,
  type Found,
  judge,
  type ProcessId,
  thisProcess,
} from '../../../src/run/state/process-id.js';
import { until } from '../../workplace.js';

const here: ProcessId = { host: 'a', boot: 'b1', namespace: 'n1', pid: 1, start: '10' };
const there: Found = { start: '10', halted: false };

it.each<[string, Partial<ProcessId>, Found | undefined, Evidence]>([
  ['it is there', {}, there, 'alive'],
  ['there is no such process', {}, undefined, 'dead'],
  ['its number is that of another process now', {}, { ...there, start: '11' }, 'dead'],
  ['it is halted and may wake up', {}, { ...there, halted: true }, 'unknown'],
  ['the system does not say when the process there was started', {}, { ...there, start: '' }, 'unknown'],
  ['the system did not say when the holder was started', { start: '' }, there, 'unknown'],
  ['the machine was started anew, or another has its name', { boot: 'b0' }, there, 'unknown'],
  ['it is on another machine', { host: 'z' }, undefined, 'unknown'],
  ['it is in another container', { namespace: 'n2' }, undefined, 'unknown'],
  ['the system tells no start of the machine', { boot: '' }, undefined, 'unknown'],
  ['the system tells no container', { namespace: '' }, undefined, 'unknown'],
])('what a number says of a process: %s', (_case, holder, found, evidence) => {
  const dim = { ...here, boot: holder.boot ?? here.boot, namespace: holder.namespace ?? here.namespace };
  // A system that does not tell something of one process tells it of none.
  const self = holder.boot === '' || holder.namespace === '' ? dim : here;
  expect(judge({ ...here, pid: 2, ...holder }, self, found)).toBe(evidence);
});

it.runIf(process.platform === 'linux')('a child is alive, then halted, then dead', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const number = child.pid ?? 0;
  // As it says of itself, but for the start, which only its number leads to.
  const start = await startOf(number);
  const id = { ...thisProcess(), pid: number, start };
  expect(evidenceOn(id)).toBe('alive');
  child.kill('SIGSTOP');
  await until(() => evidenceOn(id) === 'unknown');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(evidenceOn(id)).toBe('dead');
});

async function startOf(number: number): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const stat = await readFile(`/proc/${number}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

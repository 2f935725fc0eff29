import { chown, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { Order } from '../../../src/run/control/order.js';
import {
  placeOrder,
  readControl,
  takeOrder,
  withdrawOrder,
  writeControl,
} from '../../../src/run/control/order-files.js';
import { RunFolder } from '../../../src/run/state/run-folder.js';
import { useWorkplace } from '../../workplace.js';

const place = useWorkplace();
const owner = 'a1b2c3d4-0000-4000-8000-000000000001';
const stop: Order = { kind: 'stop', id: 'a1b2c3d4-0000-4000-8000-000000000002', to: owner };
const other: Order = { ...stop, id: 'a1b2c3d4-0000-4000-8000-000000000003' };
let folder: RunFolder;

beforeEach(async () => {
  folder = await RunFolder.create(place.path('run'));
});

it('an order is taken once, and of two the later one', async () => {
  expect(await takeOrder(folder, 'stop')).toBeUndefined();
  await placeOrder(folder, stop);
  await placeOrder(folder, other);
  expect((await stat(place.path('run/order-stop.json'))).mode & 0o777).toBe(0o600);
  expect(await takeOrder(folder, 'pause')).toBeUndefined();
  expect(await takeOrder(folder, 'stop')).toEqual(other);
  expect(await takeOrder(folder, 'stop')).toBeUndefined();
  expect(await readdir(folder.path)).toEqual([]);
});

it('an order is taken back, but not the one in its place', async () => {
  await placeOrder(folder, stop);
  await withdrawOrder(folder, other);
  expect(await readdir(folder.path)).toEqual(['order-stop.json']);
  await withdrawOrder(folder, stop);
  await withdrawOrder(folder, stop);
  expect(await readdir(folder.path)).toEqual([]);
});

it('what another process of the run has said counts for nothing', async () => {
  await writeControl(folder, { of: owner, answered: {}, isPaused: true });
  expect(await readControl(folder, owner)).toMatchObject({ isPaused: true });
  expect(await readControl(folder, stop.id)).toBeUndefined();
});

it('a symbolic link, a folder and a text that is far too long are no orders and are not followed', async () => {
  const order = await place.write('elsewhere', JSON.stringify(stop));
  await symlink(order, place.path('run/order-stop.json'));
  expect(await takeOrder(folder, 'stop')).toBeUndefined();
  await symlink(order, place.path('run/control.json'));
  expect(await readControl(folder, owner)).toBeUndefined();
  await writeControl(folder, { of: owner, answered: {}, isPaused: false });
  expect(await readFile(order, 'utf8')).toBe(JSON.stringify(stop));
  await writeFile(place.path('run/order-stop.json'), `${' '.repeat(5000)}${JSON.stringify(stop)}`);
  expect(await takeOrder(folder, 'stop')).toBeUndefined();
  await mkdir(join(folder.path, 'order-stop.json'));
  await expect(takeOrder(folder, 'stop')).rejects.toThrow();
});

it.runIf(process.geteuid?.() === 0)('an order of another user is none', async () => {
  await placeOrder(folder, stop);
  await chown(place.path('run/order-stop.json'), 12_345, 12_345);
  expect(await takeOrder(folder, 'stop')).toBeUndefined();
});

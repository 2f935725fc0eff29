/** The form of options from outside, as commander or a program gives them, and their defaults. */
import { z } from 'zod';
import type { Cap } from '../../plan/caps.js';

const whole = (min: number, max: number) => {
  const message = `needs a whole number from ${min} to ${max}`;
  return z.coerce.number({ error: message }).int(message).min(min, message).max(max, message);
};

const positive = (what: string, max: number) => {
  const message = `needs a number of ${what} above 0, at most ${max}`;
  return z.coerce.number({ error: message }).positive(message).max(max, message);
};

const CAP = 'needs a number of rows such as 50, or a share of all rows such as 5%';
const PERCENT = /^\d{1,3}(\.\d{1,3})?%$/;
const cap = z
  .union([z.number(), z.string()], { error: CAP })
  .transform(String)
  .refine((text) => /^\d{1,9}$/.test(text) || (PERCENT.test(text) && Number.parseFloat(text) <= 100), CAP)
  .transform((text): Cap => {
    const number = Number.parseFloat(text);
    return text.endsWith('%') ? { percent: number } : { rows: number };
  });

const SHARE = 'needs a share from 0% to 100%, such as 5%';
/** Gives the number before the sign. */
const percent = z
  .string({ error: SHARE })
  .refine((text) => PERCENT.test(text) && Number.parseFloat(text) <= 100, SHARE)
  .transform((text) => Number.parseFloat(text));

const INPUT = 'needs a file, or - for standard input';
const isStream = (value: unknown) =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
const format = z.enum(['csv', 'jsonl'], { error: 'needs csv or jsonl' });

const texts = z.array(z.string(), { error: 'needs a list of texts' });
const file = z.string({ error: 'needs a file' }).min(1, 'needs a file');

/** Options whose form can be wrong; each key is a flag's name in camel case. */
const reading = {
  input: z.union([z.string().min(1), z.custom<AsyncIterable<Buffer>>(isStream)], { error: INPUT }),
  networkId: z
    .string()
    .regex(/^[0-9]{8}$/, 'needs the eight digits of a network ID')
    .optional(),
  format: format.optional(),
  limit: whole(1, 1_000_000_000).optional(),
  skipRows: whole(0, 1000).optional(),
  map: texts.optional(),
  set: texts.optional(),
  where: texts.optional(),
  mapFile: file.optional(),
  exclude: file.optional(),
};
export const ReadingShape = z.object(reading);
/** How to reach the service, and at which pace. */
export const serving = {
  region: z.string({ error: 'needs the region of the network, such as us-east-1 (or set AWS_REGION)' }),
  timeout: positive('seconds', 3600).default(30),
  rate: positive('requests a second', 100_000).optional(),
  maxRate: positive('requests a second', 100_000).optional(),
  maxAttempts: whole(1, 100).default(6),
  throttlePatience: positive('seconds', 7 * 86_400).default(900),
  outagePatience: positive('seconds', 7 * 86_400).default(300),
};
export const ExportShape = z.object({
  ...serving,
  networkId: z
    .string({ error: 'needs the eight digits of a network ID' })
    .regex(/^[0-9]{8}$/, 'needs the eight digits of a network ID'),
  securityGroup: z.string().min(1, "needs a group's name or ID").optional(),
  status: z
    .enum(['active', 'pending', 'suspended'], { error: 'needs active, pending or suspended' })
    .optional(),
  format: format.optional(),
});
export const UpdateShape = z.object({
  ...reading,
  ...serving,
  reportFormat: format.default('csv'),
  concurrency: whole(1, 1024).default(64),
  maxErrors: cap.optional(),
  maxChanges: cap.optional(),
  verify: percent.default(0),
  canary: whole(1, 1000).optional(),
  canaryAbove: whole(0, 1_000_000_000).default(0),
  maxAge: positive('seconds', 7 * 86_400).default(60),
});
/** The caps of a reconciliation, which has them always. */
export const CapsShape = z.object({
  maxChanges: cap.default({ percent: 10 }),
  maxRenames: cap.default({ percent: 10 }),
  maxGroupDrain: percent.default(25),
  minRows: whole(1, 1_000_000_000).default(1),
  maxShrink: percent.default(10),
});

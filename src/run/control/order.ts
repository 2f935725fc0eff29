/**
 * Orders to a run that goes on in another process, and what the run says of them. Pure: the files are elsewhere.
 *
 * An order is for one holder of the run's lock. What is left of it when that process has ended means nothing to the next
 * one, so a run that is resumed goes on at its own pace.
 */
import * as z from 'zod';
import type { Bounds } from '../../pace/limiters.js';

/** There is a file for each kind: of two orders of one kind the later one counts. */
export const orderKinds = ['stop', 'pause', 'tune'] as const;
export type OrderKind = (typeof orderKinds)[number];

/** What a run is told. */
export type Instruction =
  | { readonly kind: 'stop' }
  /** Not paused: it goes on. */
  | { readonly kind: 'pause'; readonly isPaused: boolean }
  | ({ readonly kind: 'tune' } & Bounds);

/** What an order's file says. */
export type Order = Instruction & {
  readonly id: string;
  /** The owner of the lock whom it is for. */
  readonly to: string;
};

const address = { id: z.uuid(), to: z.uuid() };
const bounds = {
  maxRate: z.number().positive().optional(),
  concurrency: z.number().int().positive().optional(),
};
const Order = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stop'), ...address }),
  z.object({ kind: z.literal('pause'), ...address, isPaused: z.boolean() }),
  z.object({ kind: z.literal('tune'), ...address, ...bounds }),
]);

/** How a run is steered, as its file says. */
export interface ControlState extends Bounds {
  /** The owner of the lock whose process says so: of any other process it says nothing. */
  readonly of: string;
  /** The order of each kind that was carried out last. */
  readonly answered: { readonly [Kind in OrderKind]?: string };
  readonly isPaused: boolean;
  /** When it was paused or went on, ISO 8601 UTC by the run's clock; absent if it never was paused. */
  readonly since?: string;
}

const ControlState = z.object({
  of: z.uuid(),
  answered: z.object({ stop: z.uuid().optional(), pause: z.uuid().optional(), tune: z.uuid().optional() }),
  isPaused: z.boolean(),
  since: z.iso.datetime().optional(),
  ...bounds,
});

/** Of a run that was told nothing yet. */
export const unsteered = (owner: string): ControlState => ({ of: owner, answered: {}, isPaused: false });

/** Undefined if the text is no order that this version understands. */
export function parseOrder(text: string): Order | undefined {
  const told = read(text, Order);
  return told && (withoutGaps(told) as unknown as Order);
}

/** Undefined if the text is nothing that a run of this version has written. */
export function parseControl(text: string): ControlState | undefined {
  const told = read(text, ControlState);
  return told && (withoutGaps(told) as unknown as ControlState);
}

/** What a run says once an order was carried out. @param at ISO 8601 UTC */
export function carriedOut(state: ControlState, order: Order, at: string): ControlState {
  const answered = { ...state.answered, [order.kind]: order.id };
  if (order.kind === 'stop') return { ...state, answered };
  if (order.kind === 'tune') {
    const { maxRate = state.maxRate, concurrency = state.concurrency } = order;
    return {
      ...state,
      answered,
      ...(maxRate !== undefined && { maxRate }),
      ...(concurrency !== undefined && { concurrency }),
    };
  }
  const { isPaused } = order;
  return isPaused === state.isPaused ? { ...state, answered } : { ...state, answered, isPaused, since: at };
}

/** What was set anew, as a member; none if nothing was. */
export function tunedBy({ maxRate, concurrency }: Bounds): { readonly tuned?: Bounds } {
  const tuned = {
    ...(maxRate !== undefined && { maxRate }),
    ...(concurrency !== undefined && { concurrency }),
  };
  return Object.keys(tuned).length > 0 ? { tuned } : {};
}

/** Whether a run says that it has carried out an order. */
export const isAnswered = (state: ControlState | undefined, { to, kind, id }: Order): boolean =>
  state?.of === to && state.answered[kind] === id;

function read<T>(text: string, shape: z.ZodType<T>): T | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const withoutGaps = (told: object): object =>
  Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));

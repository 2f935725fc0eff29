/** Sends an answer, in the way that the fault wants. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Answer } from '../api/answers.js';
import type { FaultKind } from './fault-rule.js';
import type { Timers } from './timers.js';

export interface Delivery {
  readonly answer: Answer;
  readonly requestId: string;
  /** The server's clock, epoch ms. */
  readonly date: number;
  /** ms before anything happens. */
  readonly wait: number;
  readonly fault?: FaultKind;
  /** ms between the bytes of `drip`. */
  readonly pause?: number;
  /** Length of `big`'s body. */
  readonly bytes?: number;
}

export function deliver(response: ServerResponse, delivery: Delivery, timers: Timers): void {
  const send = () => {
    // The client may have gone by now.
    if (!socketOf(response).destroyed) sendNow(response, delivery, timers);
  };
  if (delivery.wait > 0) timers.after(delivery.wait, send);
  else send();
}

function sendNow(response: ServerResponse, delivery: Delivery, timers: Timers): void {
  switch (delivery.fault) {
    case 'reset-before':
    case 'reset-after':
    case 'reset-then-refused':
      socketOf(response).resetAndDestroy();
      return;
    case 'hang':
      return;
    case 'half':
      half(response, delivery);
      return;
    case 'drip':
      drip(response, delivery, timers);
      return;
    case 'big':
      big(response, delivery);
      return;
    case 'close':
      whole(response, delivery, { connection: 'close' });
      return;
    case 'hang-up':
      response.once('finish', () => socketOf(response).destroySoon());
      whole(response, delivery);
      return;
    default:
      whole(response, delivery);
  }
}

/** The response itself has no socket while an earlier, pipelined request is being answered. */
const socketOf = (response: ServerResponse): Socket => response.req.socket;

/** The headers of an answer, without those of its transport. */
export function headersOf({ answer, requestId, date }: Delivery): Record<string, string> {
  const own = answer.foreign ? {} : { 'x-amzn-requestid': requestId };
  return { ...answer.headers, ...own, date: httpDate(date) };
}

function whole(response: ServerResponse, delivery: Delivery, more?: Record<string, string>): void {
  const { status, body } = delivery.answer;
  const length = String(Buffer.byteLength(body));
  response.writeHead(status, { ...headersOf(delivery), 'content-length': length, ...more });
  response.end(body);
}

/** Announces the whole body, sends half of it, and closes the connection. */
function half(response: ServerResponse, delivery: Delivery): void {
  const body = Buffer.from(delivery.answer.body);
  const part = body.subarray(0, Math.ceil(body.length / 2));
  response.writeHead(delivery.answer.status, {
    ...headersOf(delivery),
    'content-length': String(body.length),
  });
  response.write(part, () => socketOf(response).destroy());
}

function drip(response: ServerResponse, delivery: Delivery, timers: Timers): void {
  const body = Buffer.from(delivery.answer.body);
  response.writeHead(delivery.answer.status, {
    ...headersOf(delivery),
    'content-length': String(body.length),
  });
  let sent = 0;
  const next = () => {
    if (socketOf(response).destroyed) return;
    response.write(body.subarray(sent, sent + 1));
    sent += 1;
    if (sent < body.length) timers.after(delivery.pause ?? 5, next);
    else response.end();
  };
  next();
}

const CHUNK = Buffer.alloc(65_536, 'x');

/** A JSON object that holds one long text. */
function big(response: ServerResponse, delivery: Delivery): void {
  response.writeHead(delivery.answer.status, headersOf(delivery));
  const [head, tail] = ['{"filler":"', '"}'];
  let left = (delivery.bytes ?? 10 * 1024 * 1024) - head.length - tail.length;
  response.write(head);
  const more = () => {
    while (left > 0 && !response.destroyed) {
      const chunk = left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
      left -= chunk.length;
      if (!response.write(chunk)) {
        response.once('drain', more);
        return;
      }
    }
    if (!response.destroyed) response.end(tail);
  };
  more();
}

let lastSecond = Number.NaN;
let lastText = '';

/** The text of a Date header; it is the same for a whole second. */
function httpDate(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastText = new Date(second * 1000).toUTCString();
  }
  return lastText;
}

/** A run's progress, while it goes on. */
import type { Progress } from '../run/options/table/run-events.js';
import { count, duration } from './plain.js';

/** A terminal or a file that progress is written to. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** ms between two updates on a terminal, and between two lines elsewhere. */
const REDRAW = 100;
const LINE = 10_000;

/** Shows progress as a bar on a terminal, elsewhere as a plain line every 10 s. */
export class ProgressDisplay {
  private shownAt: number;
  private readonly screen: Screen;
  private readonly startedAt: number;

  constructor(screen: Screen, now = performance.now()) {
    this.screen = screen;
    this.startedAt = now;
    this.shownAt = screen.isTTY ? Number.NEGATIVE_INFINITY : now;
  }

  /** While all users are listed, which may be needed before anything is sent. */
  showUsers(users: number, now = performance.now()): void {
    if (this.isDue(now)) this.write(`reading users: ${count(users)}`);
  }

  show(progress: Progress, now = performance.now()): void {
    if (!this.isDue(now)) return;
    const facts = progressFacts(progress, (now - this.startedAt) / 1000);
    this.write(this.screen.isTTY ? bar(progress, facts, this.screen.columns || 80) : facts);
  }

  private isDue(now: number): boolean {
    if (now - this.shownAt < (this.screen.isTTY ? REDRAW : LINE)) return false;
    this.shownAt = now;
    return true;
  }

  private write(text: string): void {
    this.screen.write(this.screen.isTTY ? `\r${text}\x1b[K` : `${text}\n`);
  }

  /** Clears the bar, so that what follows starts on a clean line. */
  end(): void {
    if (this.screen.isTTY) this.screen.write('\r\x1b[K');
  }
}

/** The text that both forms share. */
export function progressFacts(progress: Progress, elapsed: number): string {
  const { done, rows, updated, failed, throttled, rate } = progress;
  const parts = [`${count(done)}/${count(rows)}`, `${count(updated)} updated`];
  if (failed > 0) parts.push(`${count(failed)} failed`);
  parts.push(`${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`);
  if (throttled > 0) parts.push(`${count(throttled)} throttled`);
  if (done > 0 && done < rows) parts.push(`${duration(((rows - done) * elapsed) / done)} left`);
  return parts.join(', ');
}

function bar({ done, rows }: Progress, facts: string, columns: number): string {
  const width = Math.min(30, columns - facts.length - 5);
  if (width < 5) return facts.slice(0, columns - 1);
  const full = Math.round((width * done) / Math.max(1, rows));
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}] ${facts}`;
}

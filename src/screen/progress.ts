/** A run's progress, while it goes on. */
import type { Progress } from '../run/options/table/run-events.js';
import { count } from '../text/count.js';
import { type Paint, uncoloured } from '../text/paint.js';
import { duration } from './plain.js';
import { TimeLeft } from './time-left.js';

/** A terminal or a file that progress is written to. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** ms between two updates on a terminal, and between two lines elsewhere. */
const REDRAW = 100;
const LINE = 10_000;

/**
 * Shows progress as a bar on a terminal, elsewhere as a plain line every 10 s. Times are in ms, of a clock that stands
 * still while somebody is asked.
 */
export class ProgressDisplay {
  private shownAt: number;
  private readonly screen: Screen;
  private readonly timeLeft = new TimeLeft();
  private lastAt: number | undefined;
  /** ms in which the run was paused. */
  private pausedMs = 0;
  /** Characters of the bar that is on the screen, and the width of the screen when it was drawn. */
  private drawn = { length: 0, columns: 0 };

  private readonly paint: Paint;

  constructor(screen: Screen, now: number, paint: Paint = uncoloured) {
    this.screen = screen;
    this.paint = paint;
    this.shownAt = screen.isTTY ? Number.NEGATIVE_INFINITY : now;
  }

  /** While all users are listed, which may be needed before anything is sent. */
  showUsers(users: number, now: number): void {
    if (this.isDue(now)) this.write(`reading users: ${count(users)}`);
  }

  show(progress: Progress, now: number): void {
    if (progress.paused) this.pausedMs += now - (this.lastAt ?? now);
    this.lastAt = now;
    this.timeLeft.add(now - this.pausedMs, progress.done);
    if (!this.isDue(now)) return;
    const left = progress.paused || progress.rate === 0 ? undefined : this.timeLeft.of(progress.rows);
    this.write(progressLine(progress, left, this.screen.isTTY ? this.columns : undefined));
  }

  private isDue(now: number): boolean {
    if (now - this.shownAt < (this.screen.isTTY ? REDRAW : LINE)) return false;
    this.shownAt = now;
    return true;
  }

  private write(text: string): void {
    if (this.screen.isTTY) this.draw(text);
    else this.screen.write(`${paintedLine(text, this.paint)}\n`);
  }

  /** Clears the bar, so that what follows starts on a clean line. */
  end(): void {
    if (this.screen.isTTY) this.draw('');
  }

  private draw(text: string): void {
    const { columns, drawn } = this;
    // A terminal that has become narrower has broken the bar into several lines.
    const above = columns < drawn.columns ? Math.ceil(drawn.length / columns) - 1 : 0;
    this.screen.write(`\r${above > 0 ? `\x1b[${above}A\x1b[J` : ''}${paintedLine(text, this.paint)}\x1b[K`);
    this.drawn = { length: text.length, columns };
  }

  private get columns(): number {
    return this.screen.columns || 80;
  }
}

/**
 * The line that says where a run stands.
 *
 * @param left ms
 * @param columns of the terminal, which gets a bar, and no more than fits: the time left is what goes last
 */
export function progressLine(progress: Progress, left: number | undefined, columns?: number): string {
  const { done, rows, updated, failed, throttled } = progress;
  /** In their order on the screen, and how long each of them stays if there is little room. */
  const parts: [text: string, importance: number][] = [
    [`${count(done)}/${count(rows)}`, 6],
    [`${count(updated)} updated`, 3],
    ...part(failed > 0, `${count(failed)} failed`, 4),
    paceOf(progress, (columns ?? NARROW) < NARROW),
    ...part(throttled > 0, `${count(throttled)} throttled`, 1),
    ...part(left !== undefined, `${duration((left ?? 0) / 1000)} left`, 5),
  ];
  const text = (least: number) =>
    parts.flatMap(([each, importance]) => (importance < least ? [] : [each])).join(', ');
  if (columns === undefined) return text(0);
  const fitting = [0, 2, 3, 4, 5, 6].map(text).find((each) => each.length < columns) ?? '';
  const width = Math.min(30, columns - fitting.length - 5);
  if (width < 5) return fitting;
  const full = Math.round((width * done) / Math.max(1, rows));
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}] ${fitting}`;
}

/** ms; a shorter wait is over before it is read. */
const NOTICEABLE = 1500;

/** Columns of a terminal that has no room for whole sentences. */
const NARROW = 60;

function paceOf(
  { paused, rate, limit, heldMs }: Progress,
  isNarrow: boolean,
): [text: string, importance: number] {
  if (paused) return ['paused', 5];
  if (rate === 0) return [isNarrow ? 'service down' : 'service down, probing', 5];
  const why = isNarrow ? 'waiting' : 'waiting for the rate limit,';
  if (heldMs >= NOTICEABLE) return [`${why} ${duration(heldMs / 1000)}`, 5];
  return [`${perSecond(rate)}/s${limit === undefined ? '' : ` of ${perSecond(limit)}/s`}`, 2];
}

const perSecond = (rate: number): string => (rate < 10 ? rate.toFixed(1) : count(Math.round(rate)));

/** What asks for a look stands out. */
const paintedLine = (line: string, paint: Paint): string =>
  line
    .replace(/[\d,]+ failed/, (text) => paint('red', text))
    .replace(/paused|service down(?:, probing)?|waiting(?: for the rate limit)?/, (text) =>
      paint('yellow', text),
    );

const part = (isShown: boolean, text: string, importance: number): [string, number][] =>
  isShown ? [[text, importance]] : [];

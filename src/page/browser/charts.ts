/**
 * The charts. uPlot draws them: it is small (50 KB), keeps up with a run that goes on, and shows the value under the
 * pointer. SVG that the program writes would do without a script, but the live page and the report would each need
 * axes, ticks and a legend of their own making. What a canvas lacks, the page makes up for: the figures are in a table
 * as well, and the charts are drawn anew for the dark, for another width and for paper.
 */
import uPlot from 'uplot';
import { duration } from '../../screen/plain.js';
import { el, plainEl, type View } from '../view/element.js';
import type { SeriesPoint } from '../view/page-data.js';
import { type Timeline, timelineOf } from '../view/timeline.js';
import { find, toNode } from './dom.js';

const HEIGHT = 220;
/** px; what a sheet of paper has room for. */
const PAPER = 680;
const FONT = '12px system-ui, sans-serif';

const prints = matchMedia('print');
const isDark = matchMedia('(prefers-color-scheme: dark)');

/** Draws a run's series, and again when the page looks different. */
export class Charts {
  #series: readonly SeriesPoint[] = [];
  #drawn: uPlot[] = [];
  #isPaper = prints.matches;

  constructor() {
    isDark.addEventListener('change', () => this.#draw());
    prints.addEventListener('change', ({ matches }) => this.#paper(matches));
    addEventListener('beforeprint', () => this.#paper(true));
    addEventListener('afterprint', () => this.#paper(false));
    const width = new ResizeObserver(() => {
      for (const plot of this.#drawn) {
        const wanted = this.#widthOf(plot.root.parentElement);
        if (wanted !== plot.width) plot.setSize({ width: wanted, height: HEIGHT });
      }
    });
    width.observe(find('#charts'));
    find<HTMLDetailsElement>('#figures').addEventListener('toggle', () => this.#fillFigures());
  }

  show(series: readonly SeriesPoint[]): void {
    this.#series = series;
    find('#charts > section').className = series.length < 2 ? 'empty' : '';
    const timeline = timelineOf(series);
    const data = [rateData(timeline), latencyData(timeline)];
    if (this.#drawn.length === 0) this.#draw();
    else for (const [index, plot] of this.#drawn.entries()) plot.setData(data[index] as uPlot.AlignedData);
    this.#fillFigures();
  }

  #paper(isPaper: boolean): void {
    if (this.#isPaper === isPaper) return;
    this.#isPaper = isPaper;
    this.#draw();
  }

  #widthOf(place: Element | null): number {
    return this.#isPaper ? PAPER : Math.max(200, place?.clientWidth ?? 0);
  }

  #draw(): void {
    for (const plot of this.#drawn) plot.destroy();
    this.#drawn = [];
    if (this.#series.length < 2) return;
    const timeline = timelineOf(this.#series);
    const colours = coloursOf(this.#isPaper);
    const places = ['#chart-rate .plot', '#chart-latency .plot'].map((selector) => find(selector));
    const [rate, latency] = places as [HTMLElement, HTMLElement];
    this.#drawn = [
      new uPlot(this.#rateOptions(timeline, colours, rate), rateData(timeline), rate),
      new uPlot(this.#latencyOptions(timeline, colours, latency), latencyData(timeline), latency),
    ];
  }

  #rateOptions(timeline: Timeline, colours: Colours, place: HTMLElement): uPlot.Options {
    return {
      ...this.#base(timeline, colours, place, '/s'),
      series: [
        { label: 'after', value: (_, x) => (x === null ? '–' : duration(x)) },
        { ...line('rows/s', colours.good), fill: `${colours.good}1f` },
        line('allowed', colours.busy, [6, 4]),
        line('limit found', colours.ink, [2, 3]),
        {
          label: 'throttles/s',
          stroke: colours.bad,
          paths: () => null,
          points: { show: true, size: 6, fill: colours.bad, stroke: colours.bad },
          value: shownValue,
        },
      ],
    };
  }

  #latencyOptions(timeline: Timeline, colours: Colours, place: HTMLElement): uPlot.Options {
    return {
      ...this.#base(timeline, colours, place, ' ms'),
      series: [
        { label: 'after', value: (_, x) => (x === null ? '–' : duration(x)) },
        line('half of them, ms', colours.good),
        line('95 %, ms', colours.warn),
      ],
    };
  }

  #base(
    timeline: Timeline,
    colours: Colours,
    place: HTMLElement,
    unit: string,
  ): Pick<uPlot.Options, 'width' | 'height' | 'scales' | 'axes' | 'cursor' | 'legend' | 'hooks'> {
    const axis = { stroke: colours.quiet, font: FONT, grid: { stroke: colours.grid, width: 1 } };
    return {
      width: this.#widthOf(place),
      height: HEIGHT,
      scales: { x: { time: false }, y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
      axes: [
        { ...axis, ticks: { stroke: colours.grid }, space: 70, values: (_, ticks) => ticks.map(duration) },
        {
          ...axis,
          ticks: { show: false },
          size: 64,
          values: (_, ticks) => ticks.map((tick) => `${tick}${unit}`),
        },
      ],
      cursor: { drag: { x: false, y: false } },
      legend: { live: !this.#isPaper },
      hooks: { draw: [(plot) => markResumes(plot, timeline.resumed, colours)] },
    };
  }

  /** The figures are a few thousand cells: nobody waits for them who does not want them. */
  #fillFigures(): void {
    const details = find<HTMLDetailsElement>('#figures');
    if (details.open) find('.scroll', details).replaceChildren(toNode(figures(this.#series)));
  }
}

interface Colours {
  readonly ink: string;
  readonly quiet: string;
  readonly grid: string;
  readonly good: string;
  readonly busy: string;
  readonly warn: string;
  readonly bad: string;
}

/** Those of the style; on paper those of the light. */
function coloursOf(isPaper: boolean): Colours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${isPaper ? 'paper-' : ''}${name}`).trim();
  return {
    ink: colour('ink'),
    quiet: colour('quiet'),
    grid: colour('line'),
    good: colour('good'),
    busy: colour('busy'),
    warn: colour('warn'),
    bad: colour('bad'),
  };
}

const shownValue = (_: uPlot, value: number | null): string => (value === null ? '–' : String(value));

const line = (label: string, stroke: string, dash?: number[]): uPlot.Series => ({
  label,
  stroke,
  width: 1.5,
  ...(dash && { dash }),
  points: { show: false },
  value: shownValue,
});

const rateData = ({ x, done, rate, limit, throttled }: Timeline): uPlot.AlignedData => [
  x,
  done,
  rate,
  limit,
  throttled,
];
const latencyData = ({ x, p50, p95 }: Timeline): uPlot.AlignedData => [x, p50, p95];

/** An upright line at each moment at which the run went on after it had been stopped. */
function markResumes(plot: uPlot, resumed: readonly number[], { quiet }: Colours): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = quiet;
  ctx.setLineDash([4, 4]);
  for (const at of resumed) {
    const x = Math.round(plot.valToPos(at, 'x', true));
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

const HEADINGS = ['until, UTC', 'seconds', 'rows', 'not through', 'throttles', 'allowed/s', 'limit/s'];

function figures(series: readonly SeriesPoint[]): View {
  const cell = (value: number | null) => plainEl('td', value === null ? '–' : String(value));
  return plainEl(
    'table',
    plainEl(
      'thead',
      plainEl(
        'tr',
        ...[...HEADINGS, 'p50 ms', 'p95 ms'].map((heading) => el('th', { scope: 'col' }, heading)),
      ),
    ),
    plainEl(
      'tbody',
      ...series.map(({ at, seconds, done, failed, throttled, rate, limit, p50, p95 }) =>
        plainEl(
          'tr',
          el('th', { scope: 'row' }, new Date(at).toISOString().slice(0, 19).replace('T', ' ')),
          ...[seconds, done, failed, throttled, rate, limit, p50, p95].map(cell),
        ),
      ),
    ),
  );
}

/** Prometheus' text format, version 0.0.4, as far as it is needed: made, and read back from what was made here. */

/** One metric with its values. Names and units follow Prometheus' conventions: base units, counters end in `_total`. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  /** In a short sentence. */
  readonly help: string;
  readonly values: readonly Value[];
}

interface Value {
  readonly labels: Labels;
  readonly value: number;
}

export type Labels = Readonly<Record<string, string>>;

/** What every file begins with. */
export const BEGINNING = '# HELP wickr_bulk_';

/** The text; a metric without a value is left out. */
export const exposition = (metrics: readonly Metric[]): string =>
  metrics
    .filter(({ values }) => values.length > 0)
    .map(({ name, type, help, values }) => {
      const lines = values.map(({ labels, value }) => `${seriesKey(name, labels)} ${value}\n`);
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
    })
    .join('');

/** A metric's name with labels, as its line begins. */
export function seriesKey(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const LINE = /^(wickr_bulk_\w+(?:\{[^}]*\})?) (-?\d[\d.eE+-]*)$/;

/** The values of a file by name and labels; lines that are none of ours are left out. */
export function parseExposition(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').map((line) => LINE.exec(line));
  return new Map(
    lines.flatMap((match) => {
      const [, key, value] = match ?? [];
      return key !== undefined && Number.isFinite(Number(value)) ? [[key, Number(value)] as const] : [];
    }),
  );
}

/** What is on the canvas of a chart. */
import type { Page } from 'playwright-core';

/** Pixels of a canvas that are not empty. */
export const drawn = (page: Page, chart: string): Promise<number> =>
  page.locator(`#chart-${chart} canvas`).evaluate((node) => {
    const canvas = node as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let pixels = 0;
    for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 0) > 0) pixels += 1;
    return pixels;
  });

/** Pixels of a canvas that are nearly of a colour. */
export const ofColour = (
  page: Page,
  chart: string,
  colour: readonly [number, number, number],
): Promise<number> =>
  page.locator(`#chart-${chart} canvas`).evaluate((node, wanted) => {
    const canvas = node as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let pixels = 0;
    for (let at = 0; at < data.length; at += 4) {
      const isNear = [0, 1, 2].every((part) => Math.abs((data[at + part] ?? 0) - (wanted[part] ?? 0)) < 12);
      if (isNear && (data[at + 3] ?? 0) > 200) pixels += 1;
    }
    return pixels;
  }, colour);

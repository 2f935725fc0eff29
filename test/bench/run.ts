/** One measured run in a process of its own: `node --import tsx run.ts URL INPUT FOLDER ROWS` prints its peak memory. */
import { measurePipeline } from './throughput.js';

const [url = '', input = '', folder = '', rows = '0'] = process.argv.slice(2);
const speed = await measurePipeline(url, input, Number(rows), folder);
process.stdout.write(JSON.stringify({ ...speed, peakMegabytes: process.resourceUsage().maxRSS / 1024 }));

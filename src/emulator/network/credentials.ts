/** The keys that the emulator accepts. */
import { Random } from './seeded-random.js';

export interface EmulatorCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** If there is one, every request must carry and sign it. */
  readonly sessionToken?: string;
}

/** Keys that are obviously fake, but as long as AWS's: 20 and 40 characters. */
export function fakeCredentials(seed: number): EmulatorCredentials {
  const random = new Random(seed, 'credentials');
  return {
    accessKeyId: `AKIAEMULATOR${random.text(8, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
    secretAccessKey: `NOT/A/REAL/SECRET/${random.text(22, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789')}`,
  };
}

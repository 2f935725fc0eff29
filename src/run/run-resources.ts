/** What a run holds while it goes on: files, locks, a session. One owner lets go of all of them, the last one first. */

/** Lets go of something; called once. */
type Release = () => Promise<void>;

export class RunResources {
  readonly #releases: Release[] = [];

  /** Takes charge of something that has to be closed, and gives it back. */
  use<T extends { close(): Promise<void> }>(resource: T): T {
    this.defer(() => resource.close());
    return resource;
  }

  /** Has this done when the run lets go, before all that was taken charge of earlier. */
  defer(release: Release): void {
    this.#releases.push(release);
  }

  /** Lets go of everything, whatever fails on the way. @throws the first error that was met */
  async release(): Promise<void> {
    const errors: unknown[] = [];
    for (const release of this.#releases.splice(0).reverse())
      await release().catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw errors[0];
  }
}

/** Does a task and then lets go of all that it took charge of. The task's own error goes before one of letting go. */
export async function withResources<T>(task: (resources: RunResources) => Promise<T>): Promise<T> {
  const resources = new RunResources();
  let result: T;
  try {
    result = await task(resources);
  } catch (error) {
    await resources.release().catch(() => {});
    throw error;
  }
  await resources.release();
  return result;
}

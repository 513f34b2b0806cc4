/** Works through all items, at most `limit` at a time. Throws the first failure, once the work under way has ended. */
export const inParallel = async <T>(limit: number, items: Iterable<T>, work: (item: T) => Promise<void>) => {
  const queue = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const worker = async () => {
    for (let next = queue.next(); !next.done && failures.length === 0; next = queue.next()) {
      await work(next.value).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  if (failures.length > 0) throw failures[0];
};

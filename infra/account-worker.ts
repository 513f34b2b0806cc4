/**
 * What `sync-accounts` may take. Its work for 20,000 customers is a row for each, which takes processor time: with the
 * usual memory's seventh of a core it would not end before its time-out; with this it takes half of it.
 */
export const accountWorker = { memoryMb: 1024, timeoutSeconds: 120 };

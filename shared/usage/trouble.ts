import { calledAt, type LedgerEntry } from "./ledger.ts";

/** Gradient has refused its last call (401, 403). */
export const isRefused = (entry: LedgerEntry | undefined): boolean => entry?.last.refusedAt !== undefined;

/** It may have ended a run: Gradient has refused it, or wanted fewer calls until it was given up. */
export const isTroubled = (entry: LedgerEntry | undefined): boolean => isRefused(entry) || entry?.owed === "throttled";

/** Since when, however often it was called in vain after that; undefined where it is in no trouble. */
export const troubledSince = (entry: LedgerEntry | undefined): string | undefined =>
  isTroubled(entry) ? (entry?.last.troubledAt ?? calledAt(entry)) : undefined;

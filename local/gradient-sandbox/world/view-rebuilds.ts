import { put, type StateStore } from "./state-store.ts";
import type { Timers } from "./timers.ts";

interface Dependencies {
  store: StateStore;
  nowMs: () => number;
  timers: Timers;
}

// Gradient says only that it waits for calls to stop
const quietMs = 1000;

/** Rebuilds a partner's billing views once its counts have stopped for a second; `lastSyncedAt` tells when that was. */
export const viewRebuilds = ({ store, nowMs, timers }: Dependencies) => {
  const callOff = new Map<string, () => void>();

  const rebuild = (organizationId: string) => {
    callOff.delete(organizationId);
    const organization = store.read.organizations.get(organizationId);
    if (!organization || organization.tokenHash === null) return;
    store.commit(put("organizations", { ...organization, lastSyncedAt: new Date(nowMs()).toISOString() }));
  };

  const schedule = (organizationId: string) => {
    callOff.get(organizationId)?.();
    callOff.set(
      organizationId,
      timers.later(quietMs, () => rebuild(organizationId)),
    );
  };

  return {
    schedule,
    /** Takes up the rebuilds that a kill had cut off. */
    resume: () => {
      for (const { organizationId, at, noBuild } of store.read.counts.values()) {
        const lastSyncedAt = store.read.organizations.get(organizationId)?.lastSyncedAt;
        if (!noBuild && lastSyncedAt !== undefined && at > lastSyncedAt && !callOff.has(organizationId)) {
          schedule(organizationId);
        }
      }
    },
  };
};
export type ViewRebuilds = ReturnType<typeof viewRebuilds>;

import type { SandboxWorld } from "./sandbox-world.ts";
import { timeOf } from "./sandbox-world.ts";
import { put } from "./state-store.ts";
import type { Timers } from "./timers.ts";

// Gradient says only that it waits for calls to stop
const quietMs = 1000;

/** Rebuilds a partner's billing views once its counts have stopped for a second; `lastSyncedAt` tells when that was. */
export const viewRebuilds = ({ store, nowMs, timers }: Pick<SandboxWorld, "store" | "nowMs"> & { timers: Timers }) => {
  const callOff = new Map<string, () => void>();

  const rebuild = (organizationId: string) => {
    callOff.delete(organizationId);
    const organization = store.read.organizations.get(organizationId);
    if (!organization || organization.tokenHash === null) return;
    store.commit(put("organizations", { ...organization, lastSyncedAt: timeOf({ nowMs }) }));
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

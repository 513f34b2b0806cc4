import { isAppError } from "#shared/errors";
import type {
  Caller,
  CountAnswer,
  GradientApi,
  GradientClient,
  SentCount,
  UnitCount,
} from "#shared/gradient/gradient-api";
import { takeTurn } from "#shared/gradient/gradient-requests";
import type { PartnerToken } from "#shared/gradient/gradient-token";

/** Gradient's side of the calls: it knows nothing of slots. */
export interface GradientSide extends Omit<GradientApi, "setUnitCount"> {
  setUnitCount(token: PartnerToken, count: UnitCount): Promise<CountAnswer>;
}

/** Slots without a limit, for tests that are about something else. */
export const freePacer: Caller["pacer"] = {
  slot: async () => Number.POSITIVE_INFINITY,
  slowDown: async () => undefined,
};

/** What the real client does around each request: it takes a slot, asks whether it may go, and says when it went. */
export const pacedCalls = (caller: Caller, now: () => Date) => ({
  other: async <T>(call: () => Promise<T>): Promise<T> => {
    await takeTurn(caller, now);
    try {
      return await call();
    } catch (error) {
      if (isAppError(error, "gradient.throttled")) await caller.pacer.slowDown(null);
      throw error;
    }
  },
  count: async (call: () => Promise<CountAnswer>): Promise<SentCount> => {
    const sentAt = await takeTurn(caller, now).catch((error: unknown) => {
      if (!isAppError(error, "gradient.not-asked")) throw error;
      return null;
    });
    if (sentAt === null) return { kind: "not-sent" };
    const answer = await call();
    if (answer.kind === "throttled") await caller.pacer.slowDown(answer.retryAfterMs);
    return { ...answer, sentAt };
  },
});

/** The way to a Gradient that is no server. */
export const pacedGradient = (gradient: GradientSide, now: () => Date): GradientClient => ({
  as: (caller) => {
    const { other, count } = pacedCalls(caller, now);
    return {
      readConnection: (token) => other(() => gradient.readConnection(token)),
      setStatus: (token, status) => other(() => gradient.setStatus(token, status)),
      readServices: (token) => other(() => gradient.readServices(token)),
      createService: (token, service) => other(() => gradient.createService(token, service)),
      readAccounts: (token) => other(() => gradient.readAccounts(token)),
      createAccounts: (token, accounts) => other(() => gradient.createAccounts(token, accounts)),
      changeAccounts: (token, changes) => other(() => gradient.changeAccounts(token, changes)),
      setUnitCount: (token, unitCount) => count(() => gradient.setUnitCount(token, unitCount)),
    };
  },
});

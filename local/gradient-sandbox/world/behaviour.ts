import * as z from "zod";

const names = z.array(z.string().min(1)).max(1_000);

export const behaviourSettings = z.strictObject({
  /** False plays the older specification: whether an account is mapped is not told. */
  tellsIsMapped: z.boolean().optional(),
  /** Names of services, and of accounts, that Gradient does not take (400). */
  refusedServices: names.optional(),
  refusedAccounts: names.optional(),
  /** Accounts in one body; more are answered with 413. */
  maxAccountsInBody: z.number().int().min(1).optional(),
  /** How often a finished mapping is told, each time under the same id, and how much later; 0 for never. */
  webhook: z
    .strictObject({ times: z.number().int().min(0).max(5), delayMs: z.number().min(0).max(600_000) })
    .optional(),
});
export type BehaviourSettings = z.infer<typeof behaviourSettings>;

/** What Gradient may do besides failing; in memory only, so that a restart is always a way back. */
export const sandboxBehaviour = () => {
  let settings: BehaviourSettings = {};
  return {
    current: (): BehaviourSettings => settings,
    set: (next: BehaviourSettings) => {
      settings = next;
    },
    clear: () => {
      settings = {};
    },
    tellsIsMapped: (): boolean => settings.tellsIsMapped ?? true,
    refusesService: (name: string): boolean => settings.refusedServices?.includes(name) ?? false,
    refusesAccount: (name: string): boolean => settings.refusedAccounts?.includes(name) ?? false,
    takesAccounts: (count: number): boolean => count <= (settings.maxAccountsInBody ?? Number.POSITIVE_INFINITY),
    webhook: (): { times: number; delayMs: number } => settings.webhook ?? { times: 1, delayMs: 0 },
  };
};
export type SandboxBehaviour = ReturnType<typeof sandboxBehaviour>;

/** One guard of the engine taken out, and the quick test that must turn red without it. */
export interface Mutant {
  name: string;
  patches: { file: string; from: string; to: string }[];
  killedBy: keyof typeof suites;
}

/** Arguments for Node, run in the folder of the patched sources. */
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--bail", "1"];
const folder = (verb: string): string => `test/functions/${verb}`;
const mailTests = (name: string): string => folder(`send-owner-mail/${name}.test.ts`);

export const suites = {
  seeds: ["test/simulation/run.ts", "--seeds", "8000", "--threads", "1", "--until-broken"],
  histories: ["test/simulation/breakers/run.ts", "--seeds", "6000", "--until-broken"],
  breakers: [...vitest, "test/shared/breakers"],
  fleet: ["test/simulation/run.ts", "--kind", "fleet", "--seeds", "2000", "--threads", "1", "--until-broken"],
  stalls: [...vitest, "test/simulation/stories/stall-points.test.ts"],
  sends: [...vitest, "test/functions/export-usage", "test/shared/usage"],
  agreements: [...vitest, "test/shared/agreements", folder("confirm-agreement")],
  wants: [...vitest, "test/shared/exports", "test/shared/integrations"],
  contracts: [...vitest, "test/contract/gradient-client"],
  pace: [...vitest, "test/shared/pace"],
  looks: [...vitest, ...["sync-accounts", "sync-catalogue", "watch-mappings"].map(folder)],
  pages: [
    ...vitest,
    ...["check-mapping", "read-integration"].map(folder),
    ...["test/shared/customers", "test/shared/views"],
  ],
  decisions: [...vitest, folder("leave-out")],
  mails: [
    ...vitest,
    ...["good-runs", "limits", "run-results", "unreadable-results", "waiting"].map(mailTests),
    ...["results-at-another-address", "results-month-by-month", "results-that-wait"].map(mailTests),
    ...["watch-mails", "record-mail-report", "put-partner"].map(folder),
  ],
  rows: [...vitest, "test/rows/unreadable-rows.test.ts", "test/rows/unreadable-run.test.ts", "test/shared/table"],
  deeds: [
    ...vitest,
    ...["start-export", "register-token", "cancel-export", "admit-exports", "record-customers"].map(folder),
    ...[
      "close-connection/taken-over.test.ts",
      "disconnect-integration",
      "put-service",
      "record-usage",
      "remove-customer",
    ].map(folder),
  ],
};

export const one = (name: string, killedBy: Mutant["killedBy"], file: string, from: string, to: string): Mutant => ({
  name,
  killedBy,
  patches: [{ file, from, to }],
});

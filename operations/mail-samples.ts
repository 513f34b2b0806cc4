import type { LetterContext } from "#shared/mail/letters/letter-context";
import type { RunReport } from "#shared/mail/letters/run-mails";
import type { FactsAbout, MailKind } from "#shared/mail/mail-facts";

const by = { name: "Dana Reyes", address: "198.51.100.7" };
const at = "2026-11-25T09:15:00.000Z";

/** One of each kind of mail, to look at. */
export const mailSamples: { [Kind in MailKind]: FactsAbout<Kind> } = {
  "agreement-confirmed": {
    kind: "agreement-confirmed",
    version: "2026-11-26",
    sha256: "5d2f9cf18752790a0f1b2fdf062629a2c3b369be22b2a8442ff9b6270c76a403",
    confirmedAt: at,
    confirmedByName: by.name,
    confirmedByEmail: "dana.reyes@msp.example",
    address: by.address,
  },
  "token-rejected": { kind: "token-rejected", rejectedAt: at },
  "back-to-normal": { kind: "back-to-normal", refusedSince: at, resumedAt: "2026-11-25T11:40:00.000Z" },
  "token-replaced": {
    kind: "token-replaced",
    replacedAt: at,
    by,
    lastFour: "9f3c",
    organizationName: "Harbourline IT (new)",
    organizationBefore: "Harbourline IT",
  },
  disconnected: { kind: "disconnected", disconnectedAt: at, by },
  "disconnected-in-gradient": {
    kind: "disconnected-in-gradient",
    noticedAt: at,
    organizationName: "Harbourline IT",
  },
  "mapping-digest": {
    kind: "mapping-digest",
    at,
    accounts: {
      unmapped: 4,
      names: ["Alder & Finch Solicitors", "Žižkov Dental", "www.pay-here.example"],
      units: [120, 17, 1],
    },
    services: { unmapped: 1, names: ["DNS filtering"], units: [90] },
  },
  "token-aged": {
    kind: "token-aged",
    registeredAt: "2026-05-20T08:00:00.000Z",
    days: 189,
    policyDays: 180,
    lastFour: "9f3c",
  },
  "run-result": { kind: "run-result", exportId: "20261125T010000000Z-1" },
  "run-missed": { kind: "run-missed", dueAt: "2026-11-25T01:00:00.000Z", noticedAt: at },
  "recipients-changed": {
    kind: "recipients-changed",
    changedAt: at,
    by,
    added: ["billing@msp.example"],
    removed: [],
  },
  "agreement-renewal": {
    kind: "agreement-renewal",
    at,
    version: "2027-01-01",
    until: "2027-01-31T00:00:00.000Z",
    isOver: false,
  },
};

export const sampleRun: RunReport = {
  outcome: "partial",
  trigger: "schedule",
  finishedAt: "2026-11-25T01:04:00.000Z",
  totals: { lines: 160, accepted: 97, unchanged: 58, unmapped: 3, rejected: 1, deferred: 1 },
  failing: [
    {
      customerName: "Alder & Finch Solicitors",
      serviceName: "DNS Filtering",
      unitCount: 17,
      reason: "Gradient refused this number.",
    },
    { customerName: "<script>alert(1)</script>", serviceName: "Backup", unitCount: null, reason: null },
  ],
  more: 0,
  stoppedBy: null,
};

export const sampleContext: LetterContext = {
  ownerName: "Olga Owner",
  ownerEmail: "olga.owner@msp.example",
  partnerName: "Harbourline IT",
  timeZone: "Europe/Prague",
  links: { hub: "https://hub.example/gradient", gradient: "https://app.usegradient.com/" },
};

import type { ExportMode } from "#shared/exports/usage-export";
import type { ExportSchedule } from "#shared/schedules/schedule";
import type { RowFamily } from "../world/unreadable-rows.ts";
import type { Rates } from "../world/weather.ts";

/** A partner as its history begins: with an agreement and a token, its customers in Gradient. */
export interface PartnerPlan {
  customers: number;
  ledgerBits: number;
  /** False: it still has to map. */
  isActive: boolean;
  /** The customers that it has not mapped in Gradient. */
  unmapped: number[];
  schedule: ExportSchedule;
  /** When an active one is due for its next scheduled run, after the history's begin. */
  dueInMs: number;
  /** How long ago something was new in its Gradient: looks come the less often. */
  quietForMs: number;
  /** When its token is tried, should nothing else have tried it by then. */
  tokenCheckInMs: number;
}

/** What somebody does, by the numbers of customers and services. */
export type Deed =
  | { does: "send"; mode: ExportMode; customer?: number; isRetry?: true; againAfterMs?: number }
  | { does: "cancel" }
  | { does: "measure"; customer: number; service: number; unitCount: number }
  /** Removed, or back. */
  | { does: "remove"; customer: number }
  /** Another customer, with a count for each service. */
  | { does: "add"; customer: number }
  /** Left out of billing, or back in. */
  | { does: "exclude"; customer: number }
  | { does: "rename"; customer: number }
  | { does: "map"; customer: number; isMapped: boolean }
  | { does: "map-service"; service: number; isMapped: boolean }
  /** The schedule is set, with a pause until so long after. */
  | { does: "schedule"; schedule: ExportSchedule; pauseMs: number | null }
  /** Another key in Gradient, for another connection where it says so; pasted into the hub a while later, or never. */
  | {
      does: "new-key";
      isOtherConnection: boolean;
      keepsOld: boolean;
      pastedAfterMs: number | null;
      sendAfterMs?: number;
    }
  /** The key that is in the hub already. */
  | { does: "paste-again" }
  /** A person leaves a customer or a service out of what is billed, or takes it in again. */
  | { does: "leave-out"; kind: "accounts" | "services"; place: number }
  /** Gradient has an account and does not list it, for so long. */
  | { does: "hide-account"; customer: number; forMs: number }
  /** Gradient takes no change of an account, for so long. */
  | { does: "refuse-changes"; forMs: number }
  /**
   * The partner goes to another organization of its own in Gradient, or back: the key is pasted and the agreement
   * confirmed a while after, and what is there by then is mapped some time later.
   */
  | { does: "move"; pastedAfterMs: number; mappedAfterMs: number }
  | { does: "check" }
  | { does: "webhook" }
  /** Accounts are deleted in Gradient. */
  | { does: "delete-accounts"; customers: number[] }
  /** `isZeroed`: with a zero for everything that Gradient holds. */
  | { does: "disconnect"; backAfterMs: number | null; isZeroed?: boolean }
  /** The hub has a new service, that Gradient does not know yet; everybody has a count for it. */
  | { does: "new-service"; service: number }
  /** Whatever runs stands still. */
  | { does: "stand-still"; ms: number };

export interface Happening {
  /** Milliseconds after the history's begin. */
  at: number;
  /** The partner whose it is. */
  partner: number;
  deed: Deed;
}

/**
 * Trouble, with an end as a rule. Of one partner or of all: `false-alarm` refuses so many calls with 401, `forbidden`
 * all with 403, `down` fails or stays silent, `throttled` answers 429. `vendor-key`: Gradient takes another vendor key
 * than before, and the secret holds the right one only at the end. `no-mail`: mails cannot be sent. `part`: the counts
 * of one service, or of one customer, are answered with `status`, and everything else as always. `denied`: Gradient
 * lists no account, or says that the connection is inactive, without reason. `unreadable`: some of our own rows cannot
 * be read.
 */
export interface BadDay {
  kind:
    | "false-alarm"
    | "forbidden"
    | "down"
    | "silent"
    | "throttled"
    | "vendor-key"
    | "no-mail"
    | "part"
    | "denied"
    | "unreadable";
  from: number;
  until: number;
  /** Null: everybody's. */
  partner: number | null;
  /** Of a false alarm: how many calls. */
  calls?: number;
  /** Of a part. */
  part?: { service: number } | { customer: number };
  /** `until` is not its end: what is not of the part is to be in Gradient nevertheless. */
  isLasting?: boolean;
  status?: 401 | 403 | 429 | 503;
  denies?: "accounts" | "connection";
  /** How many of which rows, and which of these. */
  rows?: { of: RowFamily; share: number; salt: number };
}

export interface Spell {
  from: number;
  until: number;
}

/** Everything that befalls the service from outside, as data: it can be played again, and shrunk. */
export interface History {
  seed: number;
  kind: HistoryKind;
  /** Milliseconds since 1970. */
  startsAt: number;
  /** Nothing happens later than this after the begin. */
  lengthMs: number;
  services: number;
  /** Services that nobody has mapped at first. */
  unmappedServices: number[];
  partners: PartnerPlan[];
  happenings: Happening[];
  badDays: BadDay[];
  /** When steps fail, are lost, or come late, at these rates; in between everything works. */
  spells: Spell[];
  rates: Rates;
  /** Gradient tells which accounts are mapped. */
  tellsMapping: boolean;
  /** The clocks of processes differ by up to two seconds. */
  skews: boolean;
  /** Whoever hears of a lost call counts anew at once, so that another number is ready as soon as it may be sent. */
  tempts: boolean;
}

export type HistoryKind = "partner" | "fleet";

import { consentOf } from "../agreements/consent.ts";
import type { Obstacle } from "../breakers/state/obstacle.ts";
import { readQueueEstimate } from "../exports/admission/queue-estimate.ts";
import { waitingFor } from "../exports/admission/waiting.ts";
import { gradientLinks } from "../gradient/gradient-links.ts";
import { type Integration, mappingStatus, type ProblemCode } from "../integrations/integration.ts";
import { noNotifications } from "../integrations/record/notifications.ts";
import { mailFate } from "../mail/owner-mail.ts";
import type { Table } from "../table/table.ts";
import { zerosLeft } from "./zeros-left.ts";

const nothing = "There is nothing to do:";
const told = "our operations team has been told.";
const refused = `for the moment. It is asked again by itself, and ${told}`;

const problemTexts = {
  "token.rejected":
    "Generate a new key for this integration in Gradient and register it here. Nothing is lost: what changed meanwhile is sent then.",
  "gradient.forbidden": `${nothing} Gradient refuses the calls for your organization ${refused}`,
  "owner.unknown":
    "The hub knows no owner with an e-mail address for your organization. Ask the hub's support to complete the organization's record.",
  "accounts.refused":
    "Gradient refused to take some customers over. Look at the mapping page, and ask support if it does not clear by itself.",
  "gradient.disconnected":
    "In Gradient the integration seems to be disconnected: its accounts are gone there, or it is inactive. Connect it again in Gradient and register the new key here. If it is connected, press Check now; once its accounts are seen there again, and it is in use, it goes on by itself.",
  "connection.differs":
    "Your key leads to another connection in Gradient than the one that you registered it for. Paste the key again, or a new one from Gradient. What is mapped there is sent then.",
  "schedule.unreadable":
    "The schedule cannot be read, its time zone may be none any more. Usage is sent in UTC, or every night. Save it again.",
  "token.missing":
    "The key is not stored any more. Paste it again, or a new one from Gradient. Nothing is lost: what changed meanwhile is sent then.",
  "owner.unreachable":
    "Mail to the organization's owner cannot be delivered. Have the owner's address corrected in the hub; what was not delivered is sent then.",
  "recipient.unreachable":
    "Mail to one of those who hear of results cannot be delivered. Correct the address or take it out. Where it is right, take it out and put it in again: then it is tried anew.",
  "mail.not-sent": `${nothing} mails to the owner cannot be sent for the moment. They are sent by themselves, and ${told}`,
  "counts.left":
    "Gradient still holds counts that were to be set to zero: it refuses the key, or did not take them in time. Set them to zero in Gradient, or connect again with a new key and disconnect once more.",
  "record.unreadable": `${nothing} what we have stored of a customer cannot be read, and nothing is sent of it meanwhile. Our operations team has been told.`,
} satisfies Record<ProblemCode, string>;
const whatToDo: Record<string, string> = problemTexts;

const consentTexts = {
  "renewal-due": "The agreement has a new version. Everything goes on until the date by which it is to be confirmed.",
  expired: "The agreement has a new version that was not confirmed in time. No run starts until it is confirmed.",
};

const consentProblems = (agreement: Integration["agreement"], now: Date) => {
  const consent = consentOf(agreement, now);
  if (consent.state !== "renewal-due" && consent.state !== "expired") return [];
  const { state, since, until } = consent;
  return [{ code: `agreement.${state}`, since: state === "expired" ? until : since, whatToDo: consentTexts[state] }];
};

/** What stands in the way of the partner's calls, as a problem on its page. */
const obstacleProblems: Partial<Record<Obstacle["why"], { code: string; whatToDo: string; ofAll?: string }>> = {
  "gradient-refuses": {
    code: "gradient.forbidden",
    whatToDo: problemTexts["gradient.forbidden"],
    ofAll: `${nothing} Gradient refuses the hub's calls for everybody ${refused}`,
  },
  "gradient-down": {
    code: "gradient.unavailable",
    whatToDo: `${nothing} Gradient is failing for the moment. Everything is sent by itself once it answers again.`,
  },
  "vendor-key": {
    code: "gradient.vendor-key-rejected",
    whatToDo: `${nothing} Gradient refuses the hub's calls for the moment, for its own key as it seems. But if you have generated a new key in Gradient, paste it here.`,
  },
};

/** With what holds the partner's calls now, which may stand among what is stored as well. */
const problemsOf = ({ problems, agreement }: Integration, obstacle: Obstacle | null, now: Date) => {
  const met = obstacle && obstacleProblems[obstacle.why];
  const stored = problems.filter(({ code }) => code !== met?.code);
  const lasting = [
    ...stored.map(({ code, since }) => ({ code, since, whatToDo: whatToDo[code] ?? whatToDoOtherwise })),
    ...consentProblems(agreement, now),
  ].map((problem) => ({ ...problem, retryAt: null }));
  if (!obstacle || !met) return lasting;
  const { scope, since, retryAt } = obstacle;
  const words = scope === "vendor" ? (met.ofAll ?? met.whatToDo) : met.whatToDo;
  return [...lasting, { code: met.code, since, whatToDo: words, retryAt }];
};

const whatToDoOtherwise = "Ask support, and name this problem's code.";

const stepOf = ({ agreement, mapping }: Integration): 1 | 2 | 3 => {
  if (agreement === null) return 1;
  return mapping.completedAt === null ? 2 : 3;
};

const lastOf = ({ lastExport: last }: Integration) =>
  last && { id: last.id, outcome: last.outcome, finishedAt: last.finishedAt };

const notStarted = (partnerId: string, links: ReturnType<typeof gradientLinks>) => ({
  partnerId,
  state: "not-started",
  step: 1 as const,
  nextEnabled: false,
  token: null,
  gradient: { organizationName: null, status: null, lastSyncedAt: null, links },
  agreement: null,
  mapping: null,
  exports: { last: null, nextRunAt: null, runningId: null, waiting: null },
  schedule: null,
  notifications: noNotifications,
  disconnecting: null,
  problems: [],
});

interface Dependencies {
  table: Pick<Table, "get">;
  gradientBaseUrl: string;
  now: () => Date;
  obstacleFor: (partnerId: string | null, tokenVersionId?: string) => Promise<Obstacle | null>;
}

/**
 * The integration as the hub UI sees it (contract: `GET /v1/integrations/gradient`); `undefined` where it was not
 * started.
 */
export const integrationView =
  ({ table, gradientBaseUrl, now, obstacleFor }: Dependencies) =>
  async (partnerId: string, value: Integration | undefined) => {
    const links = gradientLinks(gradientBaseUrl);
    if (!value) return notStarted(partnerId, links);
    const { state, token, gradient, agreement, mapping, closing } = value;
    // who has none has no calls that could be held, but hears of what keeps everybody from connecting
    const used = token ?? closing?.token;
    // a run that brings the last zeros of what is left out learns of it, too
    const isInUse = (serviceId: string): boolean => !value.leftOutServiceIds.includes(serviceId);
    const ownerEmail = agreement && (await mailFate(table, partnerId, agreement.mailId));
    const [obstacle, estimate] = await Promise.all([
      obstacleFor(used ? partnerId : null, used?.versionId),
      readQueueEstimate(table),
    ]);
    return {
      partnerId,
      state,
      step: stepOf(value),
      // the step after the last proof is open: nothing but an accepted count opens the one after mapping
      nextEnabled: state === "active",
      token: token && {
        status: token.status,
        lastFour: token.lastFour,
        fingerprint: token.fingerprint.slice(0, 12),
        registeredAt: token.registeredAt,
        registeredBy: token.registeredBy,
        checkedAt: token.checkedAt,
      },
      gradient: {
        organizationName: gradient?.organizationName ?? null,
        status: gradient?.status ?? null,
        lastSyncedAt: gradient?.lastSyncedAt ?? null,
        links,
      },
      agreement: agreement && {
        version: agreement.version,
        sha256: agreement.sha256,
        confirmedAt: agreement.confirmedAt,
        confirmedBy: agreement.confirmedBy,
        ownerEmail,
      },
      mapping: agreement && {
        status: mappingStatus(value),
        completedAt: mapping.completedAt,
        lastCheckedAt: mapping.lastCheckedAt,
        accounts: { total: mapping.accounts.total, mapped: mapping.accounts.mapped },
        // with what runs have learned since the look that has counted them
        services: {
          total: mapping.services.total,
          mapped: Math.min(mapping.services.total, mapping.mappedServiceIds.filter(isInUse).length),
        },
      },
      exports: {
        last: lastOf(value),
        // kept while nothing is sent of the partner, for when that is over; no date sends anything till then
        nextRunAt: state === "active" ? value.nextRunAt : null,
        runningId: value.currentExportId,
        waiting: waitingFor(value, { now: now(), obstacle, estimate }),
      },
      schedule: value.schedule,
      notifications: value.notifications,
      disconnecting: zerosLeft(value, { obstacle, now: now() }),
      problems: problemsOf(value, obstacle, now()),
    };
  };

export type IntegrationView = ReturnType<typeof integrationView>;

import { gradientLinks } from "../gradient/gradient-links.ts";
import { findOwnerMail } from "../mail/owner-mail.ts";
import type { Table } from "../table/table.ts";
import type { Integration, ProblemCode } from "./integration.ts";

const whatToDo: Record<string, string> = {
  "token.rejected":
    "Generate a new key for this integration in Gradient and register it here. Nothing is lost: what changed meanwhile is sent then.",
  "gradient.forbidden":
    "Gradient has stopped accepting calls and asks to be contacted. Our operations team has been told; nothing is sent until it is cleared.",
  "owner.unknown":
    "The hub knows no owner with an e-mail address for your organization. Ask the hub's support to complete the organization's record.",
  "accounts.refused":
    "Gradient refused to take some customers over. Look at the mapping page, and ask support if it does not clear by itself.",
  "schedule.unreadable":
    "The schedule cannot be read, its time zone may be none any more. Usage is sent in UTC, or every night. Save it again.",
} satisfies Record<ProblemCode, string>;

const whatToDoOtherwise = "Ask support, and name this problem's code.";

const stepOf = ({ agreement, mapping }: Integration): 1 | 2 | 3 => {
  if (agreement === null) return 1;
  return mapping.completedAt === null ? 2 : 3;
};

const notStarted = (partnerId: string, links: ReturnType<typeof gradientLinks>) => ({
  partnerId,
  state: "not-started",
  step: 1,
  nextEnabled: false,
  token: null,
  gradient: { organizationName: null, status: null, lastSyncedAt: null, links },
  agreement: null,
  mapping: null,
  exports: { last: null, nextRunAt: null, runningId: null },
  schedule: null,
  problems: [],
});

interface Dependencies {
  table: Pick<Table, "get">;
  gradientBaseUrl: string;
}

/**
 * The integration as the hub UI sees it (contract: `GET /v1/integrations/gradient`); `undefined` where it was not
 * started.
 */
export const integrationView =
  ({ table, gradientBaseUrl }: Dependencies) =>
  async (partnerId: string, value: Integration | undefined) => {
    const links = gradientLinks(gradientBaseUrl);
    if (!value) return notStarted(partnerId, links);
    const { state, token, gradient, agreement, mapping } = value;
    const mail = agreement && (await findOwnerMail(table, partnerId, agreement.mailId));
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
        ownerEmail: mail ? { status: mail.status, at: mail.at } : null,
      },
      mapping: agreement && {
        status: mapping.completedAt === null ? "waiting" : "complete",
        completedAt: mapping.completedAt,
        lastCheckedAt: mapping.lastCheckedAt,
        accounts: mapping.accounts,
        services: mapping.services,
      },
      exports: { last: value.lastExport, nextRunAt: value.nextRunAt, runningId: value.currentExportId },
      schedule: value.schedule,
      problems: value.problems.map(({ code, since }) => ({
        code,
        since,
        whatToDo: whatToDo[code] ?? whatToDoOtherwise,
      })),
    };
  };

export type IntegrationView = ReturnType<typeof integrationView>;

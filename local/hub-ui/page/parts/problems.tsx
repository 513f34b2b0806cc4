import { Notice } from "../../../page-parts/notice.tsx";
import { momentOf } from "../../../page-parts/words.ts";
import { type Hold, holdTitle, isToldBy, untilWords } from "../hold.ts";
import { useSession, whoMay } from "../session.ts";
import type { Integration } from "../states.ts";

interface Words {
  title: string;
  /** Where something can be done about it. */
  at?: { address: string; title: string };
  /** It takes a look only, which every role may have. */
  isForAll?: boolean;
}

const key = { address: "#/settings/key", title: "Replace the key" };
const mapping = { address: "#/connect/2", title: "Show the mapping" };
// of a wizard that is through, the address alone opens the last step
const agreement = { address: "#/connect/1", title: "Read and confirm" };

const words: Record<string, Words> = {
  "token.rejected": { title: "Gradient refuses your key", at: key },
  "token.missing": { title: "Your key is not stored any more", at: key },
  "gradient.disconnected": { title: "Disconnected in Gradient", at: key },
  "connection.differs": { title: "Your key leads to another connection", at: key },
  "gradient.forbidden": { title: holdTitle({ code: "gradient.forbidden" }) },
  "gradient.unavailable": { title: holdTitle({ code: "gradient.unavailable" }) },
  // or it is the partner's: nobody knows where there are only a few
  "gradient.vendor-key-rejected": { title: holdTitle({ code: "gradient.vendor-key-rejected" }), at: key },
  "accounts.refused": { title: "Gradient did not take all customers", at: mapping, isForAll: true },
  "schedule.unreadable": {
    title: "The schedule cannot be read",
    at: { address: "#/settings/schedule", title: "Set the schedule" },
  },
  "owner.unknown": { title: "No owner is known" },
  "owner.unreachable": { title: "Mail to the owner cannot be delivered" },
  "recipient.unreachable": { title: "Mail to a recipient cannot be delivered" },
  "counts.left": { title: "Counts are left in Gradient", at: { address: "#/connect/1", title: "Connect again" } },
  "record.unreadable": { title: "Something that is stored cannot be read" },
  "mail.not-sent": { title: "Mails are not sent for the moment" },
  "agreement.renewal-due": {
    title: "The agreement has a new version",
    at: agreement,
  },
  "agreement.expired": {
    title: "The new agreement is not confirmed",
    at: agreement,
  },
};

// what there is none of cannot be replaced; where the first one goes, the wizard says
const keyless = new Set(["not-started", "awaiting-token", "disconnected"]);

interface ProblemsProps {
  integration: Pick<Integration, "state" | "problems" | "exports">;
  /** Those that are shown; all, unless given. */
  isShown?: (problem: Integration["problems"][number]) => boolean;
}

/** What is wrong, since when and until when, and what to do about it. */
export const Problems = ({ integration, isShown = () => true }: ProblemsProps) => {
  const { mayChange } = useSession();
  return integration.problems.filter(isShown).map((problem) => {
    const { code, since, whatToDo, retryAt } = problem;
    const { title, at: place, isForAll = false }: Words = words[code] ?? { title: `Problem ${code}` };
    const at = place === key && keyless.has(integration.state) ? undefined : place;
    return (
      <Notice key={code} tone="bad" title={`${title}, since ${momentOf(since)}`}>
        <p>{whatToDo}</p>
        {retryAt === null ? null : <Held hold={problem} integration={integration} />}
        {at === undefined ? null : <p>{mayChange || isForAll ? <a href={at.address}>{at.title}</a> : whoMay}</p>}
      </Notice>
    );
  });
};

/** Until when calls are held, and what waits for the end of that. */
const Held = ({ hold, integration }: { hold: Hold; integration: ProblemsProps["integration"] }) => {
  const { waiting } = integration.exports;
  const waits = waiting !== null && isToldBy(waiting, { problems: [hold] }) ? waiting : null;
  return (
    <p>
      {untilWords(hold)}{" "}
      {waits === null
        ? null
        : integration.state === "awaiting-mapping"
          ? `What you have mapped since ${momentOf(waits.since)} is not seen yet. Nothing is lost: it is looked for by itself.`
          : `Your usage waits since ${momentOf(waits.since)}. Nothing is lost: it is sent by itself.`}
    </p>
  );
};

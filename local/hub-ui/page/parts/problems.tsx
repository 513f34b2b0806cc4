import { Notice } from "../../../page-parts/notice.tsx";
import { momentOf } from "../../../page-parts/words.ts";
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
  "gradient.forbidden": { title: "Gradient refuses our calls" },
  "gradient.unavailable": { title: "Gradient is failing" },
  // or it is the partner's: nobody knows where there are only a few
  "gradient.vendor-key-rejected": { title: "Gradient refuses the hub's own key, as it seems", at: key },
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

/** What is wrong, since when, and what to do about it. */
export const Problems = ({ problems }: Pick<Integration, "problems">) => {
  const { mayChange } = useSession();
  return problems.map(({ code, since, whatToDo }) => {
    const { title, at, isForAll = false }: Words = words[code] ?? { title: `Problem ${code}` };
    return (
      <Notice key={code} tone="bad" title={`${title}, since ${momentOf(since)}`}>
        <p>{whatToDo}</p>
        {at === undefined ? null : <p>{mayChange || isForAll ? <a href={at.address}>{at.title}</a> : whoMay}</p>}
      </Notice>
    );
  });
};

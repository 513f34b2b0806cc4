import { Notice } from "../../../page-parts/notice.tsx";
import { momentOf } from "../../../page-parts/words.ts";
import type { Integration } from "../states.ts";

const titles: Record<string, string> = {
  "token.rejected": "Gradient refuses your key",
  "gradient.forbidden": "Gradient refuses the hub's calls",
  "gradient.unavailable": "Gradient is failing",
  "gradient.vendor-key-rejected": "Gradient refuses the hub's own key",
  "gradient.disconnected": "The integration seems to be disconnected in Gradient",
  "owner.unknown": "Nobody is known as your organization's owner",
  "owner.unreachable": "Your organization's owner cannot be reached by e-mail",
  "recipient.unreachable": "Somebody who hears of results cannot be reached by e-mail",
  "accounts.refused": "Gradient did not take over some customers",
  "schedule.unreadable": "The schedule cannot be read",
  "mail.not-sent": "E-mails cannot be sent",
};

/** Everything that is wrong now, and what to do about it. A problem that is not known here is shown by its code. */
export const Problems = ({ problems }: Pick<Integration, "problems">) =>
  problems.map(({ code, since, whatToDo }) => (
    <Notice key={code} tone="warn" title={titles[code] ?? `Problem ${code}`}>
      {whatToDo} <span className="small">Since {momentOf(since)}.</span>
    </Notice>
  ));

import type { Email } from "../traveller/mailbox-client.ts";
import type { Terminal } from "../traveller/terminal.ts";
import type { Traveller } from "../traveller/traveller.ts";
import { waitFor } from "../traveller/wait-for.ts";

export const confirmAgreement = async ({ hub, terminal }: Traveller): Promise<string> => {
  const { version, sha256, title, markdown } = await hub.readAgreement();
  terminal.quote(markdown);
  await hub.confirmAgreement({ version, sha256 });
  const { agreement } = await hub.readIntegration();
  if (agreement?.version !== version || !agreement.confirmedAt)
    throw new Error(`version ${version} was confirmed, but the integration does not say so`);
  terminal.good(`"${title}", version ${version}, confirmed at ${agreement.confirmedAt}.`);
  return version;
};

/** Shows the newest mail to the owner about this version; the mailbox keeps it over a restart. */
export const showOwnerMail = async (
  { hub, mailbox, ownerEmail, terminal }: Traveller,
  version: string,
): Promise<void> => {
  const mail = await waitFor(
    async () =>
      (await mailbox.readMail()).findLast(
        ({ destination, body }) =>
          destination.to.some((address) => address.includes(ownerEmail)) && body.text?.includes(version),
      ),
    {
      terminal,
      awaited: () => "The mail has not come yet; the service sends it by itself.",
      complaint: () => `no mail to ${ownerEmail} about version ${version} has come`,
    },
  );
  showMail(terminal, mail);
  let status = "";
  await waitFor(
    async () => {
      status = (await hub.readIntegration()).agreement?.ownerEmail?.status ?? "unknown";
      return status === "sent" || status === "delivered" ? status : undefined;
    },
    {
      terminal,
      awaited: () => `The mail is in the mailbox; the hub calls it ${status} until the mail service has told it more.`,
      complaint: () => `the mail is in the mailbox, but to the hub it is ${status}`,
    },
  );
  terminal.good(`The hub calls the e-mail ${status}.`);
};

const showMail = (terminal: Terminal, { from, destination, subject, body }: Email): void => {
  terminal.line(`  From:    ${from}`);
  terminal.line(`  To:      ${destination.to.join(", ")}`);
  terminal.line(`  Subject: ${subject}`);
  terminal.line();
  terminal.quote(body.text ?? "");
};

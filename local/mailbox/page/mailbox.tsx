import { useAddress } from "../../page-parts/address.ts";
import { Notice } from "../../page-parts/notice.tsx";
import { countOf, momentOf } from "../../page-parts/words.ts";
import { MailView } from "./mail-view.tsx";
import { type MailSummary, useLinks, useMails } from "./mailbox-api.ts";

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

const Header = () => {
  const { data: links } = useLinks();
  return (
    <header className="top">
      <div className="top-line row apart">
        <a className="brand" href="#/">
          Mailbox
        </a>
        <nav aria-label="Pages" className="row">
          {links?.hubUi ? <a href={links.hubUi}>To the hub</a> : null}
          {links?.gradient ? <a href={links.gradient}>Gradient sandbox</a> : null}
        </nav>
      </div>
      <p className="top-line small">
        What the hub sends to owners and to whoever asked for results. No mail leaves this machine.
      </p>
    </header>
  );
};

const MailLink = ({ mail, isOpen }: { mail: MailSummary; isOpen: boolean }) => (
  <li>
    <a className="mail-link" href={`#/${encodeURIComponent(mail.id)}`} aria-current={isOpen ? "page" : undefined}>
      <span className="mail-subject">{mail.subject}</span>
      <span className="small quiet">to {mail.to.join(", ")}</span>
      <span className="small quiet">{momentOf(mail.at)}</span>
    </a>
  </li>
);

/** Every mail that was sent, newest first, and the one that is open. */
export const Mailbox = () => {
  const { data, error } = useMails();
  const open = decoded(useAddress().slice(1));
  const mails = data?.items ?? [];
  const shown = open === "" ? mails[0]?.id : open;
  return (
    <>
      <Header />
      <main className={open === "" ? "page mailbox" : "page mailbox one-open"} id="main">
        <h1 className="unseen">Mailbox</h1>
        <section className="mail-list" aria-labelledby="list-title">
          <h2 id="list-title">Mails</h2>
          {error ? (
            <Notice tone="bad" title="The mails cannot be read.">
              {error.message}
            </Notice>
          ) : (
            <p role="status" className="small quiet">
              {data === undefined ? "Loading…" : `${countOf(mails.length, "mail")}, newest first.`}
            </p>
          )}
          {data !== undefined && mails.length === 0 ? (
            <Notice tone="neutral" title="No mail was sent yet.">
              The first one goes to the owner when somebody confirms the agreement in the hub. It appears here by
              itself.
            </Notice>
          ) : null}
          <ol className="bare">
            {mails.map((mail) => (
              <MailLink key={mail.id} mail={mail} isOpen={mail.id === shown} />
            ))}
          </ol>
        </section>
        {shown === undefined ? null : <MailView key={shown} id={shown} isChosen={open !== ""} />}
      </main>
    </>
  );
};

import { useEffect, useRef, useState } from "react";
import { Notice } from "../../page-parts/notice.tsx";
import { momentOf, numberOf } from "../../page-parts/words.ts";
import { type Mail, mailPath, useMail } from "./mailbox-api.ts";

const forms = [
  { name: "html", title: "As it looks" },
  { name: "text", title: "Text" },
  { name: "headers", title: "Headers" },
] as const;
type Form = (typeof forms)[number]["name"];

const Headers = ({ mail }: { mail: Mail }) => (
  <dl className="facts">
    <dt>From</dt>
    <dd>{mail.from}</dd>
    <dt>To</dt>
    <dd>{mail.destination.to.join(", ") || "–"}</dd>
    {mail.destination.cc.length > 0 ? (
      <>
        <dt>Copy to</dt>
        <dd>{mail.destination.cc.join(", ")}</dd>
      </>
    ) : null}
    {mail.destination.bcc.length > 0 ? (
      <>
        <dt>Blind copy to</dt>
        <dd>{mail.destination.bcc.join(", ")}</dd>
      </>
    ) : null}
    {mail.replyTo.length > 0 ? (
      <>
        <dt>Answers to</dt>
        <dd>{mail.replyTo.join(", ")}</dd>
      </>
    ) : null}
    <dt>Message id</dt>
    <dd>{mail.id}</dd>
    {mail.headers.map(({ name, value }) => (
      <div className="pair" key={`${name} ${value}`}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
    {mail.attachments.map(({ filename = "without a name", contentType, size }) => (
      <div className="pair" key={filename}>
        <dt>Attachment</dt>
        <dd>
          {filename}, {contentType}, {numberOf(size)} bytes
        </dd>
      </div>
    ))}
  </dl>
);

const Body = ({ mail, form }: { mail: Mail; form: Form }) => {
  if (form === "headers") return <Headers mail={mail} />;
  if (form === "text" || !mail.hasHtml) return <pre className="mail-text">{mail.text ?? "This mail has no text."}</pre>;
  return (
    <iframe
      className="mail-frame"
      title={`Mail: ${mail.subject}`}
      src={mailPath(mail.id, "/html")}
      // no script and no origin; a link opens beside this page
      sandbox="allow-popups allow-popups-to-escape-sandbox"
    />
  );
};

/** One mail: as it looks, its text, its headers. */
export const MailView = ({ id, isChosen }: { id: string; isChosen: boolean }) => {
  const { data: mail, error } = useMail(id);
  const [form, setForm] = useState<Form>("html");
  const heading = useRef<HTMLHeadingElement>(null);
  const isThere = mail !== undefined;
  useEffect(() => {
    if (isThere && isChosen) heading.current?.focus();
  }, [isThere, isChosen]);
  if (error) {
    return (
      <section aria-label="Mail">
        <Notice tone="bad" title="This mail cannot be shown.">
          {error.message} <a href="#/">All mails</a>
        </Notice>
      </section>
    );
  }
  if (mail === undefined) return <p className="quiet">Loading…</p>;
  return (
    <article className="mail" aria-labelledby="mail-title">
      <a className="back" href="#/">
        All mails
      </a>
      <h2 id="mail-title" ref={heading} tabIndex={-1}>
        {mail.subject}
      </h2>
      <p className="small quiet">
        From {mail.from} to {mail.to.join(", ")}, {momentOf(mail.at)}
      </p>
      <fieldset className="forms">
        <legend className="unseen">Show the mail</legend>
        {forms.map(({ name, title }) => (
          <label key={name} className={form === name ? "chosen" : undefined}>
            <input type="radio" name="form" checked={form === name} onChange={() => setForm(name)} />
            {title}
          </label>
        ))}
      </fieldset>
      <Body mail={mail} form={form} />
    </article>
  );
};

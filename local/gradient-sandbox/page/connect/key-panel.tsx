import { useEffect, useRef, useState } from "react";

interface KeyPanelProps {
  partnerKey: string;
  vendor: string;
  hubUi: string | null;
  onDone(): void;
}

/** The page of the hub that asks for the key. */
const wizardOf = (hubUi: string): string => `${hubUi.replace(/\/$/, "")}/#/connect`;

/** The key, this once: Gradient keeps no more of it than it needs to recognize it. */
export const KeyPanel = ({ partnerKey, vendor, hubUi, onDone }: KeyPanelProps) => {
  const field = useRef<HTMLInputElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const [copied, setCopied] = useState("");
  useEffect(() => {
    heading.current?.focus();
  }, []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(partnerKey);
      setCopied(`Copied. Go back to the tab of ${vendor}, and paste it there.`);
    } catch {
      field.current?.select();
      setCopied("The browser does not let this page copy. The key is selected: copy it with the keyboard.");
    }
  };
  return (
    <section className="card key-panel" aria-labelledby="key-title">
      <h2 id="key-title" ref={heading} tabIndex={-1}>
        Your key
      </h2>
      <p>It is shown this once. Copy it, go back to the tab of {vendor}, and paste it there.</p>
      <div className="row">
        <label className="grow">
          <span className="unseen">Key</span>
          <input ref={field} readOnly value={partnerKey} className="key" onFocus={(event) => event.target.select()} />
        </label>
        <button type="button" className="primary" onClick={() => void copy()}>
          Copy
        </button>
      </div>
      <p role="status" className="small">
        {copied}
      </p>
      <div className="row">
        {hubUi === null ? null : (
          <a className="button" href={wizardOf(hubUi)} target="_blank" rel="noreferrer">
            Open {vendor} in a new tab
          </a>
        )}
        <button type="button" className="plain" onClick={onDone}>
          I have it, hide it
        </button>
      </div>
    </section>
  );
};

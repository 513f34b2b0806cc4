import { useEffect, useRef, useState } from "react";
import { wizardOf } from "../progress.ts";

interface KeyPanelProps {
  partnerKey: string;
  vendor: string;
  hubUi: string | null;
  onDone(): void;
}

/** The key, this once: Gradient keeps no more of it than it needs to recognize it. */
export const KeyPanel = ({ partnerKey, vendor, hubUi, onDone }: KeyPanelProps) => {
  const field = useRef<HTMLInputElement>(null);
  const copyButton = useRef<HTMLButtonElement>(null);
  const [copied, setCopied] = useState("");
  useEffect(() => {
    copyButton.current?.focus();
  }, []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(partnerKey);
      setCopied(`Copied. Now go back to the tab of ${vendor}.`);
    } catch {
      field.current?.select();
      setCopied("The browser does not let this page copy. The key is selected: copy it with the keyboard.");
    }
  };
  return (
    <section className="card key-panel" aria-labelledby="key-title">
      <h2 id="key-title">Your key</h2>
      <p id="key-use">
        It is shown this once. Copy it, and paste it in the tab of {vendor}. Agree there, and this page goes on by
        itself.
      </p>
      <div className="row">
        <label className="grow">
          <span className="unseen">Key</span>
          <input ref={field} readOnly value={partnerKey} className="key" onFocus={(event) => event.target.select()} />
        </label>
        <button
          ref={copyButton}
          type="button"
          className="primary"
          aria-describedby="key-title key-use"
          onClick={() => void copy()}
        >
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

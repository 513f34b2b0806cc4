import { useEffect, useRef, useState } from "react";
import { wizardOf } from "../progress.ts";
import { copyText } from "./copy-text.ts";

interface KeyPanelProps {
  partnerKey: string;
  vendor: string;
  hubUi: string | null;
}

/** The key, this once: Gradient keeps no more of it than it needs to recognize it. */
export const KeyPanel = ({ partnerKey, vendor, hubUi }: KeyPanelProps) => {
  const field = useRef<HTMLInputElement>(null);
  const copyButton = useRef<HTMLButtonElement>(null);
  const [isCopied, setCopied] = useState<boolean | undefined>(undefined);
  useEffect(() => {
    copyButton.current?.focus();
  }, []);
  const copy = async () => {
    if (field.current === null) return;
    const isDone = await copyText(field.current);
    setCopied(isDone);
    if (isDone) copyButton.current?.focus();
  };
  const there =
    hubUi === null ? (
      vendor
    ) : (
      <a href={wizardOf(hubUi)} target="_blank" rel="noreferrer">
        {vendor}
      </a>
    );
  return (
    <section className="card key-panel" aria-labelledby="key-title">
      <h2 id="key-title">Your key, shown once</h2>
      <p id="key-use">Copy it, and paste it in {there}. This page then goes on.</p>
      <div className="row">
        <label className="grow">
          <span className="unseen">Key</span>
          <input ref={field} readOnly value={partnerKey} className="key" onFocus={(event) => event.target.select()} />
        </label>
        <button
          ref={copyButton}
          type="button"
          className="primary copy"
          aria-describedby="key-title key-use"
          onClick={() => void copy()}
        >
          {isCopied === true ? "Copied ✓" : "Copy"}
        </button>
      </div>
      <p role="status" className={isCopied === false ? "copied" : "copied unseen"}>
        {isCopied === true ? "Copied" : null}
        {isCopied === false ? "Not copied: press Ctrl+C (⌘C on a Mac) now, the key is selected." : null}
      </p>
    </section>
  );
};

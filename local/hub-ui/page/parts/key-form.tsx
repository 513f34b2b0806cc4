import { type RefObject, useEffect, useId, useRef, useState } from "react";
import { Dialog } from "../../../page-parts/dialog.tsx";
import { Notice } from "../../../page-parts/notice.tsx";
import { Refused, useChange } from "../answers.ts";
import { Button } from "./button.tsx";
import { Failure } from "./failure.tsx";

interface Organization {
  id: string;
  name: string;
}

const isOrganization = (value: unknown): value is Organization =>
  typeof value === "object" && value !== null && "name" in value && typeof value.name === "string";

/** The two organizations that a refused key is between. */
const differing = (error: unknown): { current: Organization; other: Organization } | undefined => {
  if (!(error instanceof Refused) || error.problem.code !== "organization.differs") return undefined;
  const { current, new: other } = error.problem;
  return isOrganization(current) && isOrganization(other) ? { current, other } : undefined;
};

interface KeyFormProps {
  /** What the button says. */
  act: string;
  /** Said once it is done, where the form is still there. */
  done?: string;
  /** It is the next thing to do; without a key something else may be. */
  isNext?: boolean;
  /** There is something in the field, or no more. */
  onTyped?(isThere: boolean): void;
  /** Where the key goes, for whoever leads there. */
  field?: RefObject<HTMLInputElement | null>;
}

/** Takes a partner's key, and keeps what was typed until it is stored. Another organization is asked about first. */
export const KeyForm = ({ act, done, isNext = true, onTyped, field }: KeyFormProps) => {
  const [text, setText] = useState("");
  const [isShown, setShown] = useState(false);
  const [isMissing, setMissing] = useState(false);
  const registering = useChange("PUT /v1/integrations/gradient/token");
  const own = useRef<HTMLInputElement>(null);
  const input = field ?? own;
  const id = useId();
  const faultId = useId();
  const asksFirst = differing(registering.error);
  const type = (typed: string) => {
    setText(typed);
    if (typed.trim() !== "") setMissing(false);
    onTyped?.(typed.trim() !== "");
  };
  const register = (confirmation: { confirmOrganizationChange?: true } = {}) => {
    const isEmpty = text.trim() === "";
    setMissing(isEmpty);
    if (isEmpty) {
      // what was said of the key before is not what is wrong now
      registering.reset();
      return;
    }
    const body: { partnerToken: string; confirmOrganizationChange?: true } = { partnerToken: text, ...confirmation };
    registering.mutate({ body }, { onSuccess: () => type("") });
  };
  const isRefused = registering.error !== null && asksFirst === undefined;
  useEffect(() => {
    // the right key is pasted over the one that was refused
    if (isRefused) input.current?.select();
  }, [isRefused, input]);
  return (
    <form className="stack" noValidate>
      <div>
        <label htmlFor={`${id}-key`}>Your Gradient key</label>
        <div className="row field">
          <input
            ref={input}
            id={`${id}-key`}
            type={isShown ? "text" : "password"}
            value={text}
            onChange={(event) => type(event.target.value)}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            aria-describedby={isMissing ? faultId : undefined}
            aria-invalid={isMissing || isRefused || undefined}
          />
          <Button onPress={() => setShown(!isShown)}>{isShown ? "Hide" : "Show"}</Button>
        </div>
        {isMissing ? (
          <p id={faultId} role="alert" className="fault">
            Paste the key first.
          </p>
        ) : null}
      </div>
      {isRefused ? <Failure error={registering.error} onRetry={() => register()} /> : null}
      <div className="row">
        <Button
          {...(isNext ? { kind: "primary" as const } : {})}
          type="submit"
          onPress={() => register()}
          isPending={registering.isPending}
        >
          {act}
        </Button>
        {registering.isPending ? (
          <span role="status" className="quiet small">
            Asking Gradient…
          </span>
        ) : null}
      </div>
      {done !== undefined && registering.isSuccess && text === "" ? <Notice tone="good">{done}</Notice> : null}
      {asksFirst === undefined ? null : (
        <Dialog title="This key belongs to another Gradient organization" onClose={registering.reset}>
          <p>
            You are connected to <strong>{asksFirst.current.name}</strong>. The key is one of{" "}
            <strong>{asksFirst.other.name}</strong>.
          </p>
          <p>If you go on, you are asked for your agreement again, and everything has to be mapped again over there.</p>
          <div className="row">
            <Button
              kind="danger"
              isPending={registering.isPending}
              onPress={() => register({ confirmOrganizationChange: true })}
            >
              Change the organization
            </Button>
            <Button onPress={registering.reset}>Keep {asksFirst.current.name}</Button>
          </div>
        </Dialog>
      )}
    </form>
  );
};

import { countOf } from "../../../page-parts/words.ts";
import { call, type FaultState, queries, useFaults } from "../sandbox-api.ts";
import { useAction } from "../use-action.ts";
import { wordsOf } from "./fault-words.ts";

export const setFaults = async (settings: object | null): Promise<void> => {
  await queries.cancelQueries({ queryKey: ["faults"] });
  const faults = await call<FaultState>(settings === null ? "DELETE" : "PUT", "/_faults", settings ?? undefined);
  queries.setQueryData(["faults"], faults);
};

/** Shown on every screen for as long as something is on: whoever forgot it would look for the fault elsewhere. */
export const FaultBanner = () => {
  const { data } = useFaults();
  const { run, isBusy, failure } = useAction();
  const words = data === undefined ? [] : wordsOf(data);
  if (data === undefined || words.length === 0) return null;
  return (
    <section aria-label="Faults that are on" className="fault-banner">
      <div className="band-line row apart">
        <p>
          <strong>Faults are on:</strong> {words.join("; ")}. {countOf(data.matched, "call")} met{" "}
          {data.matched === 1 ? "it" : "them"} so far.
          {failure === undefined ? null : ` ${failure}`}
        </p>
        <button type="button" disabled={isBusy} onClick={() => void run(() => setFaults(null))}>
          End faults
        </button>
      </div>
    </section>
  );
};

import { useId } from "react";
import { numberOf } from "../../../../page-parts/words.ts";
import type { Mapping } from "./mapping.ts";

/** How many customers and services are mapped. */
export const Coverage = ({ accounts, services }: Pick<Mapping, "accounts" | "services">) => (
  <div className="coverage" role="status">
    <Bar what="customers" {...accounts} />
    <Bar what="services" {...services} />
  </div>
);

const Bar = ({ what, total, mapped }: { what: string; total: number; mapped: number }) => {
  const id = useId();
  return (
    <div>
      <span id={id}>
        <strong>{numberOf(mapped)}</strong> of {numberOf(total)} {what} mapped
      </span>
      <progress aria-labelledby={id} max={Math.max(total, 1)} value={mapped} />
    </div>
  );
};

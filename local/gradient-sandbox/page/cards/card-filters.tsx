import { matches } from "../mapping/mapping.ts";
import type { Card, CardState } from "../sandbox-api.ts";

export interface CardFilter {
  text: string;
  serviceId: string;
  change: "any" | "more" | "fewer";
  state: CardState | "all";
}
export const noFilter: CardFilter = { text: "", serviceId: "", change: "any", state: "open" };

export const isShown = (card: Card, { text, serviceId, change, state }: CardFilter): boolean =>
  (state === "all" || card.state === state) &&
  (serviceId === "" || card.serviceId === serviceId) &&
  (change === "any" ||
    (change === "more" ? card.vendorUnits > card.psaQuantity : card.vendorUnits < card.psaQuantity)) &&
  matches(text, card.accountName);

const changes = { any: "any change", more: "more than billed", fewer: "fewer than billed" };
const states = { open: "to approve", approved: "approved", dismissed: "dismissed", all: "all" };
const keyIn = <T extends object>(among: T, key: string, otherwise: keyof T): keyof T =>
  Object.keys(among).find((one): one is Extract<keyof T, string> => one === key) ?? otherwise;

interface CardFiltersProps {
  cards: Card[];
  filter: CardFilter;
  onChange(next: CardFilter): void;
}

export const CardFilters = ({ cards, filter, onChange }: CardFiltersProps) => {
  const services = new Map(cards.map(({ serviceId, serviceName }) => [serviceId, serviceName]));
  return (
    <search className="filters">
      <label>
        Customer
        <input
          type="search"
          value={filter.text}
          onChange={(event) => onChange({ ...filter, text: event.target.value })}
        />
      </label>
      <label>
        Service
        <select value={filter.serviceId} onChange={(event) => onChange({ ...filter, serviceId: event.target.value })}>
          <option value="">all services</option>
          {[...services].map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Change
        <select
          value={filter.change}
          onChange={(event) => onChange({ ...filter, change: keyIn(changes, event.target.value, "any") })}
        >
          {Object.entries(changes).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label>
        Cards
        <select
          value={filter.state}
          onChange={(event) => onChange({ ...filter, state: keyIn(states, event.target.value, "open") })}
        >
          {Object.entries(states).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </search>
  );
};

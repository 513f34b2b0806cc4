import "./screens/operations.css";
import { type ComponentType, type LazyExoticComponent, lazy } from "react";

interface Screen {
  /** The first part of its address: `history` of `#/history/7`. */
  name: string;
  title: string;
  Screen: LazyExoticComponent<ComponentType>;
}

/** Every screen, in the order of the navigation; each is loaded when it is first opened. */
export const screens: readonly [Screen, ...Screen[]] = [
  { name: "connect", title: "Connect", Screen: lazy(() => import("./screens/wizard.tsx")) },
  { name: "overview", title: "Overview", Screen: lazy(() => import("./screens/overview.tsx")) },
  { name: "usage", title: "Usage", Screen: lazy(() => import("./screens/usage.tsx")) },
  { name: "history", title: "History", Screen: lazy(() => import("./screens/history.tsx")) },
  { name: "settings", title: "Settings", Screen: lazy(() => import("./screens/settings.tsx")) },
  { name: "audit", title: "Audit trail", Screen: lazy(() => import("./screens/audit.tsx")) },
];

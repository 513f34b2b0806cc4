import type { ReactNode } from "react";
import { useSession, whoMay } from "../session.ts";

/** Offers an act to those who may do it. Everybody else is told who may, and is offered nothing that is refused. */
export const MayChange = ({ children }: { children: ReactNode }) =>
  useSession().mayChange ? children : <p className="quiet small who-may">{whoMay}</p>;

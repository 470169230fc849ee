/** That somebody would take a plan; unlike other counts, whether it arrived is told. */
import { counted, sent } from "@/api/counted";
import type { Plan } from "./words";

export async function intended(plan: Plan): Promise<void> {
  counted("pricing_clicked", plan);
  if (!(await sent("intent", plan))) throw new Error("the intent did not arrive");
}

import { Welcome } from "@/features/welcome/welcome";

export default function Page() {
  return <Welcome />;
}

import { NotFound } from "@/features/welcome/not-found";

export default function Page() {
  return <NotFound />;
}

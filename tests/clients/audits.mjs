// The audits of the GraphQL-over-HTTP specification.
import { serverAudits } from "graphql-http";

export default async function ({ url }) {
  const audits = [];
  for (const audit of serverAudits({ url })) {
    const { status, reason } = await audit.fn();
    audits.push({ id: audit.id, name: audit.name, status, reason });
  }
  return { audits };
}

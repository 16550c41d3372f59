// Which of our messages a bounce is about: each Message-ID holds the invitation and its generation. Pure.

export type OurMessage = { invitationId: string; generation: number }

// `<invitation.generation@host>`, of a reminder `<invitation.generation.r1@host>`; as an envelope's id without the rest.
const OURS =
  /([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([1-9]\d{0,8})(?:\.r\d{1,3})?(?=[@>\s]|$)/i

/** The first of ours in a text of ids; undefined where there is none. */
export function ourMessageIn(ids: string): OurMessage | undefined {
  const [, invitationId, generation] = OURS.exec(ids) ?? []
  if (invitationId === undefined || generation === undefined) return undefined
  return { invitationId: invitationId.toLowerCase(), generation: Number(generation) }
}

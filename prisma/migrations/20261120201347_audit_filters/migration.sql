-- CreateIndex
CREATE INDEX "AuditEvent_actorId_at_idx" ON "AuditEvent"("actorId", "at");

-- The audit log by act, for the acts that are few and far between. Those of invitations are most of the log: they are
-- found soon enough in the order of time, and would only make the index large and long lists slow to write.
CREATE INDEX "AuditEvent_rare_acts" ON "AuditEvent" ("organisationId", "act", "at", "id")
  WHERE "act" NOT LIKE 'invitation.%';

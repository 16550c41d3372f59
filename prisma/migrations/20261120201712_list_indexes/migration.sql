-- DropIndex
DROP INDEX "Invitation_departmentId_idx";

-- DropIndex
DROP INDEX "Invitation_hubId_idx";

-- DropIndex
DROP INDEX "Invitation_organisationId_status_createdAt_idx";

-- CreateIndex
CREATE INDEX "Invitation_organisationId_status_createdAt_id_idx" ON "Invitation"("organisationId", "status", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Invitation_hubId_idx" ON "Invitation"("hubId", "personId");

-- CreateIndex
CREATE INDEX "Invitation_departmentId_idx" ON "Invitation"("departmentId", "personId");

-- CreateTable
CREATE TABLE "ScimToken" (
    "organisationId" UUID NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "createdById" UUID NOT NULL,
    "lastUsedAt" TIMESTAMPTZ(3),

    CONSTRAINT "ScimToken_pkey" PRIMARY KEY ("organisationId")
);

-- CreateTable
CREATE TABLE "ScimUser" (
    "personId" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "userName" TEXT NOT NULL,
    "userNameKey" TEXT NOT NULL,
    "externalId" TEXT,
    "emailKeys" TEXT[],
    "resource" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ScimUser_pkey" PRIMARY KEY ("personId")
);

-- CreateTable
CREATE TABLE "ScimGroup" (
    "groupId" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "displayName" TEXT NOT NULL,
    "displayNameKey" TEXT NOT NULL,
    "externalId" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ScimGroup_pkey" PRIMARY KEY ("groupId")
);

-- CreateIndex
CREATE UNIQUE INDEX "ScimToken_tokenHash_key" ON "ScimToken"("tokenHash");

-- CreateIndex
CREATE UNIQUE INDEX "ScimUser_organisationId_userNameKey_key" ON "ScimUser"("organisationId", "userNameKey");

-- CreateIndex
CREATE INDEX "ScimUser_organisationId_externalId_idx" ON "ScimUser"("organisationId", "externalId");

-- CreateIndex
CREATE INDEX "ScimUser_organisationId_createdAt_personId_idx" ON "ScimUser"("organisationId", "createdAt", "personId");

-- CreateIndex
CREATE INDEX "ScimUser_emailKeys_idx" ON "ScimUser" USING GIN ("emailKeys");

-- CreateIndex
CREATE UNIQUE INDEX "ScimGroup_organisationId_displayNameKey_key" ON "ScimGroup"("organisationId", "displayNameKey");

-- CreateIndex
CREATE INDEX "ScimGroup_organisationId_externalId_idx" ON "ScimGroup"("organisationId", "externalId");

-- CreateIndex
CREATE INDEX "ScimGroup_organisationId_createdAt_groupId_idx" ON "ScimGroup"("organisationId", "createdAt", "groupId");

-- AddForeignKey
ALTER TABLE "ScimToken" ADD CONSTRAINT "ScimToken_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ScimUser" ADD CONSTRAINT "ScimUser_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ScimUser" ADD CONSTRAINT "ScimUser_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ScimGroup" ADD CONSTRAINT "ScimGroup_organisationId_fkey" FOREIGN KEY ("organisationId") REFERENCES "Organisation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ScimGroup" ADD CONSTRAINT "ScimGroup_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "Group"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

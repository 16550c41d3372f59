-- CreateTable
CREATE TABLE "SlipCode" (
    "invitationId" UUID NOT NULL,
    "codeKey" TEXT NOT NULL,
    "generation" INTEGER NOT NULL,
    "madeAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "SlipCode_pkey" PRIMARY KEY ("invitationId")
);

-- CreateIndex
CREATE UNIQUE INDEX "SlipCode_codeKey_key" ON "SlipCode"("codeKey");

-- AddForeignKey
ALTER TABLE "SlipCode" ADD CONSTRAINT "SlipCode_invitationId_fkey" FOREIGN KEY ("invitationId") REFERENCES "Invitation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

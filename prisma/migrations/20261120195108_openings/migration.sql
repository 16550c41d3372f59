-- CreateTable
CREATE TABLE "InvitationOpening" (
    "invitationId" UUID NOT NULL,
    "openedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "InvitationOpening_pkey" PRIMARY KEY ("invitationId")
);

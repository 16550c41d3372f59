-- CreateTable
CREATE TABLE "BounceMailbox" (
    "key" TEXT NOT NULL,
    "uidValidity" BIGINT NOT NULL,
    "lastUid" BIGINT NOT NULL,
    "troubles" INTEGER NOT NULL DEFAULT 0,
    "nextLookAt" TIMESTAMPTZ(3),

    CONSTRAINT "BounceMailbox_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "ToldNotice" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "place" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ToldNotice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "NoticeGathering" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "place" TEXT NOT NULL,
    "openedAt" TIMESTAMPTZ(3) NOT NULL,
    "closedAt" TIMESTAMPTZ(3),
    "toldAt" TIMESTAMPTZ(3),

    CONSTRAINT "NoticeGathering_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GatheredNotice" (
    "id" UUID NOT NULL,
    "gatheringId" UUID NOT NULL,
    "invitationId" UUID NOT NULL,
    "news" TEXT NOT NULL,

    CONSTRAINT "GatheredNotice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DigestRun" (
    "organisationId" UUID NOT NULL,
    "week" DATE NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "DigestRun_pkey" PRIMARY KEY ("organisationId","week")
);

-- CreateTable
CREATE TABLE "Digest" (
    "id" UUID NOT NULL,
    "organisationId" UUID NOT NULL,
    "inviterId" UUID NOT NULL,
    "week" DATE NOT NULL,
    "queuedAt" TIMESTAMPTZ(3),
    "toldAt" TIMESTAMPTZ(3),

    CONSTRAINT "Digest_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LetGoInvitation" (
    "invitationId" UUID NOT NULL,
    "generation" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "LetGoInvitation_pkey" PRIMARY KEY ("invitationId")
);

-- CreateIndex
CREATE INDEX "ToldNotice_organisationId_place_at_idx" ON "ToldNotice"("organisationId", "place", "at");

-- CreateIndex
CREATE INDEX "ToldNotice_at_idx" ON "ToldNotice"("at");

-- CreateIndex
CREATE INDEX "NoticeGathering_openedAt_idx" ON "NoticeGathering"("openedAt");

-- CreateIndex
CREATE INDEX "GatheredNotice_gatheringId_news_id_idx" ON "GatheredNotice"("gatheringId", "news", "id");

-- CreateIndex
CREATE INDEX "DigestRun_week_idx" ON "DigestRun"("week");

-- CreateIndex
CREATE INDEX "Digest_week_idx" ON "Digest"("week");

-- CreateIndex
CREATE UNIQUE INDEX "Digest_inviterId_week_key" ON "Digest"("inviterId", "week");

-- CreateIndex
CREATE INDEX "LetGoInvitation_at_idx" ON "LetGoInvitation"("at");

-- AddForeignKey
ALTER TABLE "GatheredNotice" ADD CONSTRAINT "GatheredNotice_gatheringId_fkey" FOREIGN KEY ("gatheringId") REFERENCES "NoticeGathering"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- At most one gathering is open for a place; digests that are still to be queued.
CREATE UNIQUE INDEX "NoticeGathering_open" ON "NoticeGathering" ("organisationId", "place") WHERE "closedAt" IS NULL;
CREATE INDEX "Digest_unqueued" ON "Digest" ("id") WHERE "queuedAt" IS NULL;

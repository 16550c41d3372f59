-- CreateTable
CREATE TABLE "SmsDay" (
    "organisationId" UUID NOT NULL,
    "day" DATE NOT NULL,
    "sent" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "SmsDay_pkey" PRIMARY KEY ("organisationId","day")
);

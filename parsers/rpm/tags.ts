/** Tags of rpm's headers that we read (rpm, include/rpm/rpmtag.h). */
export const TAG = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  architecture: 1022,
  oldFileNames: 1027,
  fileStates: 1029,
  fileModes: 1030,
  sourceRpm: 1044,
  provideName: 1047,
  requireFlags: 1048,
  requireName: 1049,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
  recommendName: 5046,
} as const

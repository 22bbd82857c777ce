import type { ArgumentsOf, Definition } from '../definition.ts'
import { documentOption, imageOptions, referenceOptions } from '../options.ts'
import { IMAGE } from '../positionals.ts'

export const sbomDefinition = {
  describe: 'a bill of materials: packages, versions, hashes and dependencies',
  group: 'guard',
  examples: [
    ['isoscope sbom nixos.iso -o nixos.cdx.json', 'for programs that look for vulnerabilities or licences'],
    ['isoscope sbom debian-live.iso -o live.spdx.json', 'the same in the format of SPDX'],
  ],
  positionals: [IMAGE],
  options: {
    format: {
      alias: 'f',
      type: 'string',
      choices: ['cyclonedx', 'spdx'],
      describe: 'CycloneDX 1.6 or SPDX 2.3, both in JSON; by default as -o FILE.spdx.json says, else CycloneDX',
    },
    ...documentOption,
    ...referenceOptions,
    ...imageOptions,
  },
} as const satisfies Definition

export type SbomArguments = ArgumentsOf<typeof sbomDefinition>

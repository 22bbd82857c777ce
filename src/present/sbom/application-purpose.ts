import type { Application } from '../../inventory/applications/application.ts'

/** What applications are, in the words of CycloneDX 1.6 (component type) and of SPDX 2.3 (7.24, primary package purpose). */
export const APPLICATION_PURPOSE = {
  AppImage: { cyclonedx: 'application', spdx: 'APPLICATION' },
  SIF: { cyclonedx: 'container', spdx: 'CONTAINER' },
  snap: { cyclonedx: 'application', spdx: 'APPLICATION' },
  'RAUC bundle': { cyclonedx: 'firmware', spdx: 'FIRMWARE' },
} as const satisfies Readonly<Record<Application['kind'], { readonly cyclonedx: string; readonly spdx: string }>>

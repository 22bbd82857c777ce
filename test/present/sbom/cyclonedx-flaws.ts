import { Spec, Validation } from '@cyclonedx/cyclonedx-library'

export interface CycloneDx {
  readonly serialNumber: string
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

export interface Component {
  readonly type: string
  readonly 'bom-ref': string
  readonly name: string
  readonly version?: string
  readonly purl?: string
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
}

/**
 * What a text breaks of the official schema of CycloneDX 1.6 in its strict form, and of what no schema can say. The
 * schema comes with the library of CycloneDX, so nothing is fetched.
 */
export async function cyclonedxFlaws(text: string): Promise<readonly string[]> {
  const errors = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)
  if (errors !== null) return [JSON.stringify(errors)]
  const { metadata, components, dependencies } = JSON.parse(text) as CycloneDx
  const refs = [metadata.component, ...components].map((component) => component['bom-ref'])
  const known = new Set(refs)
  return [
    ...(known.size === refs.length ? [] : ['a bom-ref is there twice']),
    ...dependencies
      .flatMap(({ ref, dependsOn }) => [ref, ...dependsOn])
      .filter((ref) => !known.has(ref))
      .map((ref) => `${ref} is no component`),
  ]
}

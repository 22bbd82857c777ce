/** The option that takes a store path out of an image, and the entry of the table that says so. */
export interface NamedOption {
  readonly id: string
  /** "documentation.nixos.enable". */
  readonly name: string
  /** Whether it alone takes the path out. If not, other references hold it too. */
  readonly isEnough: boolean
}

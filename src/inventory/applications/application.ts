/** The application that an image is a package of, or the system that it updates, as its own files describe it. */
export interface Application {
  /** What kind of package the file is. */
  readonly kind: 'AppImage' | 'SIF' | 'snap' | 'RAUC bundle'
  /** Its name. A bundle of RAUC has the name of the systems that it is compatible with. */
  readonly name?: string
  readonly version?: string
  /** The processor: "amd64"; of a snap for several, "amd64, arm64". */
  readonly architecture?: string
  /** Of a snap: the snap that it runs on. Of a SIF: what it was made from. */
  readonly basedOn?: string
  /** Of a snap: "app", "base", "kernel", "gadget" or "snapd". */
  readonly type?: string
  /** Of a bundle of RAUC: "plain", "verity" or "crypt". */
  readonly format?: string
  /** Of a bundle of RAUC: the number of the build. */
  readonly build?: string
  /** Of an AppImage: the name of its icon. */
  readonly icon?: string
  /** Of an AppImage: the file in its root that describes it. */
  readonly desktopFile?: string
  /** Of a bundle of RAUC: what it installs, by the class of the slots that get it. */
  readonly images?: readonly ApplicationImage[]
}

/** A file that a bundle of RAUC installs. */
export interface ApplicationImage {
  readonly slot: string
  readonly file: string
  /** In bytes, as the manifest has it. */
  readonly size?: number
}

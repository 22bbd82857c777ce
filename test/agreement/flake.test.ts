import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { describeWith, mustRun } from '../oracle.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** A nixpkgs that builds nothing: its functions return what they were given. */
const EVALUATED = `
let
  lib = {
    genAttrs = names: make: builtins.listToAttrs (map (name: { inherit name; value = make name; }) names);
    importJSON = path: builtins.fromJSON (builtins.readFile path);
    mapAttrs = builtins.mapAttrs;
    last = list: builtins.elemAt list (builtins.length list - 1);
    splitString = separator: text: builtins.filter builtins.isString (builtins.split separator text);
    getExe = package: "\${package.pname}/bin/\${package.meta.mainProgram}";
    licenses.mit = "MIT";
    platforms.unix = "unix";
  };
  pkgs = system: {
    inherit system;
    nodejs_22 = "nodejs";
    buildNpmPackage = attributes: attributes;
    importNpmLock = { __functor = self: attributes: attributes.packageLock.packages; npmConfigHook = "hook"; };
    runCommand = name: environment: script: script;
  };
  nixpkgs = { inherit lib; legacyPackages = lib.genAttrs [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ] pkgs; };
  flake = import ./flake.nix;
  self = flake.outputs { inherit self nixpkgs; };
in {
  inherit (flake) description;
  systems = builtins.attrNames self.packages;
  package = builtins.removeAttrs self.packages.x86_64-linux.default [ "src" ];
  check = self.checks.aarch64-darwin.report;
}
`

// Building it takes nixpkgs, which the tests do not have.
describeWith(['nix-instantiate'], 'the flake', () => {
  it('evaluates to a package with an address and a hash for each dependency', () => {
    const arguments_ = ['--eval', '--strict', '--json', '--expr', EVALUATED]
    const flake = JSON.parse(mustRun('nix-instantiate', arguments_, { cwd: ROOT }).toString())
    const { version, description } = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8'))
    expect(flake.systems).toHaveLength(4)
    expect(flake.package).toMatchObject({ pname: 'isoscope', version, meta: { description, mainProgram: 'isoscope' } })
    const { '': root, ...modules } = flake.package.npmDeps
    expect(root.name).toBe('isoscope')
    expect(modules['node_modules/yargs'].resolved).toMatch(/\/yargs\/-\/yargs-18\.\d+\.\d+\.tgz$/)
    expect(modules['node_modules/@biomejs/biome'].resolved).toMatch(/\/@biomejs\/biome\/-\/biome-\d/)
    for (const module of Object.values<{ resolved: string; integrity: string }>(modules)) {
      expect(module.resolved).toMatch(/^https:\/\/.+\.tgz$/)
      expect(module.integrity).toMatch(/^sha512-/)
    }
    expect(flake.check).toMatch(/^\s*isoscope\/bin\/isoscope --no-cache .*mini\.iso > \$out\n$/)
  })
})
